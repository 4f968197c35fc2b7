"""1,000 live sockets held by one process, and how fast a word goes from one person of a room to the other.

    .venv/bin/python bench/sockets.py [--sockets 1000] [--rate 300] [--seconds 20]

Makes a database of its own (in DATABASE_URL's server, or one started for it), fills it with visits of two people
each, serves the house in a process of its own and takes part in every visit over the real socket protocol.
The clients run in one Python process on the same machine, so they are part of every figure.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import secrets
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bedside.config.settings")

import django
import websockets
from django.conf import settings
from figures import percentile, report, spread

django.setup()

GOAL_P99_MS = 50
UVICORN = (
    "--no-access-log",
    "--log-level",
    "critical",
    "--ws-ping-interval",
    "20",
    "--ws-per-message-deflate",
    "false",
)


@dataclass
class Someone:
    """One person with a session and a ticket."""

    pid: str
    key: str
    token: str
    line: Any = None
    out: int = 0
    heard: list[float] = field(default_factory=list)
    peer: Someone | None = None
    dropped: bool = False


def fill(rooms: int) -> list[tuple[Someone, Someone]]:
    """Put visits in progress into the database: a patient and a doctor each, both let in, both with a ticket."""
    from allauth.mfa.models import Authenticator
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from bedside.accounts.models import Person, RoleGrant, User
    from bedside.accounts.sessions import SEEN_AT, SIGNED_IN_AT
    from bedside.consent.models import ConsentGiven
    from bedside.directory.models import Organization, Practitioner
    from bedside.kernel.time import utc_now
    from bedside.scheduling.models import Appointment
    from bedside.visits.models import CheckIn, Participant, Ticket, Visit

    now = utc_now()
    clinic = Organization.objects.create(kind="clinic", name="Bench Clinic")
    people = Person.objects.bulk_create(Person(given_name="P", family_name=str(n)) for n in range(rooms * 2))
    users = User.objects.bulk_create(
        User(email=f"p{n}@example.org", person=person, password="!") for n, person in enumerate(people)
    )
    patients, doctors = people[:rooms], people[rooms:]
    RoleGrant.objects.bulk_create(
        RoleGrant(person=d, role="physician", starts_at=now - timedelta(days=1)) for d in doctors
    )
    Authenticator.objects.bulk_create(Authenticator(user=u, type="totp", data={}) for u in users[rooms:])
    Practitioner.objects.bulk_create(
        Practitioner(person=d, organization=clinic, specialties=[], languages=["en"], fee_minor=0) for d in doctors
    )
    ends = now + timedelta(minutes=20)
    appointments = Appointment.objects.bulk_create(
        Appointment(
            patient=p,
            practitioner_id=d.id,
            organization=clinic,
            during=DateTimeTZRange(now, ends),
            starts_at=now,
            ends_at=ends,
            practitioner_zone="UTC",
            status="in_visit",
            fee_minor=0,
            currency="USD",
            created_at=now,
        )
        for p, d in zip(patients, doctors, strict=True)
    )
    visits = Visit.objects.bulk_create(
        Visit(
            appointment=a,
            patient_id=a.patient_id,
            practitioner_id=a.practitioner_id,
            state="in_call",
            mode="video",
            created_at=now,
            waiting_since=now,
            started_at=now,
        )
        for a in appointments
    )
    consents = ConsentGiven.objects.bulk_create(
        ConsentGiven(patient=p, kind="telehealth", text_version="b", text_language="en", given_by=p, given_at=now)
        for p in patients
    )
    CheckIn.objects.bulk_create(
        CheckIn(visit=v, place="x", region="TX", country="US", callback_number="1", consent=c, checked_in_at=now)
        for v, c in zip(visits, consents, strict=True)
    )

    def places(role: str, whose: list[Person]) -> list[Participant]:
        return Participant.objects.bulk_create(
            Participant(visit=v, person=p, role=role, state="invited", admitted_at=now)
            for v, p in zip(visits, whose, strict=True)
        )

    sessions, tickets, rows = [], [], places("patient", patients) + places("clinician", doctors)
    someones = []
    for place, user in zip(rows, users, strict=True):
        key, token = secrets.token_hex(16), secrets.token_urlsafe(32)
        inside = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            SIGNED_IN_AT: now.isoformat(),
            SEEN_AT: now.isoformat(),
        }
        data = SessionStore().encode(inside)
        sessions.append(Session(session_key=key, session_data=data, expire_date=now + timedelta(days=1)))
        tickets.append(
            Ticket(
                token_sha256=hashlib.sha256(token.encode()).hexdigest(),
                participant=place,
                session_key_sha256=hashlib.sha256(key.encode()).hexdigest(),
                expires_at=now + timedelta(hours=1),
            )
        )
        someones.append(Someone(str(place.id), key, token))
    Session.objects.bulk_create(sessions)
    Ticket.objects.bulk_create(tickets)
    pairs = list(zip(someones[:rooms], someones[rooms:], strict=True))
    for one, other in pairs:
        one.peer, other.peer = other, one
    return pairs


async def join(port: int, someone: Someone) -> float:
    """Open the socket, say hello and wait for the welcome. Units: milliseconds."""
    started = time.perf_counter()
    someone.line = await websockets.connect(
        f"ws://127.0.0.1:{port}/live/visits",
        additional_headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={someone.key}"},
        origin=f"http://127.0.0.1:{port}",
        ping_interval=None,
        compression=None,
        open_timeout=60,
    )
    await someone.line.send(json.dumps({"t": "hello", "ticket": someone.token}))
    welcome = json.loads(await someone.line.recv())
    if welcome["t"] != "welcome":
        raise RuntimeError(welcome)
    return (time.perf_counter() - started) * 1000


async def listen(someone: Someone) -> None:
    """Note how long each signal was under way, and acknowledge now and then."""
    seen = 0
    try:
        async for text in someone.line:
            frame = json.loads(text)
            if frame["t"] == "signal":
                someone.heard.append((time.perf_counter() - float(frame["desc"]["sdp"])) * 1000)
            if "seq" in frame and frame["t"] != "ack":
                seen += 1
                if seen % 20 == 0:
                    await someone.line.send(json.dumps({"t": "ack", "seq": frame["seq"]}))
    except websockets.ConnectionClosed:
        pass
    someone.dropped = True


async def ping(someone: Someone) -> None:
    """Ping every three seconds, as pages do."""
    await asyncio.sleep(random.random() * 3)
    while not someone.dropped:
        await someone.line.send(json.dumps({"t": "ping", "at": 0}))
        await asyncio.sleep(3)


async def talk(people: list[Someone], rate: float, seconds: float) -> int:
    """Have random people signal their peer, so many a second."""
    sent, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        while sent < passed * rate:
            someone = random.choice(people)
            someone.out += 1
            desc = {"type": "offer", "sdp": repr(time.perf_counter())}
            frame = {"t": "signal", "seq": someone.out, "to": someone.peer.pid, "desc": desc}
            await someone.line.send(json.dumps(frame))
            sent += 1
        await asyncio.sleep(0.002)
    await asyncio.sleep(2)
    return sent


async def measure(port: int, pid: int, pairs: list[tuple[Someone, Someone]], options: argparse.Namespace) -> int:
    """Join everyone, hold the line, talk."""
    people = [someone for pair in pairs for someone in pair]
    memory = resident_mb(pid)
    gate = asyncio.Semaphore(32)

    async def one(someone: Someone) -> float:
        async with gate:
            return await join(port, someone)

    cpu = cpu_seconds(pid)
    started = time.perf_counter()
    joins = await asyncio.gather(*(one(someone) for someone in people))
    took = time.perf_counter() - started
    print(f"{len(people)} joined in {took:.1f} s ({len(people) / took:.0f} a second): {spread(joins)}")
    print(f"server: {(cpu_seconds(pid) - cpu) / len(people) * 1000:.1f} ms of a core for each to join")
    beside = [asyncio.create_task(work(someone)) for someone in people for work in (listen, ping)]
    await asyncio.sleep(4)
    per_socket = (resident_mb(pid) - memory) * 1024 / len(people)
    cpu = cpu_seconds(pid)
    for someone in people:
        someone.heard.clear()
    sent = await talk(people, options.rate, options.seconds)
    share = (cpu_seconds(pid) - cpu) / (options.seconds + 2) * 100
    heard = [took for someone in people for took in someone.heard]
    held = sum(not someone.dropped for someone in people)
    print(f"rooms of two, {options.rate:g} signals a second beside {len(people) / 3:.0f} pings: {spread(heard)}")
    print(f"server: {share:.0f} % of a core, {resident_mb(pid):.0f} MB, {per_socket:.0f} KiB a socket")
    for task in beside:
        task.cancel()
    reached = report("sockets held", held, len(people), "sockets", more_is_better=True)
    reached &= report("signals that arrived", len(heard) / sent * 100, 100, "%", more_is_better=True)
    reached &= report("room of two, median", statistics.median(heard), GOAL_P99_MS, "ms")
    reached &= report("room of two, p99", percentile(heard, 0.99), GOAL_P99_MS, "ms")
    return 0 if reached else 1


def resident_mb(pid: int) -> float:
    """Return the memory a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Fill, serve, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=300)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    from bedside.config.database import connected_as
    from tests.database import make_test_database

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with make_test_database("sockets") as made, connected_as(made.app):
        pairs = fill(options.sockets // 2)
        house = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "bedside.config.asgi:application", "--port", str(port), *UVICORN],
            env={
                **os.environ,
                "DATABASE_URL": made.app_address,
                "BEDSIDE_SECRET_KEY": settings.SECRET_KEY,
                "BEDSIDE_RUN_JOBS": "off",
            },
            cwd=Path(__file__).resolve().parents[1],
        )
        try:
            wait_for(port)
            return asyncio.run(measure(port, house.pid, pairs, options))
        finally:
            house.terminate()
            try:
                house.wait(15)
            except subprocess.TimeoutExpired:
                house.kill()


def wait_for(port: int) -> None:
    """Wait until the house answers."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("the house did not start")


if __name__ == "__main__":
    sys.exit(main())
