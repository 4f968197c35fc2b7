"""The database tests run in: made once from a template, used as the app's own plain role.

Why not Django's test database: it would connect as one all-powerful role, and a right the app lacks would
show only at a clinic. Here the tables belong to an owner and tests are the app, so a missing grant fails a test.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from bedside.config.bootstrap_roles import close_public_schema, grant, make_database, make_role
from bedside.config.database import connected_as
from bedside.config.embedded_postgres import EmbeddedPostgres
from bedside.config.embedded_programs import program_folder
from bedside.config.environment import parse_database

ROOT = Path(__file__).resolve().parents[1]
OWNER, APP, PASSWORD = "bedside_test_owner", "bedside_test_app", "only-for-tests"
#: Any number, the same in every run: who prepares the template holds this lock.
TEMPLATE_LOCK = 7_320_118


@dataclass
class TestDatabase:
    """One test database: who may connect to it and how, and what it held when it was new."""

    __test__ = False

    owner: dict[str, Any]
    app: dict[str, Any]
    seed: dict[str, bytes] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The database's name."""
        return str(self.app["NAME"])

    @property
    def owner_address(self) -> str:
        """The owner's address, for what a test starts in another process."""
        return address_of(self.owner)

    @property
    def app_address(self) -> str:
        """The app's address, for what a test starts in another process."""
        return address_of(self.app)

    def remember(self) -> None:
        """Keep what migrations put into the tables, so that `wipe` can put it back."""
        with psycopg.connect(self.owner_address) as owner:
            listed = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            self.tables = sorted(name for (name,) in listed if name != "django_migrations")
            for table in self._filled(owner):
                with owner.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as rows:
                    self.seed[table] = b"".join(bytes(row) for row in rows)

    def wipe(self) -> None:
        """Empty every table a test filled, as the owner, and put back what migrations had put there."""
        with psycopg.connect(self.owner_address, options="-c lock_timeout=15s") as owner:
            filled = self._filled(owner)
            changed = [t for t in filled if t not in self.seed] + [t for t in self.seed if not self._as_new(owner, t)]
            if not changed:
                return
            guarded = {
                name
                for (name,) in owner.execute(
                    "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                    "WHERE NOT t.tgisinternal AND (t.tgtype & 32) <> 0"
                )
            }
            for table in guarded:
                owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
            owner.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, changed))))
            for table, rows in self.seed.items():
                if not self._is_empty(owner, table):
                    continue
                with owner.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                    copy.write(rows)
            for table in guarded:
                owner.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))

    def _filled(self, owner: psycopg.Connection) -> list[str]:
        parts = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(t), sql.Identifier(t))
            for t in self.tables
        ]
        return [name for (name,) in owner.execute(sql.SQL(" UNION ALL ").join(parts))]

    def _as_new(self, owner: psycopg.Connection, table: str) -> bool:
        with owner.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as rows:
            return b"".join(bytes(row) for row in rows) == self.seed[table]

    def _is_empty(self, owner: psycopg.Connection, table: str) -> bool:
        return owner.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table))).fetchone() is None


def address_of(who: dict[str, Any]) -> str:
    """Write Django's settings of a connection as a postgres:// address."""
    host, words = str(who.get("HOST") or ""), dict(who.get("OPTIONS") or {})
    if host.startswith("/"):
        words["host"], host = host, ""
    query = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in words.items())
    port = f":{who['PORT']}" if who.get("PORT") and host else ""
    signed = quote(who["USER"], safe="") + ":" + quote(who["PASSWORD"], safe="")
    return f"postgres://{signed}@{host}{port}/{who['NAME']}" + (f"?{query}" if query else "")


@contextmanager
def make_test_database(worker: str = "") -> Iterator[TestDatabase]:
    """Make a test database for this process, in DATABASE_URL's server or one started for it; drop it after."""
    with _server() as admin, psycopg.connect(address_of(admin | {"NAME": "postgres"}), autocommit=True) as postgres:
        name = "_".join(word for word in ("test", str(admin["NAME"]), worker) if word)
        # One at a time: workers, and anyone else testing in this server, share the template.
        postgres.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        owner, app = _roles(postgres, admin)
        template = _template(postgres, owner, app)
        _drop(postgres, name)
        make_database(postgres, name, owner["USER"], template)
        postgres.execute("SELECT pg_advisory_unlock(%s)", [TEMPLATE_LOCK])
        made = TestDatabase(owner | {"NAME": name}, app | {"NAME": name})
        made.remember()
        try:
            yield made
        finally:
            _drop(postgres, name)


@contextmanager
def _server() -> Iterator[dict[str, Any]]:
    """Yield how to be the administrator of a server: the one DATABASE_URL names, or one that lives for this run."""
    if os.environ.get("DATABASE_URL"):
        yield dict(connection.settings_dict)
        return
    with tempfile.TemporaryDirectory(prefix="bedside-test-") as folder:
        Path(folder).chmod(0o755)
        with EmbeddedPostgres(Path(folder) / "postgres", password=PASSWORD, durable=False) as server:
            yield parse_database(server.admin_url("bedside")) | {"OPTIONS": {}}


def _roles(postgres: psycopg.Connection, admin: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the owner and the app. Without the right to make roles, both are the role we were given."""
    row = postgres.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if not row or not row[0]:
        return admin, admin
    for role in (OWNER, APP):
        make_role(postgres, role, PASSWORD)
    return admin | {"USER": OWNER, "PASSWORD": PASSWORD}, admin | {"USER": APP, "PASSWORD": PASSWORD}


def _template(postgres: psycopg.Connection, owner: dict[str, Any], app: dict[str, Any]) -> str:
    """Return the name of a migrated database to copy: there already, or from a dump, or by migrating now."""
    stamp = _stamp()
    name = f"bedside_template_{stamp}_{owner['USER']}"[:63]
    if postgres.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return name
    draft = f"draft_{os.getpid()}"
    _drop(postgres, draft)
    make_database(postgres, draft, owner["USER"])
    dump = ROOT / ".cache" / f"schema-{stamp}.sql"
    who = owner | {"NAME": draft}
    if dump.exists():
        _run("psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-f", str(dump), address_of(who))
    else:
        with connected_as(who):
            call_command("migrate", interactive=False, verbosity=0)
        dump.parent.mkdir(exist_ok=True)
        fresh = dump.with_suffix(f".{os.getpid()}")
        _run("pg_dump", "--no-owner", "--no-privileges", "-f", str(fresh), address_of(who))
        fresh.replace(dump)
    with psycopg.connect(address_of(who)) as raw:
        close_public_schema(raw)
        grant(raw, app["USER"])
    postgres.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
    return name


def _stamp() -> str:
    """Return a short hash of all that decides the tables: our migrations and the packages that bring theirs."""
    parts = sorted((ROOT / "bedside").glob("**/migrations/*.py"))
    parts += [ROOT / "requirements/bedside.txt", ROOT / "bedside/config/bootstrap_roles.py"]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(str(part.relative_to(ROOT)).encode() + part.read_bytes())
    return digest.hexdigest()[:12]


def _drop(postgres: psycopg.Connection, name: str) -> None:
    postgres.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _run(program: str, *words: str) -> None:
    subprocess.run([str(program_folder() / program), *words], check=True, stdin=subprocess.DEVNULL)
