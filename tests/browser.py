"""A real browser against the real site, for journeys and for looking at pages.

`browser` is one Chromium for the whole run; `live_site` serves the root ASGI app on the test's database;
`sign_in` puts a person's session into a browser context; `findings` asks axe what a page gets wrong.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests import tools

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]

#: What axe calls bad enough to stop a person.
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium with a fake camera and microphone, started once for the whole run."""
    chromium = tools.find("chromium")
    if not chromium:
        pytest.skip(tools.how_to_get("chromium"))
    from playwright.sync_api import sync_playwright

    # Playwright's loop lives in this thread, so Django would refuse the ORM in every test that has a browser.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class LiveSite:
    """The site, being served. `url("/today/")` is where to point a browser."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.origin = f"http://localhost:{port}"

    def url(self, path: str) -> str:
        """Return the whole address of a path."""
        return self.origin + path


@pytest.fixture
def live_site(transactional_db: None) -> Iterator[LiveSite]:
    """Serve the root ASGI app from a thread of this process, on the test's own database."""
    import uvicorn

    from bedside.config.asgi import application

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(application, host="127.0.0.1", port=port, log_level="warning", log_config=None, lifespan="on")
    )
    thread = threading.Thread(target=server.run, daemon=True, name="live site")
    thread.start()
    ends = time.monotonic() + 20
    while not server.started:
        if time.monotonic() > ends or not thread.is_alive():
            raise RuntimeError("the site did not start")
        time.sleep(0.02)
    yield LiveSite(port)
    server.should_exit = True
    thread.join(10)
    if thread.is_alive():
        server.force_exit = True
        thread.join(5)


@pytest.fixture
def sign_in(live_site: LiveSite) -> Callable[[Any, Any], None]:
    """Return a function that signs a person into a browser context: `sign_in(context, cast.ada)`."""

    def into(context: Any, person: Any) -> None:
        client = Client()
        client.force_login(person.user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_site.origin}])

    return into


def findings(page: Any, *, leave_out: tuple[str, ...] = ()) -> list[str]:
    """Return what axe finds serious on the page, one line each: rule, what to do, where."""
    from axe_playwright_python.sync_playwright import Axe

    answer = Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        f"{found['id']}: {found['help']} at {node['target']} {node['html'][:160]}"
        for found in answer["violations"]
        if found["impact"] in SERIOUS and found["id"] not in leave_out
        for node in found["nodes"]
    ]


def scrolls_sideways(page: Any) -> bool:
    """Say whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"))


def watch(page: Any) -> list[str]:
    """Collect what goes wrong on a page: script errors, console errors, requests to anyone else."""
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(f"script: {error}"))
    page.on("console", lambda line: trouble.append(f"console: {line.text}") if line.type == "error" else None)

    def asked(request: Any) -> None:
        with suppress(IndexError):
            host = request.url.split("/")[2].split(":")[0]
            if request.url.startswith(("http", "ws")) and host not in {"localhost", "127.0.0.1"}:
                trouble.append(f"asked a stranger: {request.url}")

    page.on("request", asked)
    return trouble
