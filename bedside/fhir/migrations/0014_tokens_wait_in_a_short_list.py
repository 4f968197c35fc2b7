"""Let new tokens wait in a short list before they go to their places in the index, many of one token at a time.

Why: a resource has about twenty, and taking each to its place alone was half of what PostgreSQL did to store one
(decision 36). The list is at most as short as PostgreSQL allows, 64 kB or some two hundred resources: every search by
token reads it to its end.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("fhir", "0013_index_own_addresses")]

    operations = [
        migrations.RunSQL(
            """
            SET LOCAL lock_timeout = '10s';
            ALTER INDEX fhir_by_token SET (fastupdate = on, gin_pending_list_limit = 64);
            """,
            "ALTER INDEX fhir_by_token SET (fastupdate = off); ALTER INDEX fhir_by_token RESET (gin_pending_list_limit);",
        ),
    ]
