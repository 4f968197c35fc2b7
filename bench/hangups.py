"""Does the house still answer after bursts of clients that hang up two seconds into a slow page?

    .venv/bin/python bench/hangups.py [--bursts 50] [--clients 16] [--hold 2] [--slow 5]

Serves the root app itself, on a free port and on the database of DATABASE_URL, with one more page that makes
PostgreSQL wait. Half of the clients of a burst ask for the slow page, a quarter for one that waits without the
database, a quarter send half a body; all hang up. Meanwhile, and right after, someone asks for the sign-in page.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from figures import report, spread

GOAL_MS = 1000
SLOW = (
    b"GET /slow/query/%d/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /slow/query/%d/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /slow/sleep/%d/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"POST /slow/sleep/%d/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nhalf",
)


def serve(port: int) -> None:
    """Serve the house with the slow pages added."""
    import uvicorn

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bedside.config.settings")
    from django.conf import settings
    from django.db import connection
    from django.http import HttpRequest, HttpResponse
    from django.urls import include, path

    from bedside.config.asgi import House
    from bedside.platform.access import Audience, register
    from bedside.platform.access.routes import route

    register("bench.wait", audience=Audience.ANYONE)

    @route("bench.wait")
    def query(request: HttpRequest, seconds: int) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [seconds])
        return HttpResponse("done")

    @route("bench.wait")
    def sleep(request: HttpRequest, seconds: int) -> HttpResponse:
        time.sleep(seconds)
        return HttpResponse("done")

    global urlpatterns
    urlpatterns = [
        path("slow/query/<int:seconds>/", query),
        path("slow/sleep/<int:seconds>/", sleep),
        path("", include("bedside.config.urls")),
    ]
    settings.ROOT_URLCONF = __name__
    uvicorn.run(House(runs_jobs=False), port=port, log_level="critical", lifespan="on")


urlpatterns: list[Any] = []


def ask(port: int) -> float:
    """Ask for the sign-in page and return how long it took. Units: milliseconds."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/accounts/login/", headers={"Host": "localhost"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        sys.exit(f"the sign-in page answered {answer.status}")
    return (time.perf_counter() - started) * 1000


def wait_for(port: int) -> None:
    """Wait until the house answers."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            ask(port)
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("the house did not start; is DATABASE_URL set to a migrated database?")


def burst(port: int, clients: int, hold: float, slow: int) -> None:
    """Have clients ask for slow things and hang up together."""
    lines = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(clients)]
    for n, line in enumerate(lines):
        line.sendall(SLOW[n % len(SLOW)] % slow)
    time.sleep(hold)
    for line in lines:
        line.close()


def main() -> int:
    """Run the bursts and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bursts", type=int, default=50)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--hold", type=float, default=2.0)
    parser.add_argument("--slow", type=int, default=5)
    parser.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    house = subprocess.Popen([sys.executable, __file__, "--serve", str(port)], stderr=subprocess.DEVNULL)
    try:
        return measure(port, options)
    finally:
        house.terminate()
        try:
            house.wait(15)
        except subprocess.TimeoutExpired:
            house.kill()


def measure(port: int, options: argparse.Namespace) -> int:
    """Ask while the bursts run, and after them."""
    wait_for(port)
    before = [ask(port) for _ in range(20)]
    during: list[float] = []
    stop = threading.Event()

    def keep_asking() -> None:
        while not stop.wait(0.25):
            during.append(ask(port))

    asker = threading.Thread(target=keep_asking)
    asker.start()
    for _ in range(options.bursts):
        burst(port, options.clients, options.hold, options.slow)
    after = [ask(port)]
    stop.set()
    asker.join()
    after += [ask(port) for _ in range(20)]
    print(f"before: {spread(before)}\nduring: {spread(during)}\nafter:  {spread(after)}")
    print(f"{options.bursts} bursts of {options.clients} clients, hung up after {options.hold:g} s of {options.slow} s")
    reached = report("first page after the bursts", after[0], GOAL_MS, "ms")
    reached &= report("slowest page during and after", max(during + after), GOAL_MS, "ms")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
