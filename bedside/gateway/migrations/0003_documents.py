"""Note which documents change: a file that is kept or taken away, the line that sends it, the times of its visit."""

from django.db import migrations

NOTE = "INSERT INTO fhir_face_due (kind, source_id)"
#: table: what notes the documents of its changed rows
SOURCES = {
    "stored_file": f"{NOTE} SELECT 'DocumentReference', id FROM changed WHERE patient_id IS NOT NULL",
    "visit_chat_message": (
        f"{NOTE} SELECT DISTINCT 'DocumentReference', attachment_id FROM changed WHERE attachment_id IS NOT NULL"
    ),
}
MOMENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}

FUNCTION = """
    CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {note};
        RETURN NULL;
    END $$;
"""

#: A visit is changed with every line of its chat; only its times stand on its documents.
OF_VISIT = f"""
    {NOTE} SELECT 'DocumentReference', f.id
    FROM changed c JOIN was w ON w.id = c.id JOIN stored_file f ON f.source_id = c.id
    WHERE f.source_type IN ('visit', 'visit_letter')
        AND (c.started_at, c.ended_at) IS DISTINCT FROM (w.started_at, w.ended_at)
"""
VISIT_TRIGGER = """
    CREATE TRIGGER documents_due_update AFTER UPDATE ON visit REFERENCING OLD TABLE AS was NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION documents_due_visit();
"""


def triggers_of(table):
    """Return the triggers of one table: one for each moment, once for each statement."""
    return "".join(
        f"CREATE TRIGGER documents_due_{moment.lower()} AFTER {moment} ON {table} REFERENCING {side} TABLE AS changed "
        f"FOR EACH STATEMENT EXECUTE FUNCTION documents_due_{table}();\n"
        for moment, side in MOMENTS.items()
    )


FORWARDS = (
    "".join(FUNCTION.format(name=f"documents_due_{t}", note=note) + triggers_of(t) for t, note in SOURCES.items())
    + FUNCTION.format(name="documents_due_visit", note=OF_VISIT)
    + VISIT_TRIGGER
    + f"{NOTE} SELECT 'DocumentReference', id FROM stored_file WHERE patient_id IS NOT NULL;"
)
BACKWARDS = "".join(f"DROP FUNCTION documents_due_{name}() CASCADE;\n" for name in (*SOURCES, "visit"))


class Migration(migrations.Migration):
    dependencies = [("gateway", "0002_faces_drawn"), ("files", "0002_language"), ("visits", "0003_entry_order")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
