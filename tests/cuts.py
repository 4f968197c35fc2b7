"""A network that can be cut, for tests of reconnecting: a browser in a namespace of its own, behind a router.

    this machine (10.77.1.1) ── router (forwards, or does not) ── the patient's browser (10.77.2.2)

A cut switches forwarding off in the router: packets vanish both ways, sockets stay open and nobody is told, as in
a lift or a tunnel. Needs root and `ip`; nothing outside the namespaces made here is changed but one route.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HERE, ROUTER_NEAR, ROUTER_FAR, FAR = "10.77.1.1", "10.77.1.2", "10.77.2.1", "10.77.2.2"


def why_not() -> str:
    """Say why this machine cannot cut networks, or nothing."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        return "needs root and iproute2 to make network namespaces: run as root, apt install iproute2"
    made = subprocess.run(["ip", "netns", "add", "bedside-probe"], capture_output=True)
    subprocess.run(["ip", "netns", "del", "bedside-probe"], capture_output=True)
    return "" if made.returncode == 0 else "needs the right to make network namespaces (CAP_SYS_ADMIN)"


class CutNetwork:
    """The way between this machine and the far namespace."""

    def __init__(self, tag: str) -> None:
        self.router, self.far = f"bedside-r{tag}", f"bedside-f{tag}"
        self.near_link = f"bs{tag}n"

    def cut(self) -> None:
        """Let every packet vanish."""
        self._forward("0")

    def mend(self) -> None:
        """Let packets pass again."""
        self._forward("1")

    def wrapper(self, program: str, folder: Path) -> Path:
        """Return a script that starts a program inside the far namespace."""
        script = folder / f"in-{self.far}"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {self.far} {program} "$@"\n')
        script.chmod(0o755)
        return script

    def build(self) -> None:
        """Make the namespaces and the links."""
        r, f, n = self.router, self.far, self.near_link
        for line in (
            f"ip netns add {r}",
            f"ip netns add {f}",
            f"ip link add {n} type veth peer name toward netns {r}",
            f"ip -n {r} link add beyond type veth peer name out netns {f}",
            f"ip addr add {HERE}/24 dev {n}",
            f"ip -n {r} addr add {ROUTER_NEAR}/24 dev toward",
            f"ip -n {r} addr add {ROUTER_FAR}/24 dev beyond",
            f"ip -n {f} addr add {FAR}/24 dev out",
            f"ip link set {n} up",
            f"ip -n {r} link set toward up",
            f"ip -n {r} link set beyond up",
            f"ip -n {r} link set lo up",
            f"ip -n {f} link set out up",
            f"ip -n {f} link set lo up",
            f"ip -n {f} route add default via {ROUTER_FAR}",
            f"ip route add 10.77.2.0/24 via {ROUTER_NEAR}",
        ):
            subprocess.run(line.split(), check=True, capture_output=True)
        self.mend()

    def tear_down(self) -> None:
        """Remove what `build` made."""
        for line in (f"ip link del {self.near_link}", f"ip netns del {self.far}", f"ip netns del {self.router}"):
            subprocess.run(line.split(), capture_output=True)

    def _forward(self, value: str) -> None:
        words = ["ip", "netns", "exec", self.router, "sh", "-c", f"echo {value} > /proc/sys/net/ipv4/ip_forward"]
        subprocess.run(words, check=True, capture_output=True)


@contextmanager
def cut_network() -> Iterator[CutNetwork]:
    """Make the network, and remove it after."""
    network = CutNetwork(str(os.getpid() % 10_000))
    network.tear_down()
    try:
        network.build()
        yield network
    finally:
        network.tear_down()


@contextmanager
def doorway(port: int) -> Iterator[None]:
    """Pass connections at 10.77.1.1 on to the site on loopback, byte for byte."""
    with socket.create_server((HERE, port)) as door:
        threading.Thread(target=_welcome, args=(door, port), daemon=True).start()
        yield


def _welcome(door: socket.socket, port: int) -> None:
    while True:
        try:
            guest, _ = door.accept()
        except OSError:
            return
        house = socket.create_connection(("127.0.0.1", port))
        for one, other in ((guest, house), (house, guest)):
            threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65_536):
            other.sendall(data)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
