"""The one thing this room does by itself: find a patient by name and birthday in an emergency, and open the chart."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from bedside.accounts.models import Person
from bedside.consent.commands import break_glass
from bedside.kernel.errors import Invalid
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.write import record_refusal


class NoSuchPatient(Invalid):
    """Nobody here has that name and birthday. Check the spelling, or ask the clinic’s desk."""


def open_in_emergency(
    *, actor: Actor, now: datetime, given_name: str, family_name: str, birth_on: date, note: str
) -> UUID:
    """Open the chart of the one patient with exactly that name and birthday. Return the patient's id.

    Raises: NoSuchPatient when there is none, or more than one. Why: a chart opened by guess is the wrong chart.
    """
    authorise(actor, "portal.open_in_emergency")
    found = list(
        Person.objects.filter(
            given_name__iexact=given_name.strip(), family_name__iexact=family_name.strip(), birth_on=birth_on
        ).values_list("id", flat=True)[:2]
    )
    if len(found) != 1:
        record_refusal(actor=actor, action="portal.open_in_emergency", now=now, reason="not_found")
        raise NoSuchPatient()
    break_glass(actor=actor, now=now, patient_id=found[0], note=note)
    return found[0]
