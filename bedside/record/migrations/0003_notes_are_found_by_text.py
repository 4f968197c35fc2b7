"""Ids of documents are text now: the seal of a signed note stands on the new table.

What a note is found by may be worked out again; the note, its number, its author and its patient may not change.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("record", "0002_signed_notes_never_change"), ("fhir", "0003_tables_to_search")]

    operations = [
        migrations.RunSQL(
            """
            CREATE OR REPLACE FUNCTION record_refuse_signed_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' AND ROW(NEW.rid, NEW.type, NEW.id, NEW.version, NEW.body, NEW.is_deleted,
                        NEW.patient_id, NEW.author_id, NEW.stored_at)
                    IS NOT DISTINCT FROM ROW(OLD.rid, OLD.type, OLD.id, OLD.version, OLD.body, OLD.is_deleted,
                        OLD.patient_id, OLD.author_id, OLD.stored_at) THEN
                    RETURN NEW;
                END IF;
                IF OLD.id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                    AND EXISTS (SELECT 1 FROM note_signature WHERE note_id = OLD.id::uuid) THEN
                    RAISE EXCEPTION 'a signed note never changes' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END $$;
            DROP TRIGGER IF EXISTS signed_note_never_changes ON fhir_resource;
            CREATE TRIGGER signed_note_never_changes BEFORE UPDATE OR DELETE ON fhir_resource
                FOR EACH ROW WHEN (OLD.type = 'Composition') EXECUTE FUNCTION record_refuse_signed_note_change();
            ALTER TABLE fhir_resource ENABLE ALWAYS TRIGGER signed_note_never_changes;
            """,
        )
    ]
