"""More processes beside the first, on the same port: Python runs on one core, and a machine has several.

A helper serves pages and live lines as the first process does; jobs, the database and the terminal stay with the
first. It reads its standard input, which only the first holds open: when the first ends, in whatever way, so does it.

`python -m bedside.config.helpers SOCKET… [--tls CERTIFICATE KEY]` is one of them; sockets are inherited by number.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

log = logging.getLogger(__name__)

#: Longer than a helper takes to finish what it is answering. Units: seconds.
PATIENCE = 13
#: A helper that dies young is not started again at once. Units: seconds.
LIVED_A_LITTLE = 5.0


class Helpers:
    """The helpers of one first process."""

    def __init__(self, count: int, sockets: Sequence[socket.socket], tls: tuple[Path, Path] | None = None) -> None:
        """Name how many, and what they serve. `look` starts them."""
        self._count = count
        self._numbers = [one.fileno() for one in sockets]
        self._tls = tls
        self._running: dict[subprocess.Popen[bytes], float] = {}

    def look(self) -> None:
        """Start those that are missing; one that died young waits its turn."""
        now = time.monotonic()
        for one in [one for one in self._running if one.poll() is not None]:
            if now - self._running[one] > LIVED_A_LITTLE:
                log.warning("a helper process ended (%s); starting another", one.returncode)
                del self._running[one]
        while len(self._running) < self._count:
            self._running[self._start()] = now

    def stop(self) -> None:
        """End them all, letting each finish what it is answering."""
        for one in self._running:
            if one.stdin:
                one.stdin.close()
        ends = time.monotonic() + PATIENCE
        for one in self._running:
            try:
                one.wait(max(0.1, ends - time.monotonic()))
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
        self._running.clear()

    def _start(self) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-P", "-m", "bedside.config.helpers", *map(str, self._numbers)]
        if self._tls:
            words += ["--tls", *map(str, self._tls)]
        return subprocess.Popen(
            words, stdin=subprocess.PIPE, pass_fds=self._numbers, env=os.environ | {"BEDSIDE_RUN_JOBS": "off"}
        )


def _end_with_the_first() -> None:
    """Wait until nobody holds our standard input open, then end as for a service manager."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main(arguments: list[str] | None = None) -> None:
    """Be a helper until the first process ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sockets", type=int, nargs="+")
    parser.add_argument("--tls", type=Path, nargs=2)
    words = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bedside.config.settings")
    import django

    django.setup()
    from django.conf import settings

    from . import serve

    threading.Thread(target=_end_with_the_first, daemon=True, name="the first").start()
    serve.serve(
        [socket.socket(fileno=number) for number in words.sockets],
        on_ready=lambda: None,
        tls=(words.tls[0], words.tls[1]) if words.tls else None,
        trusted_proxies=",".join(settings.PROXY_ADDRESSES),
    )


if __name__ == "__main__":
    main()
