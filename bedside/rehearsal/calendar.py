"""Make the working hours and the year of visits behind us, the weeks ahead included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from bedside.accounts.models import Person
from bedside.directory.models import Practitioner
from bedside.kernel.time import wall_to_instants
from bedside.scheduling.models import Appointment, AppointmentMove, AvailabilityRule

from .cases import CASES, Case
from .dice import Dice
from .load import as_range, copy_rows

#: Shifts people work, as wall times.
SHIFTS = ((time(8), time(12)), (time(13), time(17)), (time(9), time(17)), (time(12), time(20)), (time(7), time(15)))

#: Of a hundred past appointments, how many did not become a visit.
CANCELLED_PERCENT, NO_SHOW_PERCENT = 6, 3

#: Of a hundred appointments, how many lie ahead.
AHEAD_PERCENT = 6


@dataclass(frozen=True, slots=True)
class Booked:
    """One appointment, as plain values."""

    id: UUID
    patient: Person
    practitioner: Practitioner
    starts_at: datetime
    ends_at: datetime
    status: str
    mode: str
    case: Case
    created_at: datetime

    @property
    def reason(self) -> str:
        """Why they come, in the patient's language."""
        return self.case.complaint[1 if self.patient.language == "es" else 0]


def make_hours(dice: Dice, practitioners: list[Practitioner], now: datetime) -> dict[UUID, list[AvailabilityRule]]:
    """Make and store weekly hours for every practitioner. The two doctors among the personas work every day."""
    rules: dict[UUID, list[AvailabilityRule]] = {}
    since = now.date() - timedelta(days=3 * 365)
    for n, practitioner in enumerate(practitioners):
        is_persona = n < 2
        starts, ends = (time(8), time(20)) if is_persona else dice.pick(SHIFTS)
        days = range(7) if is_persona else sorted(dice.random.sample(range(6), dice.random.randrange(3, 6)))
        rules[practitioner.pk] = [
            AvailabilityRule(
                id=dice.id(), practitioner=practitioner, weekday=day, starts=starts, ends=ends,
                slot_minutes=practitioner.visit_minutes, time_zone=practitioner.time_zone, valid_from_on=since,
            )
            for day in days
        ]  # fmt: skip
    AvailabilityRule.objects.bulk_create([rule for own in rules.values() for rule in own], batch_size=4000)
    return rules


class Book:
    """Finds times that are free for both people, as the database will insist on later."""

    def __init__(self, rules: dict[UUID, list[AvailabilityRule]]) -> None:
        self._rules = rules
        self._taken: dict[UUID, set[datetime]] = defaultdict(set)
        self._busy: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)

    def take(self, practitioner: Practitioner, patient: Person, starts_at: datetime, ends_at: datetime) -> bool:
        """Note a time as taken, or say that one of the two is busy."""
        if starts_at in self._taken[practitioner.pk]:
            return False
        if any(start < ends_at and starts_at < end for start, end in self._busy[patient.pk]):
            return False
        self._taken[practitioner.pk].add(starts_at)
        self._busy[patient.pk].append((starts_at, ends_at))
        return True

    def random_time(self, dice: Dice, practitioner: Practitioner, on: date) -> datetime | None:
        """Return a start on the practitioner's grid on that day, or None when they do not work then."""
        own = [rule for rule in self._rules[practitioner.pk] if rule.weekday == on.weekday()]
        if not own:
            return None
        rule = own[0]
        minutes = (rule.ends.hour - rule.starts.hour) * 60 + rule.ends.minute - rule.starts.minute
        step = dice.random.randrange(minutes // rule.slot_minutes)
        wall = (datetime.combine(on, rule.starts) + timedelta(minutes=step * rule.slot_minutes)).time()
        instants = wall_to_instants(on, wall, rule.time_zone)
        return instants[0] if instants else None


def make_appointments(
    dice: Dice,
    practitioners: list[Practitioner],
    patients: list[Person],
    rules: dict[UUID, list[AvailabilityRule]],
    *,
    visits: int,
    now: datetime,
    first: Iterable[tuple[Person, Practitioner, Case, int]] = (),
) -> Iterator[Booked]:
    """Yield that many appointments of the past year and the coming weeks, none overlapping another.

    `first` are visits that must be among them: who, with whom, for what, how many days ago.
    Today is left free: `today.enliven` fills it, every day anew.
    """
    book = Book(rules)
    made = tried = 0
    for patient, practitioner, case, days in first:
        starts_at = book.random_time(dice, practitioner, now.date() - timedelta(days=days))
        if starts_at is None:
            continue
        ends_at = starts_at + timedelta(minutes=practitioner.visit_minutes)
        if book.take(practitioner, patient, starts_at, ends_at):
            made += 1
            yield Booked(
                id=dice.id(starts_at), patient=patient, practitioner=practitioner, starts_at=starts_at,
                ends_at=ends_at, status="done", mode="video", case=case, created_at=starts_at - timedelta(days=3),
            )  # fmt: skip
    while made < visits and tried < visits * 20:
        tried += 1
        practitioner, patient = dice.pick(practitioners), dice.pick(patients)
        if practitioner.pk == patient.pk:
            continue
        days = dice.random.randrange(2, 29) if dice.chance(AHEAD_PERCENT / 100) else -dice.random.randrange(2, 365)
        starts_at = book.random_time(dice, practitioner, now.date() + timedelta(days=days))
        if starts_at is None:
            continue
        ends_at = starts_at + timedelta(minutes=practitioner.visit_minutes)
        if not book.take(practitioner, patient, starts_at, ends_at):
            continue
        made += 1
        yield Booked(
            id=dice.id(starts_at), patient=patient, practitioner=practitioner, starts_at=starts_at, ends_at=ends_at,
            status="booked" if days > 0 else _past_status(dice), mode=dice.pick(("video", "video", "video", "voice")),
            case=dice.pick(CASES),
            created_at=min(starts_at, now) - timedelta(days=dice.random.randrange(1, 15), minutes=17),
        )  # fmt: skip


def _past_status(dice: Dice) -> str:
    roll = dice.random.randrange(100)
    if roll < CANCELLED_PERCENT:
        return "cancelled"
    return "no_show" if roll < CANCELLED_PERCENT + NO_SHOW_PERCENT else "done"


def store_appointments(booked: list[Booked]) -> None:
    """Store appointments and the moves that brought them where they are."""
    copy_rows(
        Appointment,
        "id patient_id practitioner_id organization_id during starts_at ends_at practitioner_zone status "
        "mode reason fee_minor currency version created_at",
        (
            (one.id, one.patient.pk, one.practitioner.pk, one.practitioner.organization_id,
             as_range(one.starts_at, one.ends_at), one.starts_at, one.ends_at, one.practitioner.time_zone, one.status,
             one.mode, one.reason, one.practitioner.fee_minor, one.practitioner.currency, 1, one.created_at)
            for one in booked
        ),
    )  # fmt: skip
    copy_rows(
        AppointmentMove,
        "appointment_id from_status to_status at by_id why",
        (move for one in booked for move in _moves(one)),
    )


def _moves(one: Booked) -> Iterator[tuple[object, ...]]:
    yield one.id, "", "held", one.created_at, one.patient.pk, ""
    yield one.id, "held", "booked", one.created_at + timedelta(minutes=2), one.patient.pk, ""
    if one.status == "cancelled":
        yield one.id, "booked", "cancelled", one.starts_at - timedelta(hours=20), one.patient.pk, ""
    elif one.status == "no_show":
        yield one.id, "booked", "no_show", one.ends_at, one.practitioner.pk, ""
    elif one.status == "done":
        yield one.id, "booked", "arrived", one.starts_at - timedelta(minutes=6), one.patient.pk, ""
        yield one.id, "arrived", "in_visit", one.starts_at + timedelta(minutes=1), one.practitioner.pk, ""
        yield one.id, "in_visit", "done", one.ends_at - timedelta(minutes=1), one.practitioner.pk, ""
