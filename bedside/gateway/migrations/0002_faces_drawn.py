"""Keep which documents were drawn here, so that what other systems stored is never taken for a face.

What has the type of a face and nobody for an author was drawn: until now nothing else could be stored so. All of it is
looked at once more, because a face whose source had gone stayed.
"""

from django.db import migrations, models

DRAWN = """
    INSERT INTO fhir_face (kind, face_id, version)
    SELECT type, id::uuid, version FROM fhir_resource
    WHERE NOT is_deleted AND author_id IS NULL AND id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        AND type IN ('Organization', 'Location', 'HealthcareService', 'Practitioner', 'PractitionerRole', 'Schedule',
                     'Patient', 'Appointment', 'Encounter');
"""
#: The id of a service is not that of the organisation it is drawn from.
ONCE_MORE = """
    INSERT INTO fhir_face_due (kind, source_id) SELECT kind, face_id FROM fhir_face WHERE kind <> 'HealthcareService';
"""


class Migration(migrations.Migration):
    dependencies = [("gateway", "0001_faces_due"), ("fhir", "0003_tables_to_search")]

    operations = [
        migrations.CreateModel(
            name="FaceDrawn",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("face_id", models.UUIDField()),
                ("version", models.IntegerField()),
            ],
            options={"db_table": "fhir_face"},
        ),
        migrations.AddConstraint(
            model_name="facedrawn",
            constraint=models.UniqueConstraint(fields=("kind", "face_id"), name="one_row_for_each_face"),
        ),
        migrations.RunSQL(DRAWN + ONCE_MORE, migrations.RunSQL.noop),
    ]
