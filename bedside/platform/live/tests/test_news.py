"""`/live/news` on a running server."""

from __future__ import annotations

import asyncio
import json
from functools import partial

import pytest
import websockets
from asgiref.sync import sync_to_async

from bedside.platform.live.nudge import nudge
from bedside.platform.live.topics import kinds, may_listen
from bedside.visits.tests.stage import headers, session_of
from tests import cast as the_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def full_cast(transactional_db):
    return the_cast.assemble()


def listen(live_site, key, story):
    async def run():
        sent = headers(live_site.origin, key)
        origin = sent.pop("Origin")
        url = f"ws://localhost:{live_site.port}/live/news"
        async with websockets.connect(url, additional_headers=sent, origin=origin) as socket:

            async def ask(**frame):
                await socket.send(json.dumps(frame))

            async def hear(within=5):
                async with asyncio.timeout(within):
                    return json.loads(await socket.recv())

            await story(ask, hear)

    asyncio.run(run())


def test_a_page_hears_news_of_what_it_may_and_nothing_else(full_cast, live_site):
    mine, hers = f"person:{full_cast.id('eve')}", f"person:{full_cast.id('ada')}"
    board = f"board:{full_cast.id('chen')}"

    async def story(ask, hear):
        await ask(t="subscribe", topics=[mine, hers, board, "visit:nonsense", "secrets:1", mine])
        answer = await hear()
        assert answer["topics"] == [mine]
        assert set(answer["refused"]) == {hers, board, "visit:nonsense", "secrets:1"}
        await sync_to_async(partial(nudge, hers, mine, mine), thread_sensitive=False)()
        assert await hear() == {"t": "news", "topic": mine}
        await ask(t="ping", at=1)
        assert await hear() == {"t": "pong", "at": 1}
        await ask(t="unsubscribe", topics=[mine])
        await ask(t="ping", at=2)
        await hear()
        await sync_to_async(partial(nudge, mine), thread_sensitive=False)()
        with pytest.raises(TimeoutError):
            await hear(0.6)

    listen(live_site, session_of(full_cast.eve), story)


@pytest.mark.parametrize("text", ["", "[]", '{"t":"subscribe"}', '{"t":"x"}', '{"t":"subscribe","topics":[1]}'])
def test_what_is_not_understood_is_answered_and_the_socket_lives(full_cast, live_site, text):
    async def run():
        sent = headers(live_site.origin, session_of_ada)
        origin = sent.pop("Origin")
        url = f"ws://localhost:{live_site.port}/live/news"
        async with websockets.connect(url, additional_headers=sent, origin=origin) as socket:
            await socket.send(text)
            assert json.loads(await socket.recv())["code"] == "bad_frame"
            await socket.send('{"t":"ping","at":1}')
            assert json.loads(await socket.recv())["t"] == "pong"

    session_of_ada = session_of(full_cast.ada)
    asyncio.run(run())


def test_who_may_listen_to_a_board(full_cast, now):
    board = f"board:{full_cast.id('chen')}"
    answers = {name: may_listen(full_cast.actor(name), board, now) for name in full_cast.people}
    assert {name for name, yes in answers.items() if yes} == {"chen", "gita", "femi", "tomas"}


def test_every_kind_of_topic_names_a_verb_that_is_registered():
    from bedside.platform.access import actions

    assert set(kinds().values()) <= set(actions())
