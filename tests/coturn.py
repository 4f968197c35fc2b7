"""A real coturn for tests: on loopback, on ports of its own, with our shared-secret credentials; ended by its pid.

Loopback needs `allow-loopback-peers`; a server in the world must refuse private ranges instead.
"""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import tools

SECRET = "only-for-tests"
RELAY_PORTS = (49_500, 49_900)


@dataclass(frozen=True)
class Coturn:
    """Where the relay listens. `urls("udp")` is what goes into TURN_URLS."""

    address: str
    port: int
    secret: str
    log: Path

    def urls(self, transport: str) -> list[str]:
        """Return its address for one way of reaching it: udp or tcp."""
        return [f"turn:{self.address}:{self.port}?transport={transport}"]

    def allocations(self) -> int:
        """Return how many relays it has handed out so far."""
        return self.log.read_text(errors="replace").count("ALLOCATE processed, success")


@contextmanager
def serve_coturn(address: str = "127.0.0.1") -> Iterator[Coturn]:
    """Run coturn until the block ends."""
    with tempfile.TemporaryDirectory(prefix="bedside-coturn-") as folder:
        port, log = _free_port(address), Path(folder) / "log"
        words = [
            str(tools.find("coturn")),
            "-n",
            *(f"--listening-ip={address}", f"--relay-ip={address}", f"--listening-port={port}"),
            *(f"--min-port={RELAY_PORTS[0]}", f"--max-port={RELAY_PORTS[1]}"),
            *("--use-auth-secret", f"--static-auth-secret={SECRET}", "--realm=bedside.test", "--fingerprint"),
            *("--allow-loopback-peers", "--no-cli", "--no-tls", "--no-dtls", "--no-multicast-peers", "--verbose"),
            *(f"--pidfile={folder}/pid", f"--userdb={folder}/users", f"--log-file={log}", "--simple-log"),
        ]
        with open(Path(folder) / "out", "wb") as out:
            process = subprocess.Popen(words, stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=folder)
        try:
            _wait_for(address, port, process)
            yield Coturn(address, port, SECRET, log)
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


@pytest.fixture(scope="session")
def coturn() -> Iterator[Coturn]:
    """One coturn for the whole run."""
    if not tools.find("coturn"):
        pytest.skip(tools.how_to_get("coturn"))
    with serve_coturn() as server:
        yield server


def _free_port(address: str) -> int:
    with socket.socket() as free:
        free.bind((address, 0))
        return int(free.getsockname()[1])


def _wait_for(address: str, port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise RuntimeError("coturn did not start")
        with socket.socket() as knock:
            if knock.connect_ex((address, port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("coturn does not answer")
