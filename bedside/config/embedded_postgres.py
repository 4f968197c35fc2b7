"""PostgreSQL inside Bedside: the server that comes as a Python wheel, run as a direct child of this process.

Owns making a cluster, starting it, stopping it, and clearing what a crash left behind. It knows nothing of
roles, tables or Django. Why not the wheel's own helper: docs/decisions/0015-our-own-postgresql.md.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from .embedded_programs import popen, public_folder, runnable_programs
from .machine import first_number, free_port, is_postgres, may_pass, other_user, shared_buffers
from .trouble import Trouble

#: The superuser of the cluster. Only `bootstrap_roles` and tests connect as it, the app never.
SUPERUSER = "bedside_admin"
#: A socket's path may be at most 107 bytes long. Source: unix(7), sun_path.
SOCKET_PATH_LIMIT = 100
SOCKET_PORT = 5432


class EmbeddedPostgres:
    """One cluster in one folder. `start()` returns when it answers; `stop()` when it has ended cleanly."""

    def __init__(
        self,
        folder: Path,
        *,
        password: str,
        durable: bool = True,
        on_tcp: bool = os.name == "nt",
        install: str = "pginstall18",
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Name the folder and the superuser's password.

        `durable=False` is for tests: nothing is flushed to disk. `install` picks one of the wheel's servers.
        """
        self.asked_folder = folder
        self.password = password
        self.durable = durable
        self.say = say
        self.user = other_user()
        self.folder = folder if not self.user or may_pass(folder, self.user[0]) else public_folder(folder)
        self.cluster = self.folder / "cluster"
        self.log = self.folder / "postgres.log"
        self.sockets = self.folder / "sockets"
        socket_path = self.sockets / f".s.PGSQL.{SOCKET_PORT}"
        self.on_tcp = on_tcp or len(str(socket_path)) > SOCKET_PATH_LIMIT
        self.port = SOCKET_PORT
        self.process: subprocess.Popen[bytes] | None = None
        self._install_name = install
        self._programs: Path | None = None
        self._log_began_at = 0

    # --- What others ask ------------------------------------------------------------------------------------
    def url(self, role: str, password: str, database: str) -> str:
        """Return the address a role connects to a database by."""
        where = f"127.0.0.1:{self.port}/{database}" if self.on_tcp else f"/{database}"
        host = "" if self.on_tcp else f"?host={quote(str(self.sockets), safe='')}"
        return f"postgres://{role}:{quote(password, safe='')}@{where}{host}"

    def admin_url(self, database: str = "postgres") -> str:
        """Return the superuser's address."""
        return self.url(SUPERUSER, self.password, database)

    @property
    def is_running(self) -> bool:
        """Say whether our child still lives. Reaps it when it does not."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> EmbeddedPostgres:
        """Make the cluster if there is none, clear what a crash left, start the server and wait for it.

        Raises: Trouble, with the server's own last words put plainly.
        """
        self.begin()
        self.wait()
        return self

    def begin(self) -> None:
        """Start the server without waiting for it. Call from the main thread: the server ends with its thread."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._programs = runnable_programs(self._install_name, self.user, self.folder)
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster()
        self._check_major()
        self._clear_the_way()
        self._own_folder(self.sockets)
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.replace(self.log.with_suffix(".log.1"))
        if self.on_tcp and self.port == SOCKET_PORT:
            self.port = free_port()
        with self.log.open("ab") as log:
            self._log_began_at = log.tell()
            self.process = self._spawn(["postgres", *self._settings()], stdout=log, stderr=log)

    def stop(self) -> None:
        """Stop the server: politely, then firmly. Safe to call twice."""
        if self.process is None:
            return
        for wanted, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            if self.process.poll() is not None:
                break
            self.process.send_signal(wanted)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        self.process = None

    def __enter__(self) -> EmbeddedPostgres:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- Making a cluster -----------------------------------------------------------------------------------
    def _make_cluster(self) -> None:
        new = self.folder / "cluster.new"
        shutil.rmtree(new, ignore_errors=True)
        self._own_folder(new)
        handle, name = tempfile.mkstemp(dir=self.folder)
        secret = Path(name)
        try:
            os.write(handle, self.password.encode())
            os.close(handle)
            if self.user:
                os.chown(secret, *self.user)
            words = ["-D", str(new), "-U", SUPERUSER, f"--pwfile={secret}", "-A", "scram-sha-256", "-E", "UTF8"]
            # PostgreSQL 16, which tests stand an outside server up from, has no builtin locale yet.
            builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            words += ["--locale=C", *(builtin if self._install_name == "pginstall18" else [])]
            words += ["--data-checksums", "--no-instructions", *([] if self.durable else ["--no-sync"])]
            made = self._spawn(["initdb", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            told = made.communicate()[0].decode(errors="replace")
            if made.returncode:
                shutil.rmtree(new, ignore_errors=True)
                raise Trouble(_plainly(told, self.folder))
        finally:
            secret.unlink(missing_ok=True)
        new.replace(self.cluster)

    def _check_major(self) -> None:
        major = (self.cluster / "PG_VERSION").read_text().strip()
        ours = "18" if self._install_name == "pginstall18" else "16"
        if major != ours:
            raise Trouble(
                f"The data in {self.folder} was made by PostgreSQL {major} and this Bedside brings {ours}: "
                "move it as docs/how-to/deploy.md tells under “A new PostgreSQL”, then start again."
            )

    def _own_folder(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        if self.user:
            os.chown(folder, *self.user)

    # --- Starting -------------------------------------------------------------------------------------------
    def _settings(self) -> list[str]:
        values = {
            "listen_addresses": "127.0.0.1" if self.on_tcp else "",
            "unix_socket_directories": "" if self.on_tcp else str(self.sockets),
            "unix_socket_permissions": "0700",
            "port": str(self.port),
            "max_connections": "120",
            "shared_buffers": shared_buffers() if self.durable else "96MB",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "jit": "off",
            "max_wal_size": "1GB",
            "idle_in_transaction_session_timeout": "5min",
            # The log names errors, never statements, parameters or the values in a row.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "log_parameter_max_length_on_error": "0",
            "log_checkpoints": "off",
            "log_line_prefix": "%m [%p] ",
            "log_timezone": "UTC",
        }
        if not self.durable:
            values |= {"fsync": "off", "full_page_writes": "off"}
        words = ["-D", str(self.cluster)]
        for name, value in values.items():
            words += ["-c", f"{name}={value}"]
        return words

    def _spawn(self, words: list[str], *, stdout: object, stderr: object) -> subprocess.Popen[bytes]:
        if self._programs is None:
            self._programs = runnable_programs(self._install_name, self.user, self.folder)
        return popen(self._programs, words, self.user, stdout=stdout, stderr=stderr, cwd=self.folder)

    def wait(self) -> None:
        """Wait until the server that was begun answers, however long it mends itself.

        Raises: Trouble when it ends instead.
        """
        began = told = time.monotonic()
        status_file = self.cluster / "postmaster.pid"
        while True:
            if not self.is_running:
                self.process = None
                with self.log.open("rb") as log:
                    log.seek(self._log_began_at)
                    raise Trouble(_plainly(log.read().decode(errors="replace"), self.folder))
            with contextlib.suppress(OSError):
                lines = status_file.read_text().splitlines()
                if len(lines) >= 8 and lines[0] == str(self.process_id) and lines[7].strip() == "ready":
                    return
            if time.monotonic() - told > 5:
                told = time.monotonic()
                self.say(f"The database is still putting itself in order ({told - began:.0f} s) …")
            time.sleep(0.01)

    @property
    def process_id(self) -> int:
        """Return the process id of the running server, or 0."""
        return self.process.pid if self.process else 0

    # --- After a crash --------------------------------------------------------------------------------------
    def _clear_the_way(self) -> None:
        """End whatever an earlier life left running on this cluster, and its lock files.

        Why: a lock file names a process id. After a crash that id may belong to a zombie nobody reaps or to
        somebody else, and PostgreSQL would refuse to start for ever. It may also be a server that outlived
        us, or a backend that outlived its server: the files go only when nothing works on the cluster.
        """
        lock = self.cluster / "postmaster.pid"
        for wanted, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            give_up_at = time.monotonic() + seconds
            left = self._left_running(lock)
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, wanted)
            while left and time.monotonic() < give_up_at:
                time.sleep(0.02)
                left = self._left_running(lock)
            if not left:
                break
        else:
            raise Trouble(f"An earlier database server still works in {self.cluster}: end it and start again.")
        lock.unlink(missing_ok=True)
        if self.sockets.is_dir():
            for stale in self.sockets.glob(".s.PGSQL.*"):
                stale.unlink(missing_ok=True)

    def _left_running(self, lock: Path) -> list[int]:
        """Return the processes that work in this cluster: PostgreSQL's every process makes it its folder."""
        if not Path("/proc/self/cwd").exists():
            pid = first_number(lock)
            return [pid] if pid and is_postgres(pid) else []
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            # A zombie and a process of another user have no folder we could read.
            with contextlib.suppress(OSError):
                if os.path.samefile(entry / "cwd", self.cluster):
                    found.append(int(entry.name))
        return found


def _plainly(told: str, folder: Path) -> str:
    """Turn PostgreSQL's last words into one sentence that says what to do."""
    if "No space left on device" in told or "Disk quota exceeded" in told:
        return f"The disk is full: free some space where {folder} is, then start again. Nothing was lost."
    if "Cannot allocate memory" in told or "could not map anonymous shared memory" in told:
        return "There is not enough memory for the database: close other programs, then start again."
    if "Permission denied" in told:
        return f"The database may not use {folder}: make that folder yours (chown), or choose another with --data."
    fatal = [line for line in told.splitlines() if any(word in line for word in ("FATAL", "PANIC", "error:"))]
    last = (fatal or told.strip().splitlines() or ["it said nothing"])[-1].strip()
    return f"The database in {folder} did not start ({last}): see postgres.log there, and docs/how-to/run.md."
