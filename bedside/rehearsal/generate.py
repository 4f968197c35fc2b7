"""Fill an empty database with the rehearsal hospital: same seed, same day, same people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from bedside.accounts.models import Person
from bedside.kernel.errors import Conflict

from . import calendar, history, people, places
from .dice import Dice

Progress = Callable[[str, int, int], None]

#: Appointments stored at a time.
BATCH = 2000


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
    if Person.objects.exists():
        raise NotEmpty()
    dice = Dice(seed)
    with transaction.atomic():
        progress("people", 0, visits)
        everyone = people.make_people(dice, doctors=doctors, patients=patients, now=now)
        found = places.make_places(dice, doctors=doctors)
        practitioners = places.staff_places(dice, everyone, found, now)
        rules = calendar.make_hours(dice, practitioners, now)
        batch: list[calendar.Booked] = []
        done = 0
        for one in calendar.make_appointments(
            dice, practitioners, everyone.patients, rules, visits=visits, now=now
        ):  # fmt: skip
            batch.append(one)
            if len(batch) == BATCH:
                done += _store(dice, batch)
                progress("visits", done, visits)
                batch = []
        done += _store(dice, batch)
        progress("visits", done, visits)
        history.make_charts(dice, everyone, now)
        today.prepare(everyone, now)
    today.enliven(now=now)


def _store(dice: Dice, batch: list[calendar.Booked]) -> int:
    calendar.store_appointments(batch)
    history.store_visits(dice, batch)
    return len(batch)
