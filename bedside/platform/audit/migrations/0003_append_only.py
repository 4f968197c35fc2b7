"""Refuse to change, remove or empty audit rows and seals, whoever asks: the owner and superusers included.

The triggers fire always, also while a session plays replica. Rights are taken from everyone but the owner; the
role the house runs as gets its own rights (add and read) when the database is made ready.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are only ever added: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""
BACK = "DROP FUNCTION audit_refuse_change();"

for table in ("audit_event", "audit_seal"):
    FORWARD += f"""
CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_only_grows;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_never_emptied;
REVOKE ALL ON {table} FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'bedside_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM bedside_app;
    END IF;
END $$;
"""
    BACK = f"""
DROP TRIGGER {table}_only_grows ON {table};
DROP TRIGGER {table}_is_never_emptied ON {table};
{BACK}"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_seals")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
