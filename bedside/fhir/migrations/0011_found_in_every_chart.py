"""Find what stands in more than one chart from each of them: few resources do, and only those are in this index."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("fhir", "0010_tables_of_terminology")]

    operations = [
        migrations.RunSQL(
            """
            SET LOCAL lock_timeout = '10s';
            CREATE INDEX fhir_of_more_patients ON fhir_resource USING gin (more_patients) WITH (fastupdate = off)
                WHERE more_patients IS NOT NULL;
            """,
            "DROP INDEX fhir_of_more_patients",
        ),
    ]
