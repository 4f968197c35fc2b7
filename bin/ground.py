"""What bin/run, bin/test and bin/check stand on: a .venv that holds what the lock files name.

Python's standard library only. Every failure is one sentence that says what to do.
"""

import errno
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / ".bedside-parts"
LOCKS = {"bedside": ROOT / "requirements/bedside.txt", "development": ROOT / "requirements/development.txt"}
#: Room the parts need, with what the fetching itself uses. Measured: 480 MB installed.
MB_TO_INSTALL = {"bedside": 900, "development": 1500}
BEGAN = time.monotonic()


class Stop(SystemExit):
    """One sentence, and the end."""


def say(words):
    """Tell what is being done, with the seconds since the start."""
    print(f"[{time.monotonic() - BEGAN:5.1f} s] {words}", flush=True)


def python():
    """Return the path of .venv's Python."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def prepare(kind):
    """Make .venv hold what the lock `kind` names, and return its Python. Quick when it already does."""
    try:
        wanted = _hash(LOCKS[kind])
        if _runs(python()) and _stamps().get(kind) == wanted:
            return python()
        _need_space(MB_TO_INSTALL[kind])
        _make_venv()
        _install(kind)
        stamps = dict(_stamps())
        stamps[kind] = wanted
        if kind == "development":  # which holds every part of the other lock, at the same versions
            stamps["bedside"] = _hash(LOCKS["bedside"])
        STAMP.write_text(json.dumps(stamps))
        return python()
    except OSError as error:
        raise Stop(sentence_for(error)) from None


def sentence_for(error):
    """Say what to do about an error of the operating system."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _no_space(ROOT)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"Bedside may not write to {ROOT}: make that folder yours, or copy Bedside to one that is."
    return f"Something outside Bedside failed ({error}): mend that and run it again."


def _no_space(where):
    return f"The disk is full: free some space where {where} is, then run this again. Nothing was lost."


def _need_space(least_mb):
    free_mb = shutil.disk_usage(ROOT).free // 2**20
    if free_mb < least_mb:
        raise Stop(
            f"The disk is nearly full: Bedside's parts need {least_mb} MB where {ROOT} is and {free_mb} MB are free, "
            "so free some space and run this again."
        )


def _runs(program):
    return program.exists() and _quietly([program, "-c", ""]).returncode == 0


def _hash(lock):
    return hashlib.sha256(lock.read_bytes() + str(sys.version_info[:2]).encode()).hexdigest()


def _stamps():
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def _quietly(words):
    return subprocess.run(
        [str(word) for word in words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )


def _make_venv():
    if _runs(python()):
        return
    if VENV.is_symlink():
        raise Stop(f"The Python in {VENV} does not run: remove that link and run this again.")
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            version = f"{sys.version_info[0]}.{sys.version_info[1]}"
            raise Stop(
                f"Python's {module} module is missing: install it (on Debian or Ubuntu: apt install "
                f"python{version}-venv), then run this again."
            )
    say("Making a place for Bedside's parts (.venv) …")
    made = _quietly([sys.executable, "-m", "venv", "--clear", VENV])
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Stop(_why(made.stdout, "A Python environment could not be made"))


def _install(kind):
    say("Fetching Bedside's parts: about 90 MB, once …")
    pip = [python(), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--require-hashes", "-r"]
    fast = _quietly([*pip, ROOT / "requirements/bootstrap.txt"])
    if not fast.returncode:
        fast = _quietly(
            [python(), "-m", "uv", "pip", "install", "--python", python(), "--require-hashes", "-r", LOCKS[kind]]
        )
    if fast.returncode:
        if _is_out_of_space(fast.stdout):
            raise Stop(_no_space(ROOT))
        say("The fast way did not work; fetching them the slow way …")
        slow = _quietly([*pip, LOCKS[kind]])
        if slow.returncode:
            raise Stop(_why(slow.stdout, "Bedside's parts could not be fetched"))
    say("Every part is here.")


def _is_out_of_space(told):
    return "No space left on device" in told or "Disk quota exceeded" in told


def _why(told, what):
    if _is_out_of_space(told):
        return _no_space(ROOT)
    offline = ("Temporary failure in name resolution", "Network is unreachable", "Failed to establish", "getaddrinfo")
    if any(word in told for word in offline):
        return f"{what} because the network does not answer: connect this machine (or set PIP_INDEX_URL) and try again."
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    last = next((line for line in reversed(lines) if "rror" in line), lines[-1] if lines else "no word why")
    return f"{what} ({last[:300]}): mend that, then run this again."
