"""Let the newest resources of a type be walked by their chief date: the index of tokens gives no order (decision 27)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("fhir", "0011_index_what_was_there")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX fhir_of_type_at ON fhir_resource (type, at_from DESC NULLS LAST, rid DESC)"
            " WHERE NOT is_deleted",
            "DROP INDEX fhir_of_type_at",
        )
    ]
