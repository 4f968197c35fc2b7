"""Races on real connections: one time, one patient, many at once, and a process that is killed in between."""

import os
import random
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, connections

from bedside.accounts.models import Person
from bedside.kernel.errors import Refusal
from bedside.platform.access import Actor
from bedside.scheduling.commands import (
    SlotTaken,
    accept_follow_up,
    book_appointment,
    cancel_appointment,
    hold_appointment,
    offer_follow_up,
    reschedule_appointment,
)
from bedside.scheduling.models import Appointment
from bedside.scheduling.terms import LIVE_STATUSES
from bedside.scheduling.tests.test_booking import TEN
from tests import cast as the_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

OVERLAPS = """
SELECT count(*) FROM appointment AS one JOIN appointment AS other ON one.id < other.id
 AND one.during && other.during
 AND (one.practitioner_id = other.practitioner_id OR one.patient_id = other.patient_id)
WHERE one.status = ANY(%s) AND other.status = ANY(%s)
"""


@pytest.fixture
def crowd(transactional_db):
    """The cast and fifty more patients."""
    people = the_cast.assemble()
    rows = [Person(given_name=f"P{n}", family_name="Crowd", birth_on="1990-01-01") for n in range(50)]
    Person.objects.bulk_create(rows)
    return people, [Actor(person_id=row.id, name=row.full_name, time_zone="America/Chicago") for row in rows]


def overlaps():
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS, [list(LIVE_STATUSES), list(LIVE_STATUSES)])
        return cursor.fetchone()[0]


def race(works):
    """Do all of this at one moment, each on its own connection. Return the answers or refusals in order."""
    gate = threading.Barrier(len(works))

    def run(work):
        gate.wait()
        try:
            return work()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_fifty_patients_race_for_one_time_and_exactly_one_gets_it(crowd, now):
    cast, patients = crowd
    answers = race(
        [
            lambda who=who: hold_appointment(
                actor=who, now=now, practitioner_id=cast.chen.id, starts_at=TEN, mode="video"
            )
            for who in patients
        ]
    )
    won = [one for one in answers if isinstance(one, Appointment)]
    assert len(won) == 1
    assert all(isinstance(one, SlotTaken) for one in answers if one is not won[0])
    assert Appointment.objects.filter(status="held").count() == 1


def test_one_patient_in_two_tabs_is_in_one_place(crowd, now):
    cast, patients = crowd
    who = patients[0]
    answers = race(
        [
            lambda doctor=doctor: book_appointment(
                actor=who,
                now=now,
                appointment_id=hold_appointment(
                    actor=who, now=now, practitioner_id=cast.id(doctor), starts_at=TEN, mode="video"
                ).id,
                reason="",
            )
            for doctor in ("chen", "diaz") * 4
        ]
    )
    assert Appointment.objects.filter(status="booked").count() == 1
    assert overlaps() == 0
    assert all(isinstance(one, Appointment | Refusal) for one in answers)


def test_two_taps_at_once_on_an_offer_book_once(crowd, now):
    cast, _ = crowd
    ada, chen = cast.actor("ada"), cast.actor("chen")
    held = hold_appointment(actor=ada, now=now, practitioner_id=cast.chen.id, starts_at=TEN, mode="video")
    book_appointment(actor=ada, now=now, appointment_id=held.id, reason="")
    offer = offer_follow_up(
        actor=chen, now=now, patient_id=cast.ada.id, practitioner_id=cast.chen.id, on_or_after=TEN.date()
    )
    answers = race(
        [
            lambda row=row: accept_follow_up(actor=ada, now=now, appointment_id=row.id)
            for row in (*offer.times, *offer.times)
        ]
    )
    booked = {one.id for one in answers if isinstance(one, Appointment)}
    assert len(booked) == 1
    assert Appointment.objects.filter(offer_id=offer.id, status="booked").count() == 1
    assert not Appointment.objects.filter(offer_id=offer.id, status="held").exists()


def test_two_patients_swap_times_without_a_knot(crowd, now):
    cast, patients = crowd
    pair = []
    for place, who in enumerate(patients[:2]):
        held = hold_appointment(
            actor=who,
            now=now,
            practitioner_id=cast.chen.id,
            starts_at=TEN + timedelta(minutes=20 * place),
            mode="video",
        )
        pair.append((who, book_appointment(actor=who, now=now, appointment_id=held.id, reason="")))
    race(
        [
            lambda who=who, row=row, to=other: reschedule_appointment(
                actor=who, now=now, appointment_id=row.id, starts_at=to
            )
            for (who, row), other in zip(pair, (pair[1][1].starts_at, pair[0][1].starts_at), strict=True)
        ]
    )
    assert overlaps() == 0
    assert Appointment.objects.filter(status="booked").count() == 2


@pytest.mark.parametrize(
    "trials",
    [pytest.param(80, id="fast"), pytest.param(10_000, id="long", marks=pytest.mark.slow)],
)
def test_random_holding_booking_moving_and_cancelling_never_overlaps(crowd, now, trials):
    """Source: requirement HDB-02, "0 double bookings in 10k random trials"."""
    cast, patients = crowd
    doctors = [cast.chen.id, cast.diaz.id]

    def one_life(seed):
        dice = random.Random(seed)
        for _ in range(trials // 8):
            who = dice.choice(patients[:12])
            at = TEN + timedelta(minutes=20 * dice.randrange(8), days=dice.randrange(2))
            clock = now + timedelta(seconds=dice.randrange(1500))
            try:
                row = hold_appointment(
                    actor=who, now=clock, practitioner_id=dice.choice(doctors), starts_at=at, mode="video"
                )
                if dice.random() < 0.7:
                    book_appointment(actor=who, now=clock, appointment_id=row.id, reason="")
                if dice.random() < 0.3:
                    row = reschedule_appointment(
                        actor=who, now=clock, appointment_id=row.id, starts_at=at + timedelta(minutes=20)
                    )
                if dice.random() < 0.5:
                    cancel_appointment(actor=who, now=clock, appointment_id=row.id, why="")
            except Refusal:
                continue
        connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one_life, range(8)))
    assert overlaps() == 0
    assert Appointment.objects.exists()


BOOKER = """
import os, sys, django
from datetime import timedelta
os.environ["DJANGO_SETTINGS_MODULE"] = "bedside.config.settings"
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from uuid import UUID
from tests.cast import NOW
from bedside.platform.access import Actor
from bedside.scheduling.commands import book_appointment, hold_appointment
from bedside.scheduling.tests.test_booking import TEN
doctor, patients = UUID(sys.argv[2]), [UUID(one) for one in sys.argv[3:]]
for place, patient in enumerate(patients):
    who = Actor(person_id=patient, name="P", time_zone="America/Chicago")
    at = TEN + timedelta(minutes=20 * (place % 20), days=place // 20)
    held = hold_appointment(actor=who, now=NOW, practitioner_id=doctor, starts_at=at, mode="video")
    row = book_appointment(actor=who, now=NOW, appointment_id=held.id, reason="")
    print(row.id, flush=True)
"""


@pytest.mark.slow
def test_what_was_confirmed_before_a_kill_is_there_after_it(crowd):
    """A process that books is killed with no warning: every booking it had confirmed is in the database."""
    cast, patients = crowd
    command = [sys.executable, "-c", BOOKER, connection.settings_dict["NAME"], str(cast.chen.id)]
    command += [str(who.person_id) for who in patients[:40]]
    here = {**os.environ, "PYTHONPATH": str(settings.ROOT)}
    booker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=settings.ROOT, env=here)
    confirmed = [booker.stdout.readline().strip() for _ in range(9)]
    booker.send_signal(signal.SIGKILL)
    rest, _ = booker.communicate(timeout=30)
    confirmed += [line for line in rest.splitlines() if len(line) == 36]
    assert all(confirmed), "the booker stopped before it was killed"
    booked = {str(one) for one in Appointment.objects.filter(status="booked").values_list("id", flat=True)}
    assert set(confirmed) <= booked
    assert len(booked) < 40
    assert overlaps() == 0
