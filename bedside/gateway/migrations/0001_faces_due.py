"""Note what changed in the rooms that have FHIR faces, in the transaction that changed it.

A note is only ever added: were it left out because one is there already, the face could be drawn from before this
change, by someone who takes that older note away.
"""

from django.db import migrations, models

#: table: (the FHIR types drawn from a row, each with the expression of the id it is drawn by)
SOURCES = {
    "appointment": [("Appointment", "id"), ("Patient", "patient_id")],
    "visit": [("Encounter", "id")],
    "visit_step": [("Encounter", "visit_id")],
    "person": [("Patient", "id"), ("Practitioner", "id")],
    "practitioner": [
        ("Practitioner", "person_id"),
        ("PractitionerRole", "person_id"),
        ("Schedule", "person_id"),
        ("HealthcareService", "organization_id"),
        ("Patient", "person_id"),
    ],
    "license": [("Practitioner", "practitioner_id")],
    "board_certificate": [("Practitioner", "practitioner_id")],
    "availability_rule": [("PractitionerRole", "practitioner_id")],
    "role_grant": [("Patient", "person_id")],
    "organization": [("Organization", "id"), ("HealthcareService", "id")],
    "location": [("Location", "id"), ("Organization", "organization_id"), ("HealthcareService", "organization_id")],
}

#: What makes a trigger: when it fires, and the name of its transition table.
MOMENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def function_of(table):
    """Return the function that notes the faces of the rows of one table."""
    notes = " UNION ".join(f"SELECT '{kind}', {column} FROM changed" for kind, column in SOURCES[table])
    return f"""
        CREATE FUNCTION face_due_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO fhir_face_due (kind, source_id) {notes};
            RETURN NULL;
        END $$;
    """


def triggers_of(table):
    """Return the triggers of one table: one for each moment, once for each statement."""
    return "".join(
        f"CREATE TRIGGER face_due_{moment.lower()} AFTER {moment} ON {table} REFERENCING {side} TABLE AS changed "
        f"FOR EACH STATEMENT EXECUTE FUNCTION face_due_{table}();\n"
        for moment, side in MOMENTS.items()
    )


def first_notes(table):
    """Return what notes everything that was there before."""
    return "".join(
        f"INSERT INTO fhir_face_due (kind, source_id) SELECT DISTINCT '{kind}', {column} FROM {table};\n"
        for kind, column in SOURCES[table]
    )


FORWARDS = "".join(function_of(table) + triggers_of(table) + first_notes(table) for table in SOURCES)
BACKWARDS = "".join(f"DROP FUNCTION face_due_{table}() CASCADE;\n" for table in SOURCES)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_guides"),
        ("directory", "0002_doctor_search"),
        ("scheduling", "0003_place_calendar_and_holds"),
        ("visits", "0003_entry_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="FaceDue",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("source_id", models.UUIDField()),
            ],
            options={"db_table": "fhir_face_due"},
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
