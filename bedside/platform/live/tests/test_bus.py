"""The bus between processes, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from functools import partial

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from bedside.config.asgi import conninfo
from bedside.platform.live.bus import MemoryBus, PostgresBus, envelope, open_envelope
from bedside.platform.live.nudge import nudge

pytestmark = pytest.mark.django_db(transaction=True)


async def settle(heard, count, within=5):
    async with asyncio.timeout(within):
        while len(heard) < count:
            await asyncio.sleep(0.01)


def run(story):
    async def two():
        one, other = PostgresBus(conninfo()), PostgresBus(conninfo())
        await one.start()
        await other.start()
        try:
            await story(one, other)
        finally:
            await one.stop()
            await other.stop()

    asyncio.run(two())


def test_news_reaches_both_processes_once():
    async def story(one, other):
        here, there = [], []
        one.subscribe("visit:1", lambda t, p: here.append(p))
        other.subscribe("visit:1", lambda t, p: there.append(p))
        one.publish("visit:1", {"n": 1})
        one.publish("visit:1", {"n": 1})
        one.publish("visit:2", {"n": 2})
        assert here == [{"n": 1}, {"n": 1}]
        await settle(there, 2)
        await asyncio.sleep(0.2)
        assert here == there == [{"n": 1}, {"n": 1}]

    run(story)


def test_a_payload_too_large_for_a_notify_arrives_whole():
    large = {"sdp": "é" * 12_000}

    async def story(one, other):
        there = []
        other.subscribe("room:1", lambda t, p: there.append(p))
        one.publish("room:1", large)
        await settle(there, 1)
        assert there == [large]

    run(story)


def test_a_nudge_from_a_page_reaches_every_process():
    async def story(one, other):
        here, there = [], []
        one.subscribe("board:1", lambda t, p: here.append(t))
        other.subscribe("board:1", lambda t, p: there.append(t))
        await sync_to_async(partial(nudge, "board:1", ("room:1", {"k": "sync"})), thread_sensitive=False)()
        await settle(here, 1)
        await settle(there, 1)

    run(story)


def test_the_bus_comes_back_after_its_connection_was_cut_and_says_look_again():
    async def story(one, other):
        heard = []
        one.subscribe("visit:1", lambda t, p: heard.append(p))
        await sync_to_async(cut_every_listener, thread_sensitive=False)()
        await settle(heard, 1, within=8)
        assert heard[0] == {"k": "resync"}
        await asyncio.wait_for(other.is_connected.wait(), 8)
        other.publish("visit:1", {"n": 1})
        await settle(heard, 2, within=8)
        assert heard[1] == {"n": 1}

    run(story)


def cut_every_listener():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND query ~ 'LISTEN'"
            " AND pid <> pg_backend_pid()"
        )


def test_a_listener_that_fails_does_not_stop_the_others():
    heard = []
    bus = MemoryBus()
    bus.subscribe("t", lambda t, p: 1 / 0)
    end = bus.subscribe("t", lambda t, p: heard.append(p))
    bus.publish("t", {"n": 1})
    end()
    bus.publish("t", {"n": 2})
    assert heard == [{"n": 1}]


def test_what_is_not_an_envelope_is_ignored():
    async def story(one, other):
        heard = []
        one.subscribe("t", lambda t, p: heard.append(p))
        await sync_to_async(send_rubbish, thread_sensitive=False)()
        other.publish("t", {"n": 1})
        await settle(heard, 1)

    run(story)


def send_rubbish():
    with psycopg.connect(conninfo(), autocommit=True) as raw:
        for line in ("", "[]", "{}", '{"o":1}', "\x01"):
            raw.execute("SELECT pg_notify('bedside_live', %s)", [line])


def test_equal_news_is_not_folded_into_one():
    assert envelope("a", "t", {}) != envelope("a", "t", {})
    assert open_envelope(envelope("a", "t", {"n": 1}))[:3] == ("a", "t", {"n": 1})
