"""The little the chart needs to know of a person."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from bedside.accounts.models import Person
from bedside.kernel.errors import NotFound
from bedside.kernel.time import age_on, zone

from .chart import PatientFacts


def birth_day(patient_id: UUID) -> date | None:
    """Return the day a person was born, where it is known. Raises: NotFound."""
    row = Person.objects.filter(id=patient_id).values_list("birth_on").first()
    if row is None:
        raise NotFound()
    return row[0]


def today_of(patient_id: UUID, now: datetime) -> date:
    """Return which day it is where the patient lives. Raises: NotFound."""
    row = Person.objects.filter(id=patient_id).values_list("time_zone").first()
    if row is None:
        raise NotFound()
    return now.astimezone(zone(row[0])).date()


def patient_of(*, patient_id: UUID, now: datetime) -> PatientFacts:
    """Return what the banner of a chart says of a person. Raises: NotFound."""
    person = Person.objects.filter(id=patient_id).first()
    if person is None:
        raise NotFound()
    today = now.astimezone(zone(person.time_zone)).date()
    return PatientFacts(
        id=person.id,
        name=person.full_name,
        given_name=person.given_name,
        birth_on=person.birth_on,
        age=age_on(person.birth_on, today) if person.birth_on else None,
        sex=person.sex,
        language=person.language,
        phone=person.phone,
        portrait_seed=person.portrait_seed,
        today=today,
    )
