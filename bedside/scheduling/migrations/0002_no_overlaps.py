"""The database refuses double booking, for the practitioner and for the patient alike.

`EXCLUDE` over a uuid needs an extension; a range type over uuid needs none, so a one-point uuid range stands in.
"""

from django.db import migrations

LIVE = "('held', 'booked', 'arrived', 'in_visit')"


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_tables")]

    operations = [
        migrations.RunSQL(
            f"""
            CREATE TYPE uuidrange AS RANGE (subtype = uuid);
            ALTER TABLE appointment ADD CONSTRAINT appointment_during_is_start_to_end
                CHECK (during = tstzrange(starts_at, ends_at, '[)'));
            ALTER TABLE appointment ADD CONSTRAINT appointment_practitioner_no_overlap
                EXCLUDE USING gist (uuidrange(practitioner_id, practitioner_id, '[]') WITH &&, during WITH &&)
                WHERE (status IN {LIVE});
            ALTER TABLE appointment ADD CONSTRAINT appointment_patient_no_overlap
                EXCLUDE USING gist (uuidrange(patient_id, patient_id, '[]') WITH &&, during WITH &&)
                WHERE (status IN {LIVE});
            """,
            """
            ALTER TABLE appointment DROP CONSTRAINT appointment_practitioner_no_overlap;
            ALTER TABLE appointment DROP CONSTRAINT appointment_patient_no_overlap;
            ALTER TABLE appointment DROP CONSTRAINT appointment_during_is_start_to_end;
            DROP TYPE uuidrange;
            """,
        )
    ]
