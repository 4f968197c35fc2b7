"""How the live line ends: sign-out, a stranger's origin, too many sockets, clients that vanish."""

from __future__ import annotations

import asyncio

import pytest
import websockets
from django.contrib.sessions.models import Session

from bedside.kernel.time import utc_now
from bedside.visits.models import Visit

from .stage import arrive, aside, both_in, place_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def visit(full_cast):
    return arrive(full_cast, utc_now())


@pytest.mark.slow
def test_signing_out_closes_the_socket_within_five_seconds(line, ticket, session, visit):
    key = session("ada")

    async def story(ada, chen):
        started = asyncio.get_running_loop().time()
        await aside(Session.objects.filter(session_key=key).delete)
        assert (await ada.hear("ended", within=5))["reason"] == "signed_out"
        assert await ada.closed() == 4401
        assert asyncio.get_running_loop().time() - started < 5

    both_in(line, ticket, session, visit, story)


def test_another_origin_and_no_session_are_turned_away(line, session, full_cast):
    key = session("ada")

    async def story():
        with pytest.raises(websockets.InvalidStatus):
            async with line(key, origin="https://evil.example"):
                pass
        with pytest.raises(websockets.InvalidStatus):
            async with line(key, origin=""):
                pass
        async with line("nosuchsession") as nobody:
            assert (await nobody.hear("error"))["code"] == "not_signed_in"
            assert await nobody.closed() == 4401

    asyncio.run(story())


def test_no_more_than_eight_sockets_for_one_person(line, session, full_cast):
    key = session("ada")

    async def story():
        opened = [line(key) for _ in range(8)]
        for one in opened:
            await one.__aenter__()
        await asyncio.sleep(0.1)
        async with line(key) as ninth:
            assert (await ninth.hear("error"))["code"] == "too_many"
        for one in opened:
            await one.__aexit__(None, None, None)

    asyncio.run(story())


@pytest.mark.slow
def test_a_lost_line_leaves_no_ghost(monkeypatch, line, ticket, session, visit):
    from datetime import timedelta

    monkeypatch.setattr("bedside.visits.live.rooms.RECONNECT_GRACE", timedelta(seconds=2))

    async def story(ada, chen):
        ada.socket.transport.abort()
        await chen.hear("peer_reconnecting")
        assert (await chen.hear("peer_left"))["reason"] == "lost"

    both_in(line, ticket, session, visit, story)
    assert place_of(visit, visit.patient_id).state == "left"
    assert Visit.objects.get(id=visit.id).state == "in_call"


@pytest.mark.slow
def test_clients_that_vanish_while_they_say_hello_leave_no_ghost(monkeypatch, line, ticket, session, visit):
    from datetime import timedelta

    monkeypatch.setattr("bedside.visits.live.rooms.RECONNECT_GRACE", timedelta(seconds=1.5))
    key = session("ada")
    tickets = [ticket(visit, "ada") for _ in range(8)]

    async def story():
        for n, token in enumerate(tickets):
            async with line(key) as ada:
                await ada.control("hello", ticket=token)
                await asyncio.sleep(0.004 * n)
                ada.socket.transport.abort()
        await asyncio.sleep(4)

    asyncio.run(story())
    place = place_of(visit, visit.patient_id)
    assert place.state == "left" or place.join_no == 0
