"""`bedside doctor`: looks at an installation and says in one sentence each what is wrong and how to mend it.

A finding is grave when people's data or safety depend on it, and then the exit code is 1. Nothing is changed.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from .bootstrap_roles import APPEND_ONLY
from .database import missing_migrations

LEAST_FREE_MB = 1000
#: More than this between the database's clock and ours, and times of visits and tickets go wrong.
CLOCK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is good, and when it is not, a sentence on how to mend it."""

    what: str
    is_good: bool
    mend: str = ""
    is_grave: bool = True


Check = Callable[[], Iterator[Finding]]


def examine() -> list[Finding]:
    """Look at everything, in the order one would mend it."""
    checks: tuple[Check, ...] = (
        _database,
        _role,
        _append_only,
        _durability,
        _tables,
        _folders,
        _secrets,
        _web,
        _visits,
    )
    return [finding for check in checks for finding in check()]


def tell(findings: list[Finding], *, quiet: bool = False) -> bool:
    """Print the findings, and say whether any is grave."""
    for one in findings:
        if not one.is_good:
            print(f"{'MEND ' if one.is_grave else 'note '} {one.what}: {one.mend}")
        elif not quiet:
            print(f"good  {one.what}")
    return any(one.is_grave and not one.is_good for one in findings)


def _row(statement: str, *values: object) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() or ()


def _setting(name: str) -> str:
    return str(_row("SELECT current_setting(%s)", name)[0])


def _database() -> Iterator[Finding]:
    version = int(_setting("server_version_num")) // 10000
    yield Finding(
        f"PostgreSQL {version}", version >= 16, "Bedside needs PostgreSQL 16 or newer, so move the data to a newer one."
    )
    at = _row("SELECT clock_timestamp()")[0]
    apart = abs((datetime.now(UTC) - at).total_seconds()) if isinstance(at, datetime) else 0.0
    yield Finding(
        "the clocks of Bedside and its database agree",
        apart < CLOCK_SECONDS,
        f"they are {apart:.0f} seconds apart, so turn on time synchronisation (chrony or systemd-timesyncd) on both.",
    )
    year = datetime.now(UTC).year
    yield Finding("the clock is believable", 2026 <= year < 2100, f"it says {year}, so set the machine's clock.")
    encoding = str(_setting("server_encoding"))
    yield Finding("text is UTF-8", encoding == "UTF8", f"it is {encoding}, so make the database with -E UTF8.")


def _role() -> Iterator[Finding]:
    row = _row("SELECT rolsuper, rolbypassrls, rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user")
    is_super, passes_rows, makes_roles = row
    yield Finding(
        "the app's role is no superuser",
        not (is_super or passes_rows),
        "a fault in a page could reach everything, so give DATABASE_URL a plain role (docs/how-to/deploy.md).",
    )
    yield Finding(
        "the app's role makes no roles or databases",
        not makes_roles,
        "take CREATEROLE and CREATEDB from it.",
        is_grave=False,
    )
    owned = _row("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")[0]
    yield Finding(
        "the app's role owns no table",
        owned == 0,
        "it could change the audit rows, so let another role own the tables and set BEDSIDE_OWNER_DATABASE_URL.",
    )


def _append_only() -> Iterator[Finding]:
    for table in APPEND_ONLY:
        if _row("SELECT to_regclass(%s)", f"public.{table}") == (None,):
            continue
        may = _row("SELECT has_table_privilege(current_user, %s, 'UPDATE, DELETE, TRUNCATE')", table)[0]
        yield Finding(
            f"rows of {table} can only be added", not may, "run `bedside migrate`, which takes the other rights away."
        )


def _durability() -> Iterator[Finding]:
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        value = _setting(name)
        yield Finding(
            f"{name} is on",
            value != "off",
            f"a power cut could lose what was confirmed, so set {name} = on in postgresql.conf.",
        )
    yield Finding(
        "data checksums are on",
        _setting("data_checksums") == "on",
        "a failing disk would go unnoticed, so turn them on with pg_checksums --enable while the server is stopped.",
        is_grave=False,
    )


def _tables() -> Iterator[Finding]:
    missing = missing_migrations()
    yield Finding(
        "the tables are up to date",
        not missing,
        f"{len(missing)} migrations have not run ({', '.join(missing[:3])} …), so run `bedside migrate`.",
    )
    holds = False
    if not missing:
        holds = _row("SELECT EXISTS (SELECT 1 FROM demo_clinic)")[0] is True
    word = "on" if holds else "off"
    yield Finding(
        "the demo switch agrees with the database",
        bool(missing) or holds == settings.IS_DEMO,
        f"the database {'holds' if holds else 'does not hold'} a demo clinic, so set BEDSIDE_DEMO={word}.",
    )


def _folders() -> Iterator[Finding]:
    folder = Path(settings.DATA_DIR)
    free_mb = shutil.disk_usage(folder).free // 2**20
    yield Finding(
        f"{free_mb} MB are free",
        free_mb >= LEAST_FREE_MB,
        f"free some space where {folder} is.",
        is_grave=free_mb < 200,
    )
    for path, most in ((folder, 0o711), (folder / "secrets.json", 0o600), (_socket_folder(), 0o700)):
        if path and path.exists():
            mode = stat.S_IMODE(path.stat().st_mode)
            yield Finding(
                f"{path.name} is closed to others",
                mode & ~most == 0,
                f"others of this machine may look in, so run chmod {most:o} {path}.",
            )
    words = Path(__file__).resolve().parents[1] / "platform/ui/locale/es/LC_MESSAGES"
    yield Finding(
        "the translations are compiled",
        (words / "django.mo").exists(),
        "run `bedside messages --compile`.",
        is_grave=False,
    )
    yield Finding(
        "style sheets and scripts are gathered",
        (Path(settings.STATIC_ROOT) / "staticfiles.json").exists(),
        "start Bedside once with bin/run or `bedside run`, which gathers them.",
        is_grave=False,
    )


def _socket_folder() -> Path | None:
    host = str(connection.settings_dict.get("HOST") or "")
    return Path(host) if host.startswith(str(settings.DATA_DIR)) else None


def _secrets() -> Iterator[Finding]:
    kept = bool(os.environ.get("BEDSIDE_SECRET_KEY")) or (Path(settings.DATA_DIR) / "secrets.json").exists()
    yield Finding(
        "the secret key lasts and is strong",
        kept and len(settings.SECRET_KEY) >= 32,
        "everyone is signed out at each start, so set BEDSIDE_SECRET_KEY to 50 random letters.",
    )


def _web() -> Iterator[Finding]:
    at = urlsplit(settings.PUBLIC_URL)
    is_home = at.hostname in {"localhost", "127.0.0.1", "::1"}
    yield Finding(
        "people reach Bedside over https",
        settings.IS_HTTPS or (settings.IS_DEMO and is_home),
        "cookies and words would travel in the open and cameras stay shut, so set BEDSIDE_PUBLIC_URL to https://….",
        is_grave=not settings.IS_DEMO,
    )
    yield Finding(
        "any host name is not answered",
        "*" not in settings.ALLOWED_HOSTS,
        "links in mails could be bent to another site, so name the hosts in BEDSIDE_HOSTS.",
    )


def _visits() -> Iterator[Finding]:
    yield Finding(
        "relays for video are set",
        bool(settings.TURN_URLS),
        "behind strict networks visits will have no picture, so run coturn and set BEDSIDE_TURN_URLS and _SECRET.",
        is_grave=False,
    )
    yield Finding(
        "mail is sent",
        bool(settings.SMTP_URL),
        "letters only gather in the outbox folder, so set BEDSIDE_SMTP.",
        is_grave=not settings.IS_DEMO,
    )
