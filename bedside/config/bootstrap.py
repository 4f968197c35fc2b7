"""What must stand before Django may start: the data folder, its secrets, its lock, and a database to talk to.

Everything is handed to the settings through the environment, so that the settings stay the one place where a
value is read. Nothing here imports Django.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg

from .bootstrap_roles import make_database, make_role
from .embedded_postgres import EmbeddedPostgres
from .trouble import Trouble

try:
    import fcntl
except ImportError:  # Windows has no flock; there one starts Bedside once
    fcntl = None  # type: ignore[assignment]

DATABASE, OWNER, APP = "bedside", "bedside_owner", "bedside_app"
#: A first start with the small clinic writes about 150 MB; below this a disk is as good as full.
LEAST_FREE_MB = 200


@dataclass(frozen=True, slots=True)
class Secrets:
    """What nobody types: made at first start, kept in one file only this user can read."""

    secret_key: str
    admin_password: str
    owner_password: str
    app_password: str


def make_data_folder(folder: Path) -> Path:
    """Make the data folder, closed to others, and return it.

    Raises: Trouble when it cannot be written, or the disk is nearly full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # As root, PostgreSQL runs as another user and has to walk through; it may not look around.
        folder.chmod(0o711 if os.name != "nt" and os.geteuid() == 0 else 0o700)
        free_mb = _free_mb(folder)
    except PermissionError:
        raise Trouble(f"Bedside may not write to {folder}: make it yours (chown), or give --data another.") from None
    except OSError as error:
        raise Trouble(f"The data folder {folder} cannot be used ({error.strerror}): give --data another.") from None
    if free_mb < LEAST_FREE_MB:
        raise Trouble(
            f"The disk is full: {free_mb} MB are free where {folder} is and {LEAST_FREE_MB} MB are needed, so free "
            "some space and start again. Nothing was lost."
        )
    return folder


def _free_mb(folder: Path) -> int:
    import shutil

    return shutil.disk_usage(folder).free // 2**20


def read_secrets(folder: Path) -> Secrets:
    """Read the secrets of a data folder, making them the first time."""
    path = folder / "secrets.json"
    if not path.exists():
        made = Secrets(*(secrets.token_urlsafe(48) for _ in range(4)))
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(asdict(made), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    try:
        return Secrets(**json.loads(path.read_text()))
    except (ValueError, TypeError):
        raise Trouble(f"{path} is damaged: put it back from a backup; without it the data cannot be opened.") from None


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the data folder for this process alone, until the end of the block or of the process.

    Raises: Trouble when another Bedside holds it.
    """
    with (folder / "lock").open("a+") as file:
        if not _try_lock(file):
            running = read_running(folder)
            where = f" at {running['address']}" if running.get("address") else ""
            raise Trouble(
                f"Bedside is already running with this data{where}: use that, stop it, or give --data another folder."
            )
        yield


def is_held(folder: Path) -> bool:
    """Say whether another process holds the data folder."""
    if not (folder / "lock").exists():
        return False
    with (folder / "lock").open("a+") as file:
        return not _try_lock(file)


def _try_lock(file: Any) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def read_running(folder: Path) -> dict[str, Any]:
    """Return what the running Bedside wrote about itself; empty when there is none."""
    with suppress(OSError, ValueError):
        return dict(json.loads((folder / "running.json").read_text()))
    return {}


def write_running(folder: Path, **facts: Any) -> None:
    """Write down what others may need to know of this process: its database's port, its address."""
    path = folder / "running.json"
    path.write_text(json.dumps(read_running(folder) | facts))
    path.chmod(0o600)


@contextmanager
def database(folder: Path, *, say: Callable[[str], None], may_share: bool = True) -> Iterator[EmbeddedPostgres | None]:
    """Have a database behind DATABASE_URL for the length of the block: the outside one it names, or our own.

    Our own is started here, and yielded; or, where sharing will do, the one of the Bedside that runs is used.
    """
    if os.environ.get("DATABASE_URL"):
        wait_for_outside(60, say=say)
        yield None
        return
    kept = read_secrets(folder)
    server = EmbeddedPostgres(folder / "postgres", password=kept.admin_password, say=say)
    if may_share and is_held(folder):
        server.port = int(read_running(folder).get("postgres_port") or server.port)
        _tell_settings(server, kept)
        yield None
        return
    with only_one(folder):
        write_running(folder, pid=os.getpid(), address="")
        with server:
            write_running(folder, postgres_port=server.port, postgres_folder=str(server.folder))
            _make_roles(server, kept)
            _tell_settings(server, kept)
            yield server
        (folder / "running.json").unlink(missing_ok=True)


def _make_roles(server: EmbeddedPostgres, kept: Secrets) -> None:
    with psycopg.connect(server.admin_url(), autocommit=True) as admin:
        make_role(admin, OWNER, kept.owner_password)
        make_role(admin, APP, kept.app_password)
        make_database(admin, DATABASE, OWNER)
    with psycopg.connect(server.admin_url(DATABASE), autocommit=True) as admin:
        admin.execute(f"ALTER SCHEMA public OWNER TO {OWNER}")


def _tell_settings(server: EmbeddedPostgres, kept: Secrets) -> None:
    os.environ["DATABASE_URL"] = server.url(APP, kept.app_password, DATABASE)
    os.environ["BEDSIDE_OWNER_DATABASE_URL"] = server.url(OWNER, kept.owner_password, DATABASE)


def holds_demo() -> bool | None:
    """Say whether the database is a demo clinic's (yes), a real one's (no) or nobody's yet (None)."""
    with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=10) as app:
        for table, answer in (("demo_clinic", True), ("person", False)):
            found = app.execute("SELECT to_regclass(%s)", [f"public.{table}"]).fetchone()
            if found and found[0] and app.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():  # noqa: S608
                return answer
    return None


def wait_for_outside(seconds: float, *, say: Callable[[str], None]) -> None:
    """Wait for the outside database to answer: it may be starting together with us.

    Raises: Trouble when it does not, or is older than PostgreSQL 16.
    """
    give_up_at = time.monotonic() + seconds
    while True:
        try:
            with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5) as app:
                version = app.info.server_version
            break
        except psycopg.OperationalError as error:
            if time.monotonic() > give_up_at or "authentication" in str(error) or "does not exist" in str(error):
                why = str(error).strip().splitlines()[-1]
                raise Trouble(
                    f"The database in DATABASE_URL does not let us in ({why}): mend that, then start."
                ) from None
            say("Waiting for the database …")
            time.sleep(1)
    if version < 160000:
        raise Trouble(f"The database is PostgreSQL {version // 10000}, and Bedside needs 16 or newer: use a newer one.")
