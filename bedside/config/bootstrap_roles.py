"""The two roles Bedside uses in a database, and what each may do.

`bedside_owner` owns the tables and runs migrations. `bedside_app` is what the running house connects as: it
reads and writes rows, and can neither change a table nor touch what may only grow. Never used while serving.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

#: Tables that only ever grow: the app may add rows and read them. Source: docs/map.md, "One writer per fact".
APPEND_ONLY = ("audit_event", "audit_seal")
#: Tables that tell which migrations ran: the app may look, no more.
READ_ONLY = ("django_migrations",)


def make_role(admin: psycopg.Connection, name: str, password: str) -> None:
    """Make a plain role that may sign in, or set the password of the one there is."""
    found = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = "ALTER" if found else "CREATE"
    admin.execute(
        sql.SQL(
            "{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION PASSWORD {password}"
        ).format(verb=sql.SQL(verb), role=sql.Identifier(name), password=sql.Literal(password))
    )


def make_database(admin: psycopg.Connection, name: str, owner: str, template: str = "") -> None:
    """Make an empty database, or a copy of a template, unless it is there already."""
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    statement = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner))
    if template:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    admin.execute(statement)


def grant(owner: psycopg.Connection, app: str) -> None:
    """Give the app's role its rights on everything that is there now, and take away what it must not have.

    Run after every migration, as the owner of the tables. A second time changes nothing.
    """
    name = sql.Identifier(app)
    if owner.info.user == app:
        return
    owner.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name))
    for kind, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
        words = {"rights": sql.SQL(rights), "kind": sql.SQL(kind), "app": name}
        owner.execute(sql.SQL("GRANT {rights} ON ALL {kind} IN SCHEMA public TO {app}").format(**words))
        owner.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {kind} TO {app}").format(**words)
        )
    for table in (*APPEND_ONLY, *READ_ONLY):
        if owner.execute("SELECT to_regclass(%s)", [f"public.{table}"]).fetchone() == (None,):
            continue
        rights = "UPDATE, DELETE" if table in APPEND_ONLY else "INSERT, UPDATE, DELETE"
        owner.execute(sql.SQL("REVOKE {} ON {} FROM {}").format(sql.SQL(rights), sql.Identifier("public", table), name))


def close_public_schema(owner: psycopg.Connection) -> None:
    """Keep everyone but the owner from making things in the schema the tables are in."""
    owner.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
