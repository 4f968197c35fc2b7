"""What the booking pages show, arranged for people: times by day in their zone, words for codes. Pure values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import get_language

from bedside.directory.models import License, Practitioner
from bedside.directory.queries import Found
from bedside.directory.terms import SPECIALTIES, SPOKEN_LANGUAGES
from bedside.kernel.money import Money
from bedside.kernel.time import UTC, zone

from .models import Appointment
from .terms import BOOKING_HORIZON


@dataclass(frozen=True, slots=True)
class Choice:
    """One free time as a radio button: what it sends, and when it is."""

    value: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """The free times of one day of the reader's calendar. `more` were left out; `near` is today, tomorrow or blank."""

    on: date
    choices: tuple[Choice, ...]
    more: int
    near: str


def choice_value(practitioner_id: UUID, starts_at: datetime, fee_minor: int) -> str:
    """Return what a chosen time sends: who, when, and the price that was shown."""
    return f"{practitioner_id}.{int(starts_at.timestamp())}.{fee_minor}"


def by_day(
    doctor: Practitioner, starts: Iterable[datetime], zone_name: str, now: datetime, *, days: int = 60, each: int = 200
) -> list[Day]:
    """Return the first so many days that have free times, each with its first so many."""
    tz = zone(zone_name)
    today = now.astimezone(tz).date()
    near = {today: "today", today + timedelta(days=1): "tomorrow"}
    grouped: dict[date, list[Choice]] = {}
    for at in starts:
        on = at.astimezone(tz).date()
        if on not in grouped and len(grouped) == days:
            break
        value = choice_value(doctor.pk, at, doctor.fee_minor)
        grouped.setdefault(on, []).append(Choice(value, at))
    return [Day(on, tuple(found[:each]), max(0, len(found) - each), near.get(on, "")) for on, found in grouped.items()]


@dataclass(frozen=True, slots=True)
class DoctorCard:
    """A doctor as the search shows them."""

    doctor: Practitioner
    license: License | None
    days: tuple[Day, ...]

    @property
    def price(self) -> Money:
        """The whole price of one visit."""
        return Money(self.doctor.fee_minor, self.doctor.currency)

    @property
    def place(self) -> str:
        """The name of the state whose licence covers the patient."""
        return self.license.place if self.license else ""

    @property
    def biography(self) -> str:
        """What the doctor says of themself, in the reader's language."""
        is_spanish = (get_language() or "en").startswith("es")
        return (self.doctor.biography_es if is_spanish else "") or self.doctor.biography

    @property
    def specialties(self) -> list[str]:
        """Plain names of the specialties, to be translated."""
        return [SPECIALTIES[code] for code in self.doctor.specialties if code in SPECIALTIES]

    @property
    def languages(self) -> list[str]:
        """Plain names of the languages, to be translated."""
        return [SPOKEN_LANGUAGES[code] for code in self.doctor.languages if code in SPOKEN_LANGUAGES]


def cards(found: Sequence[Found], zone_name: str, now: datetime) -> list[DoctorCard]:
    """Return the cards of a page of search results: three days each, four times a day."""
    return [
        DoctorCard(
            one.practitioner,
            one.license,
            tuple(by_day(one.practitioner, one.starts, zone_name, now, days=3, each=4)),
        )
        for one in found
    ]


def read_choice(value: str) -> tuple[UUID, datetime, int] | None:
    """Read what a chosen time sent, or None when it is not one of ours."""
    try:
        who, when, fee = value.split(".")
        return UUID(who), datetime.fromtimestamp(int(when), UTC), int(fee)
    except (ValueError, OverflowError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class AppointmentCard:
    """An appointment as people see it, with what they may still do."""

    row: Appointment
    changeable_until: datetime
    is_changeable: bool

    @property
    def price(self) -> Money:
        """The price that was shown before booking."""
        return Money(self.row.fee_minor, self.row.currency)

    @property
    def other_zone(self) -> str:
        """The doctor's zone; the page shows it when the reader's clocks differ from the doctor's."""
        return self.row.practitioner_zone


def differs(at: datetime, first_zone: str, second_zone: str) -> bool:
    """Say whether clocks in two zones show different times at an instant."""
    return at.astimezone(zone(first_zone)).utcoffset() != at.astimezone(zone(second_zone)).utcoffset()


@dataclass(frozen=True, slots=True)
class Weeks:
    """Two weeks of the reader's calendar, and where the two weeks before and after begin, if anything is there."""

    first_on: date
    last_on: date
    before: date | None
    after: date | None


def two_weeks(asked: str, now: datetime, zone_name: str) -> Weeks:
    """Return the two weeks that were asked for (a day like 2026-11-24), inside what can be booked; else the next."""
    today = now.astimezone(zone(zone_name)).date()
    last = today + BOOKING_HORIZON
    try:
        first = min(max(date.fromisoformat(asked), today), last)
    except ValueError:
        first = today
    after, before = first + timedelta(days=14), max(today, first - timedelta(days=14))
    return Weeks(
        first,
        min(last, after - timedelta(days=1)),
        before if first > today else None,
        after if after <= last else None,
    )
