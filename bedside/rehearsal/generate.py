"""Fill an empty database with the rehearsal hospital: same seed, same day, same people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bedside.accounts.commands import open_demo_clinic
from bedside.accounts.models import Person
from bedside.kernel.errors import Conflict
from bedside.platform.access import authorise, system_actor
from bedside.scheduling.commands import rebuild_free_times

from . import calendar, charts, history, people, places, results, today
from .cases import CASES
from .dice import Dice

Progress = Callable[[str, int, int], None]

#: Appointments stored at a time.
BATCH = 2000

#: Whom a newcomer should begin as, in order.
GUIDES = ("ada", "chen", "gita", "ben", "femi", "diaz", "iris", "tomas", "hal", "eve")

#: Visits the personas have behind them: patient, doctor, which case, how many days ago.
FIRST = (("ada", "chen", 2, 38), ("ada", "diaz", 1, 190), ("ben", "chen", 3, 24), ("eve", "diaz", 7, 60))


class NotEmpty(Conflict):
    """There are people in this database already, so the rehearsal clinic was not put in. Nothing was changed."""


def _silent(step: str, done: int, of: int) -> None:
    """Show nothing."""


def rehearse(
    *, doctors: int, patients: int, visits: int, seed: int, now: datetime, progress: Progress = _silent
) -> None:
    """Make the rehearsal hospital in an empty database, all of it or nothing.

    Raises: NotEmpty when anyone is in the database already.
    """
    loader = system_actor("rehearsal.rehearse")
    authorise(loader, "rehearsal.rehearse")
    if Person.objects.exists():
        raise NotEmpty()
    dice = Dice(seed)
    with transaction.atomic():
        progress("people", 0, visits)
        everyone = people.make_people(dice, doctors=doctors, patients=patients, now=now)
        found = places.make_places(dice, doctors=doctors)
        practitioners = places.staff_places(dice, everyone, found, now)
        rules = calendar.make_hours(dice, practitioners, now)
        known: set[tuple[UUID, str]] = set()
        by_person = {practitioner.pk: practitioner for practitioner in practitioners}
        first = [
            (everyone.personas[patient], by_person[everyone.personas[doctor].pk], CASES[case], days)
            for patient, doctor, case, days in FIRST
        ]
        batch: list[calendar.Booked] = []
        done = 0
        for one in calendar.make_appointments(
            dice, practitioners, everyone.patients, rules, visits=visits, now=now, first=first
        ):  # fmt: skip
            batch.append(one)
            if len(batch) == BATCH:
                done += _store(dice, batch, known)
                progress("visits", done, visits)
                batch = []
        done += _store(dice, batch, known)
        progress("visits", done, visits)
        charts.make_persona_charts(dice, everyone, now)
        results.make_results(dice, everyone, now)
        guides = [everyone.personas[key].pk for key in GUIDES]
        open_demo_clinic(actor=loader, now=now, guides=guides)
        progress("free times", 0, doctors)
        rebuild_free_times(actor=loader, now=now)
        progress("free times", doctors, doctors)
    today.enliven(now=now)


def _store(dice: Dice, batch: list[calendar.Booked], known: set[tuple[UUID, str]]) -> int:
    calendar.store_appointments(batch)
    visits = history.store_visits(dice, batch)
    charts.store_charts(dice, visits, known)
    return len(batch)
