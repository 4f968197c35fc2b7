"""What bin/test runs: pytest, with a database of its own, in two parts. See `--help` of pytest for the rest.

First everything that can share the machine, on two processes; then, alone, whatever drives a browser.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bedside.config.embedded_postgres import EmbeddedPostgres

NO_TESTS = 5
BROWSER = "journey or media"
#: Two processes; the one that is done first takes over from the other, since the slowest tests come last.
SIDE_BY_SIDE = ["-n", "2", "--dist", "worksteal"]
#: Compiled modules and rewritten asserts are kept here, out of the source folders; they save 5 s of every run.
COMPILED = Path(__file__).resolve().parents[1] / ".cache" / "pycache"
#: What the house keeps while tests run, so that the clinic of whoever runs them is left alone.
KEPT = COMPILED.with_name("test-data")


def parts(words: list[str]) -> list[list[str]]:
    """Return the pytest runs that some words on the command line ask for."""
    is_fast = "--fast" in words
    words = [word for word in words if word != "--fast"]
    chosen = any(not word.startswith("-") and not word.isdigit() for word in words) or {"-k", "-m"} & set(words)
    side_by_side = [] if any(word.startswith("-n") for word in words) or (os.cpu_count() or 1) < 2 else SIDE_BY_SIDE
    if chosen:
        return [[*(["-m", f"not ({BROWSER} or slow)"] if is_fast else []), *words]]
    if is_fast:
        return [[*side_by_side, "-m", f"not ({BROWSER} or slow)", *words]]
    return [[*side_by_side, "-m", f"not ({BROWSER})", *words], ["-m", BROWSER, *words]]


def main(words: list[str]) -> int:
    """Run every part, even after one failed, and return the worst exit code. No tests found is a failure."""
    began = time.monotonic()
    worst = 0
    with ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bedside-test-")))
            folder.chmod(0o755)
            server = EmbeddedPostgres(folder / "postgres", password="only-for-tests", durable=False)
            os.environ["DATABASE_URL"] = stack.enter_context(server).admin_url("bedside")
        KEPT.mkdir(parents=True, exist_ok=True)
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env |= {"PYTHONPYCACHEPREFIX": str(COMPILED), "BEDSIDE_DATA": str(KEPT)}
        for part in parts(words):
            run = subprocess.run(
                [sys.executable, "-P", "-m", "pytest", "-q", *part], stdin=subprocess.DEVNULL, check=False, env=env
            )
            if run.returncode == NO_TESTS:
                print(f"No test was found for: pytest {' '.join(part)}", file=sys.stderr)
            worst = max(worst, abs(run.returncode))
    print(f"{'FAILED' if worst else 'Passed'} in {time.monotonic() - began:.0f} s.")
    return worst


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
