"""Refuse UPDATE and DELETE on stored versions, whoever asks: the table's owner and superusers included."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("fhir", "0001_tables")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION fhir_refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'a stored version is never changed or removed'
                    USING ERRCODE = 'restrict_violation';
            END $$;
            CREATE TRIGGER fhir_version_never_changes BEFORE UPDATE OR DELETE ON fhir_resource_version
                FOR EACH ROW EXECUTE FUNCTION fhir_refuse_version_change();
            ALTER TABLE fhir_resource_version ENABLE ALWAYS TRIGGER fhir_version_never_changes;
            """,
            """
            DROP TRIGGER fhir_version_never_changes ON fhir_resource_version;
            DROP FUNCTION fhir_refuse_version_change();
            """,
        )
    ]
