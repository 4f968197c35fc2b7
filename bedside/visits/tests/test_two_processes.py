"""One visit held by two processes on one database, and a process that goes away."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest
import uvicorn
import websockets

from bedside.config.asgi import House
from bedside.kernel.time import utc_now

from .stage import Line, arrive, headers

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class Process:
    """A root app of its own, with its own hub, on its own port."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    def start(self):
        config = uvicorn.Config(
            House(runs_jobs=False), port=self.port, log_level="critical", log_config=None, lifespan="on"
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        ends = time.monotonic() + 20
        while not self.server.started and time.monotonic() < ends:
            time.sleep(0.02)

    def stop(self):
        self.server.should_exit = True
        self.thread.join(10)

    async def open(self, key):
        sent = headers(f"http://localhost:{self.port}", key)
        origin = sent.pop("Origin")
        url = f"ws://localhost:{self.port}/live/visits"
        return Line(await websockets.connect(url, additional_headers=sent, origin=origin))


@pytest.fixture
def two(transactional_db):
    made = (Process(), Process())
    yield made
    for one in made:
        one.stop()


def test_two_processes_hold_one_visit(two, full_cast, ticket, session):
    visit = arrive(full_cast, utc_now())
    tickets = {name: ticket(visit, name) for name in ("ada", "chen")}
    second = ticket(visit, "ada")
    keys = {name: session(name) for name in ("ada", "chen")}

    async def story():
        ada, chen = await two[0].open(keys["ada"]), await two[1].open(keys["chen"])
        await ada.hello(tickets["ada"])
        await chen.hello(tickets["chen"])
        await chen.say("admit", pid=ada.pid)
        await ada.hear("admitted")
        await chen.say("media_state", audio=True, video=False)
        assert (await ada.hear("peer_media"))["audio"] is True
        large = "a" * 20_000
        await ada.say("signal", to=chen.pid, desc={"type": "offer", "sdp": large})
        assert (await chen.hear("signal"))["desc"]["sdp"] == large
        for n in range(20):
            await (ada if n % 2 else chen).chat(str(n))
        heard = [(await ada.hear("chat"))["message"]["seq"] for _ in range(20)]
        assert heard == list(range(1, 21))
        assert [(await chen.hear("chat"))["message"]["seq"] for _ in range(20)] == heard
        elsewhere = await two[1].open(keys["ada"])
        await elsewhere.hello(second)
        assert (await ada.hear("ended"))["reason"] == "duplicate"
        await elsewhere.say("signal", to=chen.pid, desc={"type": "offer", "sdp": "v=0"})
        await chen.hear("signal")

    asyncio.run(story())


def test_after_a_restart_a_resume_fails_cleanly_and_a_ticket_brings_everything_back(two, full_cast, ticket, session):
    visit = arrive(full_cast, utc_now())
    tickets = [ticket(visit, "ada") for _ in range(2)]
    key = session("ada")

    async def first():
        ada = await two[0].open(key)
        await ada.hello(tickets[0])
        await ada.chat("kept")
        await ada.hear("chat")
        return ada

    async def then(ada):
        back = await two[0].open(key)
        await back.control("hello", resume={"pid": ada.pid, "token": ada.token, "last_seq": ada.last_in})
        assert (await back.hear("error"))["code"] == "resume_bad"
        assert await back.closed() == 4404
        again = await two[0].open(key)
        welcome = await again.hello(tickets[1])
        assert welcome["chat_seq"] == 1
        await again.say("chat_pull", since=0)
        assert [m["body"] for m in (await again.hear("chat_page"))["messages"]] == ["kept"]

    async def story():
        ada = await first()
        await asyncio.to_thread(two[0].stop)
        assert await ada.closed() in (1012, 1006)
        await asyncio.to_thread(two[0].start)
        await then(ada)

    asyncio.run(story())
