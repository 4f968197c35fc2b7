"""What the database needs to know of the machine it runs on."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from pathlib import Path


def other_user() -> tuple[int, int] | None:
    """Return the user and group to run PostgreSQL as when we are root, which it refuses to be."""
    if os.name == "nt" or os.geteuid() != 0:
        return None
    import pwd

    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def may_pass(folder: Path, uid: int) -> bool:
    """Say whether a user may walk down to a folder: every folder above it that exists lets strangers through."""
    for above in folder.resolve().parents:
        with contextlib.suppress(FileNotFoundError):
            found = above.stat()
            if not found.st_mode & (0o100 if found.st_uid == uid else 0o001):
                return False
    return True


def shared_buffers() -> str:
    """Return how much memory the database may share: an eighth of the machine's, within reason.

    Why not less: of a million resources a search reads 15 pages, and each that has to be fetched from the system costs
    a tenth of the search. What is never touched is never taken.
    """
    try:
        memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (ValueError, OSError, AttributeError):
        memory_mb = 2048
    return f"{max(64, min(4096, memory_mb // 8))}MB"


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first_number(path: Path) -> int:
    """Return the number a file begins with, or 0."""
    try:
        return abs(int(path.read_text().splitlines()[0]))
    except (OSError, ValueError, IndexError):
        return 0


def is_postgres(pid: int) -> bool:
    """Say whether a process is a PostgreSQL that still lives."""
    told = subprocess.run(["ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "postgres" in told.stdout and not told.stdout.lstrip().startswith("Z")
