"""What tests of live visits need: an appointment, a visit that has come so far, and a client of the socket."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client

from bedside.kernel.ids import new_id
from bedside.scheduling.models import Appointment
from bedside.visits import commands
from bedside.visits.models import Participant, Visit
from tests.cast import Cast

HERE = {
    "place": "12 Oak Street, Austin",
    "region": "TX",
    "country": "US",
    "callback_number": "+1 512 555 0100",
    "consent_language": "en",
    "device_test": {"camera": "ok", "microphone": "ok", "speaker": "ok", "rtt_ms": 80, "loss": 0},
}


def book(
    cast: Cast, starts_at: datetime, *, patient: str = "ada", doctor: str = "chen", mode: str = "video"
) -> Appointment:
    """Put a booked appointment of 20 minutes into the database."""
    ends_at = starts_at + timedelta(minutes=20)
    return Appointment.objects.create(
        patient=cast.people[patient],
        practitioner_id=cast.id(doctor),
        organization=cast.clinic,
        during=DateTimeTZRange(starts_at, ends_at),
        starts_at=starts_at,
        ends_at=ends_at,
        practitioner_zone="America/Chicago",
        status="booked",
        mode=mode,
        reason="A cough for a week",
        fee_minor=4500,
        currency="USD",
        created_at=starts_at - timedelta(days=1),
    )


def arrive(cast: Cast, now: datetime, *, upto: str = "waiting", patient: str = "ada", doctor: str = "chen") -> Visit:
    """Take a patient's visit to one of its states by the commands people use."""
    appointment = book(cast, now, patient=patient, doctor=doctor)
    ada, chen = cast.actor(patient), cast.actor(doctor)
    visit = commands.open_visit(actor=ada, now=now, appointment_id=appointment.id)
    if upto == "opened":
        return visit
    visit = commands.check_in_patient(actor=ada, now=now, visit_id=visit.id, **HERE)
    if upto == "checked_in":
        return visit
    visit = commands.enter_waiting_room(actor=ada, now=now, visit_id=visit.id)
    if upto == "waiting":
        return visit
    visit = commands.admit_patient(actor=chen, now=now, visit_id=visit.id)
    if upto == "on_hold":
        return commands.hold_visit(actor=chen, now=now, visit_id=visit.id)
    if upto == "ended":
        return commands.end_visit(actor=chen, now=now, visit_id=visit.id)
    return visit


def place_of(visit: Visit, person_id: UUID) -> Participant:
    """Return someone's row in the visit."""
    return Participant.objects.get(visit=visit, person_id=person_id)


def session_of(person: Any) -> str:
    """Sign a person in, staff with their second factor, and return the key of the session."""
    if person.role_grants.exists():
        Authenticator.objects.get_or_create(user=person.user, type="totp", defaults={"data": {"secret": "x"}})
    client = Client()
    client.force_login(person.user)
    return client.session.session_key


def headers(origin: str, session_key: str) -> dict[str, str]:
    """Return what a browser sends when it opens a socket."""
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_key}", "Origin": origin}


class Line:
    """A client of `/live/visits` that keeps what it heard and numbers what it says."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []
        self.out = 0
        self.last_in = 0
        self.pid = ""
        self.token = ""

    async def raw(self, text: str) -> None:
        """Send any text."""
        await self.socket.send(text)

    async def control(self, t: str, **fields: Any) -> None:
        """Send a frame without a number."""
        await self.raw(json.dumps({"t": t, **fields}))

    async def say(self, t: str, **fields: Any) -> int:
        """Send a numbered frame and return its number."""
        self.out += 1
        await self.raw(json.dumps({"t": t, "seq": self.out, **fields}))
        return self.out

    async def hear(self, t: str, *, within: float = 5, **like: Any) -> dict[str, Any]:
        """Return the next frame of that kind with those fields; what comes before is kept in `heard`."""
        async with asyncio.timeout(within):
            while True:
                frame = json.loads(await self.socket.recv())
                self.heard.append(frame)
                if "seq" in frame and frame["t"] != "ack":
                    assert frame["seq"] == self.last_in + 1, frame
                    self.last_in = frame["seq"]
                if frame["t"] in ("welcome", "resumed"):
                    self.token = frame["resume_token"]
                    self.pid = frame.get("pid", self.pid)
                if frame["t"] == t and all(frame.get(k) == v for k, v in like.items()):
                    return frame

    async def quiet(self, t: str, *, during: float = 0.4) -> None:
        """Fail if a frame of that kind comes."""
        try:
            frame = await self.hear(t, within=during)
        except TimeoutError:
            return
        raise AssertionError(frame)

    async def hello(self, ticket: str) -> dict[str, Any]:
        """Say hello with a ticket and return the welcome."""
        await self.control("hello", ticket=ticket)
        return await self.hear("welcome")

    async def resume(self, before: Line) -> dict[str, Any]:
        """Take up where an earlier line of the same person was cut."""
        self.pid, self.last_in = before.pid, before.last_in
        await self.control("hello", resume={"pid": before.pid, "token": before.token, "last_seq": before.last_in})
        answer = await self.hear("resumed")
        self.out = answer["last_seq"]
        return answer

    async def chat(self, body: str, client_id: UUID | None = None) -> int:
        """Send a line of chat."""
        return await self.say("chat", client_id=str(client_id or new_id()), body=body)

    async def closed(self, within: float = 5) -> int:
        """Wait until the server has closed the socket, and return its code."""
        async with asyncio.timeout(within):
            await self.socket.wait_closed()
        return self.socket.close_code


def aside(command, **arguments):
    """Run a command in a thread of its own, as a page would."""
    return sync_to_async(partial(command, **arguments), thread_sensitive=False)()


def both_in(line, ticket, session, visit, story):
    """Run a story with Ada admitted and Dr Chen in the room."""
    tickets = {name: ticket(visit, name) for name in ("ada", "chen")}
    keys = {name: session(name) for name in ("ada", "chen")}

    async def run():
        async with line(keys["ada"]) as ada, line(keys["chen"]) as chen:
            await ada.hello(tickets["ada"])
            await chen.hello(tickets["chen"])
            await chen.say("admit", pid=ada.pid)
            await ada.hear("admitted")
            await chen.hear("peer_joined")
            await story(ada, chen)

    asyncio.run(run())
