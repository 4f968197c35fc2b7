"""A network that can be cut, for tests of reconnecting: two browsers, each in a namespace, and a router between.

    the doctor's browser (10.77.1.1) ── router (forwards, or does not) ── the patient's browser (10.77.2.2)
      the doorway, to the site on this machine's loopback

A cut switches forwarding off in the router: packets vanish both ways, sockets stay open and nobody is told, as in
a lift or a tunnel. Needs root and `ip`; this machine's own network is left as it is, interfaces and routes.

Why namespaces only: Chromium aborts every request under way with ERR_NETWORK_CHANGED when an address comes or goes
anywhere it can see. An interface made on this machine did that to the pages of every browser here, and an IPv6
address of a link, which counts only 1 to 2 seconds after the link is up, did it to the page just being loaded.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

NEAR, ROUTER_NEAR, ROUTER_FAR, FAR = "10.77.1.1", "10.77.1.2", "10.77.2.1", "10.77.2.2"

CLONE_NEWNET = 0x4000_0000


def why_not() -> str:
    """Say why this machine cannot cut networks, or nothing."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        return "needs root and iproute2 to make network namespaces: run as root, apt install iproute2"
    probe = f"bedside-p{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True)
    subprocess.run(["ip", "netns", "del", probe], capture_output=True)
    return "" if made.returncode == 0 else "needs the right to make network namespaces (CAP_SYS_ADMIN)"


class CutNetwork:
    """The way between the near namespace and the far one."""

    def __init__(self, tag: str) -> None:
        self.near, self.router, self.far = f"bedside-n{tag}", f"bedside-r{tag}", f"bedside-f{tag}"

    def cut(self) -> None:
        """Let every packet vanish."""
        self._forward("0")

    def mend(self) -> None:
        """Let packets pass again."""
        self._forward("1")

    def wrapper(self, program: str, folder: Path, *, namespace: str) -> Path:
        """Return a script that starts a program inside one of the namespaces."""
        script = folder / f"in-{namespace}"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {namespace} {program} "$@"\n')
        script.chmod(0o755)
        return script

    def build(self) -> None:
        """Make the namespaces and the links; when this returns, no address is still to come."""
        n, r, f = self.near, self.router, self.far
        links = ((n, "out"), (r, "near"), (r, "far"), (f, "out"))
        for line in (
            *(f"ip netns add {name}" for name in (n, r, f)),
            f"ip -n {r} link add near type veth peer name out netns {n}",
            f"ip -n {r} link add far type veth peer name out netns {f}",
            *(f"ip -n {name} link set {link} addrgenmode none" for name, link in links),
            f"ip -n {n} addr add {NEAR}/24 dev out",
            f"ip -n {r} addr add {ROUTER_NEAR}/24 dev near",
            f"ip -n {r} addr add {ROUTER_FAR}/24 dev far",
            f"ip -n {f} addr add {FAR}/24 dev out",
            *(f"ip -n {name} link set lo up" for name in (n, r, f)),
            *(f"ip -n {name} link set {link} up" for name, link in links),
            f"ip -n {n} route add default via {ROUTER_NEAR}",
            f"ip -n {f} route add default via {ROUTER_FAR}",
        ):
            subprocess.run(line.split(), check=True, capture_output=True)
        self.mend()

    def addresses(self) -> str:
        """Return every address of the two ends, one a line, as `ip` says them."""
        asked = (["ip", "-n", name, "-o", "addr", "show", "dev", "out"] for name in (self.near, self.far))
        return "".join(subprocess.run(words, check=True, capture_output=True, text=True).stdout for words in asked)

    def tear_down(self) -> None:
        """Remove what `build` made."""
        for name in (self.near, self.far, self.router):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)

    def _forward(self, value: str) -> None:
        words = ["ip", "netns", "exec", self.router, "sh", "-c", f"echo {value} > /proc/sys/net/ipv4/ip_forward"]
        subprocess.run(words, check=True, capture_output=True)


@contextmanager
def cut_network() -> Iterator[CutNetwork]:
    """Make the network, and remove it after."""
    network = CutNetwork(str(os.getpid()))
    network.tear_down()
    try:
        network.build()
        yield network
    finally:
        network.tear_down()


@contextmanager
def doorway(network: CutNetwork, port: int) -> Iterator[None]:
    """Pass connections at 10.77.1.1 on to the site on this machine's loopback, byte for byte."""
    with ThreadPoolExecutor(1) as visitor:
        door = visitor.submit(_listen_in, network.near, port).result()
    with door:
        threading.Thread(target=_welcome, args=(door, port), daemon=True).start()
        yield


def _listen_in(namespace: str, port: int) -> socket.socket:
    """Return a listening socket of a namespace. The thread that calls this stays there, so it must end after."""
    with Path("/run/netns", namespace).open() as there:
        if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")
    return socket.create_server((NEAR, port))


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
