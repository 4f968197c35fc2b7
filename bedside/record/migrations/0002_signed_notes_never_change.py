"""A signature is never changed or removed, nor is the document it seals, whoever asks."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("record", "0001_tables"), ("fhir", "0002_versions_never_change")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION record_refuse_signature_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'a signature is never changed or removed' USING ERRCODE = 'restrict_violation';
            END $$;
            CREATE TRIGGER note_signature_never_changes BEFORE UPDATE OR DELETE ON note_signature
                FOR EACH ROW EXECUTE FUNCTION record_refuse_signature_change();
            ALTER TABLE note_signature ENABLE ALWAYS TRIGGER note_signature_never_changes;

            CREATE FUNCTION record_refuse_signed_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT 1 FROM note_signature WHERE note_id = OLD.id) THEN
                    RAISE EXCEPTION 'a signed note never changes' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END $$;
            CREATE TRIGGER signed_note_never_changes BEFORE UPDATE OR DELETE ON fhir_resource
                FOR EACH ROW WHEN (OLD.type = 'Composition') EXECUTE FUNCTION record_refuse_signed_note_change();
            ALTER TABLE fhir_resource ENABLE ALWAYS TRIGGER signed_note_never_changes;
            """,
            """
            DROP TRIGGER signed_note_never_changes ON fhir_resource;
            DROP FUNCTION record_refuse_signed_note_change();
            DROP TRIGGER note_signature_never_changes ON note_signature;
            DROP FUNCTION record_refuse_signature_change();
            """,
        )
    ]
