"""The limits of one socket, without a network."""

from __future__ import annotations

import asyncio
import json

import pytest
from django.test import override_settings

from bedside.platform.access import Actor
from bedside.platform.live import terms
from bedside.platform.live.hub import is_own_origin, session_key_of
from bedside.platform.live.socket import Bucket, Socket, seq_in


class Wire:
    """A client made of two lists."""

    def __init__(self, frames=(), *, reads=True):
        self.frames = list(frames)
        self.reads = reads
        self.sent = []

    async def receive(self):
        if self.frames:
            return {"type": "websocket.receive", "text": self.frames.pop(0)}
        await asyncio.sleep(0.3)
        return {"type": "websocket.disconnect"}

    async def send(self, message):
        if not self.reads:
            await asyncio.sleep(100)
        self.sent.append(message)

    def frames_sent(self):
        return [json.loads(m["text"]) for m in self.sent if m["type"] == "websocket.send"]

    def close_code(self):
        return next((m["code"] for m in self.sent if m["type"] == "websocket.close"), None)


def serve(wire, work):
    async def story():
        socket = Socket(wire.receive, wire.send, actor=Actor(person_id=None), session_key="")
        await asyncio.wait_for(socket.run(work), 10)
        return socket

    return asyncio.run(story())


async def read_all(socket):
    while True:
        await socket.next_text()


def test_thirty_a_second_with_a_burst_of_sixty():
    bucket = Bucket(30, 60)
    start = bucket._at
    assert all(bucket.take(start) == 0 for _ in range(60))
    assert bucket.take(start) > 0
    assert bucket.take(start + 1.01) == 0


def test_too_many_frames_are_answered_and_a_flood_is_closed():
    wire = Wire([json.dumps({"t": "x", "seq": n}) for n in range(1, 400)])
    serve(wire, read_all)
    errors = [f for f in wire.frames_sent() if f["code"] == "too_fast"]
    assert errors[0]["re"] == 61
    assert errors[0]["retry_ms"] > 0
    assert errors[-1]["fatal"] is True
    assert wire.close_code() == terms.CLOSE_TOO_FAST


def test_a_frame_over_32_kb_is_refused_and_closed():
    wire = Wire(["é" * 20_000])
    serve(wire, read_all)
    assert wire.frames_sent()[0]["code"] == "too_big"
    assert wire.close_code() == terms.CLOSE_TOO_BIG


@pytest.mark.slow
def test_a_reader_who_does_not_read_is_closed_and_holds_a_bounded_queue():
    wire = Wire(reads=False)

    async def work(socket):
        for n in range(5000):
            socket.tell({"n": n})
        assert len(socket._out) == 0
        assert socket._close_code == terms.CLOSE_TOO_SLOW

    serve(wire, work)


def test_everything_in_line_is_sent_before_the_close():
    wire = Wire()

    async def work(socket):
        socket.tell({"n": 1})
        socket.refuse("bad_frame", "not_understood", 4400)
        await read_all(socket)

    serve(wire, work)
    assert [f.get("n") for f in wire.frames_sent()] == [1, None]
    assert wire.close_code() == 4400


def test_a_fault_of_ours_is_said_and_logged(caplog):
    wire = Wire()

    async def work(socket):
        raise RuntimeError("on purpose")

    serve(wire, work)
    assert wire.frames_sent()[0]["code"] == "server"
    assert wire.close_code() == terms.CLOSE_OUR_FAULT
    assert "a live socket failed" in caplog.text


def test_the_number_of_a_broken_frame_is_found_where_it_can_be():
    assert seq_in('{"t":"nonsense","seq":7}') == 7
    assert seq_in('{"seq":true}') is None
    assert seq_in("[") is None
    assert seq_in("[1]") is None


@override_settings(ALLOWED_HOSTS=["clinic.example"], CSRF_TRUSTED_ORIGINS=["https://other.example"], PUBLIC_URL="")
def test_only_our_own_origin_may_open_a_socket():
    host = {"host": "clinic.example"}
    assert is_own_origin({**host, "origin": "https://clinic.example"}, "wss")
    assert is_own_origin({**host, "origin": "https://other.example"}, "wss")
    assert not is_own_origin({**host, "origin": "http://clinic.example"}, "wss")
    assert not is_own_origin({**host, "origin": "https://evil.example"}, "wss")
    assert not is_own_origin({**host, "origin": "null"}, "wss")
    assert not is_own_origin(host, "wss")
    assert not is_own_origin({"host": "rebound.example", "origin": "https://rebound.example"}, "wss")


def test_a_session_key_is_read_from_the_cookie_and_nothing_else():
    assert session_key_of("a=b; bedside_session=x; sessionid=abc123") in {"abc123", "x"}
    assert session_key_of("") == ""
    assert session_key_of("sessionid=../../etc") == ""
