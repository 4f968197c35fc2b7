"""Two people in a call: how long until each sees the other, and until pictures are back after the network was cut.

    .venv/bin/python bench/media.py --rounds 15 --cuts 3

It brings its own server and a database of its own, and needs Chromium; the cuts need root, for a network namespace.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bedside.config.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django

django.setup()

# Models can be imported only now.
# ruff: noqa: E402
from figures import percentile, report, spread

from bedside.config.database import connected_as
from bedside.kernel.time import utc_now
from bedside.visits.commands import end_visit
from tests import tools
from tests.browser import FLAGS
from tests.calls import Call, book_visit, open_page
from tests.cast import Cast, assemble
from tests.cuts import HERE, cut_network, doorway, why_not
from tests.database import make_test_database

GOAL_P50_MS, GOAL_P95_MS, GOAL_BACK_S = 400, 1000, 5


@contextmanager
def serve() -> Iterator[int]:
    """Serve the root app on loopback, from a thread, and yield its port."""
    import uvicorn

    from bedside.config.asgi import application

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(application, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield port
    server.should_exit = True
    thread.join(10)


def sign_in_at(port: int) -> Callable[[Any, Any], None]:
    """Return a function that signs a person into a browser context."""
    from django.conf import settings
    from django.test import Client

    def into(context: Any, person: Any) -> None:
        client = Client()
        client.force_login(person.user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": f"http://localhost:{port}"}])

    return into


@contextmanager
def one_call(cast: Cast, patient: Any, doctor: Any, port: int) -> Iterator[Call]:
    """Book a visit, and end it after, so that the next can have its time."""
    call = Call(book_visit(cast), patient, doctor, lambda path: f"http://localhost:{port}{path}")
    yield call
    for page in (patient, doctor):
        page.goto("about:blank")
    end_visit(actor=cast.actor("chen"), now=utc_now(), visit_id=call.visit.id)


def joins(cast: Cast, chromium: Any, port: int, rounds: int) -> bool:
    """Measure the press on "Let in" to the first picture, for whoever sees it first and for both."""
    sign_in = sign_in_at(port)
    patient, doctor = (open_page(chromium, sign_in, person) for person in (cast.ada, cast.chen))
    first, both = [], []
    for at in range(rounds + 1):
        with one_call(cast, patient, doctor, port) as call:
            call.meet()
            took = call.first_picture_ms().values()
            if at:  # the first round warms the browser up
                first.append(min(took))
                both.append(max(took))
    patient.context.close()
    doctor.context.close()
    print(f"      first remote picture: {spread(first)}")
    print(f"      both see each other:  {spread(both)}")
    return all(
        [
            report("join to first remote picture, p50", percentile(first, 0.5), GOAL_P50_MS, "ms"),
            report("join to first remote picture, p95", percentile(first, 0.95), GOAL_P95_MS, "ms"),
            report("join until both see each other, p50", percentile(both, 0.5), GOAL_P50_MS, "ms"),
            report("join until both see each other, p95", percentile(both, 0.95), GOAL_P95_MS, "ms"),
        ]
    )


def cuts(cast: Cast, here: Any, port: int, times: int) -> bool:
    """Cut the patient off for 10 and for 25 seconds, and measure until both see the other again."""
    if reason := why_not():
        print(f"SKIPPED the cuts: {reason}")
        return True
    sign_in, reached = sign_in_at(port), True
    with cut_network() as network, doorway(port), tempfile.TemporaryDirectory() as folder:
        wrapper = network.wrapper(str(tools.find("chromium")), Path(folder))
        rules = f"--host-resolver-rules=MAP localhost {HERE}"
        far = here.browser_type.launch(executable_path=str(wrapper), args=[*FLAGS, rules])
        patient, doctor = open_page(far, sign_in, cast.ada), open_page(here, sign_in, cast.chen)
        for seconds in (10, 25):
            back = []
            for _ in range(times):
                with one_call(cast, patient, doctor, port) as call:
                    call.meet()
                    doctor.wait_for_timeout(2_000)
                    network.cut()
                    doctor.wait_for_timeout(seconds * 1000)
                    network.mend()
                    back.append(call.wait_for_pictures(within=40))
            print(f"      after {seconds} s: " + ", ".join(f"{one:.1f} s" for one in back))
            reached &= report(f"pictures back after a cut of {seconds} s, worst", max(back), GOAL_BACK_S, "s")
        far.close()
    return reached


def main() -> int:
    """Measure, print, and say by the exit code whether every goal was reached."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=15)
    asked.add_argument("--cuts", type=int, default=3)
    want = asked.parse_args()
    if not tools.find("chromium"):
        sys.exit(tools.how_to_get("chromium"))
    from playwright.sync_api import sync_playwright

    with make_test_database("bench") as made, connected_as(made.app), serve() as port, sync_playwright() as playwright:
        cast = assemble()
        chromium = playwright.chromium.launch(executable_path=tools.find("chromium"), args=FLAGS)
        reached = joins(cast, chromium, port, want.rounds) if want.rounds else True
        reached &= cuts(cast, chromium, port, want.cuts) if want.cuts else True
        with suppress(Exception):
            chromium.close()
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
