"""The live line of a visit, on a running server: hello, signals, cuts and resumes, chat, the door."""

from __future__ import annotations

import asyncio

import pytest

from bedside.kernel.errors import NotFound
from bedside.kernel.ids import new_id
from bedside.kernel.time import utc_now
from bedside.visits import commands
from bedside.visits.models import ChatMessage, Participant

from .stage import arrive, aside, both_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

OFFER = {"type": "offer", "sdp": "v=0"}


@pytest.fixture
def visit(full_cast):
    return arrive(full_cast, utc_now())


def test_from_the_door_to_a_signal(line, ticket, session, visit):
    tickets = {name: ticket(visit, name) for name in ("ada", "chen")}
    keys = {name: session(name) for name in ("ada", "chen")}

    async def story():
        async with line(keys["ada"]) as ada, line(keys["chen"]) as chen:
            welcome = await ada.hello(tickets["ada"])
            assert welcome["you"]["admitted"] is False
            assert welcome["peers"] == []
            assert welcome["lobby"]["position"] == 1
            welcome = await chen.hello(tickets["chen"])
            assert [p["pid"] for p in welcome["waiting"]] == [ada.pid]
            assert welcome["waiting"][0]["present"] is True
            await chen.say("admit", pid=ada.pid)
            admitted = await ada.hear("admitted")
            [doctor] = admitted["peers"]
            assert doctor["name"] == "Dr Lin Chen"
            assert doctor["owner"] == ada.pid
            joined = await chen.hear("peer_joined")
            assert joined["peer"]["owner"] == ada.pid
            await ada.say("signal", to=chen.pid, join=doctor["join"], desc=OFFER)
            signal = await chen.hear("signal")
            assert signal["from"] == ada.pid
            assert signal["desc"] == OFFER
            assert signal["join"] == joined["peer"]["join"]
            await chen.say("signal", to=ada.pid, cand={"candidate": "candidate:1", "sdpMid": "0"})
            assert (await ada.hear("signal"))["cand"]["candidate"] == "candidate:1"

    asyncio.run(story())
    visit.refresh_from_db()
    assert visit.state == "in_call"


def test_a_ticket_opens_the_door_once(line, ticket, session, visit):
    token, key = ticket(visit, "ada"), session("ada")

    async def story():
        async with line(key) as ada:
            await ada.hello(token)
        async with line(key) as again:
            await again.control("hello", ticket=token)
            assert (await again.hear("error"))["code"] == "ticket_bad"
            assert await again.closed() == 4404

    asyncio.run(story())


def test_a_ticket_is_worth_nothing_to_anyone_else(line, ticket, session, visit):
    token, eve = ticket(visit, "ada"), session("eve")

    async def story():
        async with line(eve) as thief:
            await thief.control("hello", ticket=token)
            assert (await thief.hear("error"))["code"] == "ticket_bad"

    asyncio.run(story())


def test_an_old_ticket_is_refused(line, ticket, session, visit):
    token, key = ticket(visit, "ada"), session("ada")
    visit.participants.get(role="patient").tickets.update(expires_at=utc_now())

    async def story():
        async with line(key) as ada:
            await ada.control("hello", ticket=token)
            assert (await ada.hear("error"))["code"] == "ticket_bad"

    asyncio.run(story())


@pytest.mark.slow
def test_nobody_signals_from_the_waiting_room_nor_hears_a_peer(line, ticket, session, visit):
    tickets = {name: ticket(visit, name) for name in ("ada", "chen")}
    keys = {name: session(name) for name in ("ada", "chen")}

    async def story():
        async with line(keys["chen"]) as chen, line(keys["ada"]) as ada:
            await chen.hello(tickets["chen"])
            await ada.hello(tickets["ada"])
            await ada.say("signal", to=chen.pid, desc=OFFER)
            assert (await ada.hear("error"))["code"] == "not_admitted"
            await ada.say("media_state", audio=True, video=True)
            assert (await ada.hear("error"))["code"] == "not_admitted"
            await chen.say("signal", to=ada.pid, desc=OFFER)
            assert (await chen.hear("error"))["code"] == "no_such_peer"
            await chen.say("media_state", audio=True, video=True)
            await ada.quiet("peer_media")
            await chen.quiet("signal")

    asyncio.run(story())


def test_chat_runs_from_the_waiting_room_in_order_and_each_line_once(line, ticket, session, visit):
    tickets = {name: ticket(visit, name) for name in ("ada", "chen")}
    keys = {name: session(name) for name in ("ada", "chen")}

    async def story():
        async with line(keys["chen"]) as chen, line(keys["ada"]) as ada:
            await chen.hello(tickets["chen"])
            await ada.hello(tickets["ada"])
            same = new_id()
            for body in ("one", "two", "three"):
                await ada.chat(body, same if body == "three" else None)
            await ada.chat("three", same)
            seen = [(await chen.hear("chat"))["message"] for _ in range(3)]
            assert [m["body"] for m in seen] == ["one", "two", "three"]
            assert [m["seq"] for m in seen] == [1, 2, 3]
            assert seen[0]["name"] == "Ada Reyes"
            await ada.hear("chat_page")
            await chen.say("chat_read", up_to=3)
            assert (await ada.hear("chat_receipt"))["up_to"] == 3
            await ada.say("chat_pull", since=1)
            page = await ada.hear("chat_page")
            while len(page["messages"]) == 1:  # a line that was there before its sender knew is said once more
                page = await ada.hear("chat_page")
            assert [m["seq"] for m in page["messages"]] == [2, 3]
            await chen.quiet("chat")

    asyncio.run(story())
    assert ChatMessage.objects.count() == 3


def test_a_cut_line_resumes_where_it_was(line, ticket, session, visit):
    keys = {name: session(name) for name in ("ada", "chen")}

    async def story(ada, chen):
        await chen.chat("before the cut")
        await ada.hear("chat")
        ada.socket.transport.abort()
        await asyncio.sleep(0.1)
        await chen.say("signal", to=ada.pid, desc=OFFER)
        await chen.chat("during the cut")
        async with line(keys["ada"]) as again:
            answer = await again.resume(ada)
            assert answer["you"]["admitted"] is True
            assert (await again.hear("signal"))["desc"] == OFFER
            assert (await again.hear("chat"))["message"]["body"] == "during the cut"
            await again.say("signal", to=chen.pid, desc={"type": "answer", "sdp": "v=0"})
            assert (await chen.hear("signal"))["desc"]["type"] == "answer"
            assert not [f for f in chen.heard if f["t"] in ("peer_left", "peer_reconnecting")]

    both_in(line, ticket, session, visit, story)


def test_a_resume_token_works_once_and_only_for_its_own(line, ticket, session, visit):
    keys = {name: session(name) for name in ("ada", "eve")}

    async def story(ada, chen):
        old = {"pid": ada.pid, "token": ada.token, "last_seq": ada.last_in}
        async with line(keys["eve"]) as eve:
            await eve.control("hello", resume=old)
            assert (await eve.hear("error"))["code"] == "resume_bad"
        async with line(keys["ada"]) as again:
            await again.resume(ada)
            async with line(keys["ada"]) as third:
                await third.control("hello", resume=old)
                assert (await third.hear("error"))["code"] == "resume_bad"

    both_in(line, ticket, session, visit, story)


@pytest.mark.slow
def test_others_are_told_of_a_lost_line_and_of_its_return(line, ticket, session, visit):
    key = session("ada")

    async def story(ada, chen):
        ada.socket.transport.abort()
        assert (await chen.hear("peer_reconnecting"))["pid"] == ada.pid
        async with line(key) as again:
            await again.resume(ada)
            assert (await chen.hear("peer_back"))["pid"] == ada.pid

    both_in(line, ticket, session, visit, story)


def test_a_reload_is_a_newcomer_and_needs_no_second_admission(line, ticket, session, visit):
    again_ticket = ticket(visit, "ada")
    key = session("ada")

    async def story(ada, chen):
        await ada.socket.close()
        async with line(key) as again:
            welcome = await again.hello(again_ticket)
            assert welcome["you"]["admitted"] is True
            [doctor] = welcome["peers"]
            assert doctor["owner"] == again.pid
            joined = await chen.hear("peer_joined")
            assert joined["peer"]["pid"] == again.pid
            assert joined["peer"]["join"] == welcome["join"]
            await chen.say("signal", to=again.pid, join=1, desc=OFFER)
            assert (await chen.hear("error"))["code"] == "stale_peer"

    both_in(line, ticket, session, visit, story)


def test_a_second_device_takes_over(line, ticket, session, visit):
    second = ticket(visit, "ada")
    key = session("ada")

    async def story(ada, chen):
        async with line(key) as phone:
            await phone.hello(second)
            assert (await ada.hear("ended"))["reason"] == "duplicate"
            assert await ada.closed() == 4410
            await chen.hear("peer_joined")
            await phone.say("signal", to=chen.pid, desc=OFFER)
            await chen.hear("signal")

    both_in(line, ticket, session, visit, story)
    assert Participant.objects.filter(visit=visit, state="connected").count() <= 2


def test_leaving_and_ending(line, ticket, session, visit):
    async def story(ada, chen):
        await ada.say("end")
        assert (await ada.hear("error"))["code"] == "not_allowed"
        await ada.say("leave")
        assert (await ada.hear("ended"))["reason"] == "left"
        assert (await chen.hear("peer_left"))["reason"] == "left"
        await chen.say("end")
        assert (await chen.hear("ended"))["reason"] == "visit_ended"

    both_in(line, ticket, session, visit, story)
    visit.refresh_from_db()
    assert visit.state == "ended"


def test_mode_and_hold_reach_both_without_a_reconnect(line, ticket, session, visit):
    async def story(ada, chen):
        await ada.say("mode", mode="voice", why="")
        assert (await ada.hear("error"))["code"] == "reason_missing"
        await ada.say("mode", mode="voice", why="My camera is broken")
        frame = await chen.hear("visit", mode="voice")
        assert frame["why"] == "My camera is broken"
        await chen.say("hold", on=True)
        assert (await ada.hear("visit", state="on_hold"))["on_hold"] is True
        await chen.say("hold", on=False)
        assert (await ada.hear("visit", state="in_call"))["on_hold"] is False

    both_in(line, ticket, session, visit, story)
    assert visit.steps.filter(kind="mode", to_value="voice", why="My camera is broken").count() == 1


def test_a_page_that_admits_reaches_the_sockets(full_cast, line, ticket, session, visit):
    token, key = ticket(visit, "ada"), session("ada")

    async def story():
        async with line(key) as ada:
            await ada.hello(token)
            await aside(commands.admit_patient, actor=full_cast.actor("chen"), now=utc_now(), visit_id=visit.id)
            await ada.hear("admitted")
            await aside(commands.end_visit, actor=full_cast.actor("chen"), now=utc_now(), visit_id=visit.id)
            assert (await ada.hear("ended"))["reason"] == "visit_ended"

    asyncio.run(story())


def test_someone_sent_out_is_gone_and_cannot_come_back(full_cast, line, ticket, session):
    visit = arrive(full_cast, utc_now(), upto="in_call")
    chen = full_cast.actor("chen")
    guest = commands.invite_participant(
        actor=chen, now=utc_now(), visit_id=visit.id, person_id=full_cast.id("ben"), role="family"
    )
    tickets = {name: ticket(visit, name) for name in ("ben", "chen")}
    keys = {name: session(name) for name in ("ben", "chen")}

    async def story():
        async with line(keys["ben"]) as ben, line(keys["chen"]) as doctor:
            await ben.hello(tickets["ben"])
            await doctor.hello(tickets["chen"])
            await doctor.say("admit", pid=str(guest.id))
            await ben.hear("admitted")
            await doctor.say("remove", pid=str(guest.id))
            assert (await ben.hear("ended"))["reason"] == "removed"

    asyncio.run(story())
    with pytest.raises(NotFound):
        ticket(visit, "ben")
