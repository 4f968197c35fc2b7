"""Frames that are malformed, oversized, out of order, repeated or too many: answered, and the house stands."""

from __future__ import annotations

import asyncio
import contextlib
import json

import pytest
import websockets
from hypothesis import given
from hypothesis import strategies as st

from bedside.kernel.ids import new_id
from bedside.kernel.time import utc_now
from bedside.visits.live.frames import BadFrame, read_frame
from bedside.visits.models import ChatMessage

from .stage import arrive

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BAD = [
    ("", "bad_frame"),
    ("null", "bad_frame"),
    ("[]", "bad_frame"),
    ("{", "bad_frame"),
    ("\x00", "bad_frame"),
    ("[" * 5000, "bad_frame"),
    ('{"t":"ping"}', "bad_frame"),
    ('{"t":"ping","at":"x"}', "bad_frame"),
    ('{"t":"ack","seq":-1}', "bad_frame"),
    ('{"t":"ack","seq":1,"more":1}', "bad_frame"),
    ('{"t":"chat","body":"no number"}', "bad_frame"),
    ('{"t":"chat","seq":0,"client_id":"x","body":""}', "bad_frame"),
    ('{"t":"chat","seq":"1"}', "bad_frame"),
    ('{"t":"launch","x":1}', "unknown_verb"),
    ('{"seq":null}', "unknown_verb"),
]


@pytest.fixture
def visit(full_cast):
    return arrive(full_cast, utc_now())


async def flood(ada):
    for n in range(3000):
        await ada.control("ping", at=n)
        if n % 50 == 0:
            await asyncio.sleep(0)
    await ada.hear("never")


def with_ada(line, ticket, session, visit, story):
    token, key = ticket(visit, "ada"), session("ada")

    async def run():
        async with line(key) as ada:
            await ada.hello(token)
            await story(ada)

    asyncio.run(run())


def test_every_bad_frame_is_answered_and_the_line_lives(line, ticket, session, visit):
    async def story(ada):
        for text, code in BAD:
            await ada.raw(text)
            assert (await ada.hear("error"))["code"] == code, text[:40]
            await asyncio.sleep(0.02)
        await ada.socket.send(b"\x00\x01")
        assert (await ada.hear("error"))["code"] == "bad_frame"
        await ada.chat("still here")
        await ada.hear("chat")

    with_ada(line, ticket, session, visit, story)


def test_a_bad_frame_with_the_next_number_counts_as_handled(line, ticket, session, visit):
    async def story(ada):
        await ada.say("chat", body="no client id")
        error = await ada.hear("error")
        assert (error["code"], error["re"]) == ("bad_frame", 1)
        await ada.say("signal", to=str(new_id()), desc={"type": "offer", "sdp": ""}, cand={"candidate": ""})
        assert (await ada.hear("error"))["re"] == 2
        await ada.chat("third")
        await ada.hear("chat")
        assert (await ada.hear("ack", seq=3))["seq"] == 3

    with_ada(line, ticket, session, visit, story)


def test_repeats_are_dropped_and_gaps_are_named(line, ticket, session, visit):
    async def story(ada):
        frame = {"t": "chat", "seq": 1, "client_id": str(new_id()), "body": "once"}
        for _ in range(3):
            await ada.raw(json.dumps(frame))
        await ada.hear("chat")
        await ada.hear("ack", seq=1)
        await ada.raw(json.dumps({**frame, "seq": 4, "client_id": str(new_id()), "body": "too early"}))
        error = await ada.hear("error", code="gap")
        assert error["expected"] == 2
        await ada.raw(json.dumps({**frame, "seq": 2, "client_id": str(new_id()), "body": "two"}))
        assert (await ada.hear("chat"))["message"]["body"] == "two"

    with_ada(line, ticket, session, visit, story)
    assert list(ChatMessage.objects.order_by("seq").values_list("body", flat=True)) == ["once", "two"]


def test_a_frame_over_the_limit_closes_this_line_only(line, ticket, session, visit):
    again = ticket(visit, "ada")
    key = session("ada")

    async def story(ada):
        await ada.say("chat", client_id=str(new_id()), body="x" * 33_000)
        assert (await ada.hear("error"))["code"] == "too_big"
        assert await ada.closed() == 4413
        async with line(key) as back:
            await back.hello(again)
            await back.chat("here again")
            await back.hear("chat")

    with_ada(line, ticket, session, visit, story)


def test_a_flood_is_slowed_and_then_closed_while_another_is_served(line, ticket, session, visit):
    other_ticket, other_key = ticket(visit, "chen"), session("chen")

    async def story(ada):
        async with line(other_key) as chen:
            await chen.hello(other_ticket)
            with pytest.raises(websockets.ConnectionClosed):
                await flood(ada)
            assert ada.socket.close_code == 4429
            await chen.control("ping", at=1)
            await chen.hear("pong", within=2)

    with_ada(line, ticket, session, visit, story)


@pytest.mark.parametrize(
    "first", ["{}", '{"t":"ping","at":1}', '{"t":"hello"}', '{"t":"hello","ticket":"x","resume":null,"y":1}', "x" * 900]
)
def test_without_a_hello_there_is_no_line(line, session, full_cast, first):
    key = session("ada")

    async def run():
        async with line(key) as ada:
            await ada.raw(first)
            assert (await ada.hear("error"))["code"] == "no_hello"
            assert await ada.closed() == 4400

    asyncio.run(run())


def test_a_second_hello_closes(line, ticket, session, visit):
    async def story(ada):
        await ada.control("hello", ticket="again")
        assert (await ada.hear("error"))["code"] == "no_hello"
        assert await ada.closed() == 4400

    with_ada(line, ticket, session, visit, story)


def test_a_resume_that_claims_what_was_never_sent_is_refused(line, ticket, session, visit):
    key = session("ada")

    async def story(ada):
        async with line(key) as back:
            await back.control("hello", resume={"pid": ada.pid, "token": ada.token, "last_seq": 10_000})
            assert (await back.hear("error"))["code"] == "resume_bad"
            assert await back.closed() == 4404

    with_ada(line, ticket, session, visit, story)


@given(st.one_of(st.text(max_size=200), st.dictionaries(st.text(max_size=8), st.integers()).map(json.dumps)))
def test_no_text_at_all_breaks_the_reader(text):
    with contextlib.suppress(BadFrame):
        read_frame(text)
