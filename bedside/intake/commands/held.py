"""Settle results that wait: say whose one is, or that it is nobody's, and why. None of them ever goes away."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bedside.accounts.models import Person
from bedside.consent.queries import relations
from bedside.intake.hl7v2.reading import read_message
from bedside.intake.hl7v2.results import Result, results_of
from bedside.intake.hl7v2.subjects import Number
from bedside.intake.matching import telling
from bedside.intake.models import HeldResult, PatientNumber
from bedside.intake.zone import clinic_zone
from bedside.kernel.errors import Conflict, Invalid, NotFound
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.write import record_change

from .filing import Unfit, file_result, whose
from .people import remember_numbers

#: Letters of a reason. Source: ours.
REASON_LEAST, REASON_MOST = 5, 400


class HeldSettled(Conflict):
    """Someone has settled this result already. Look again; nothing of yours was lost."""


class NotAReason(Invalid):
    """Say in a few words why this result is nobody’s here. The laboratory may ask."""


class CannotStand(Conflict):
    """This result cannot be put into that chart: an earlier one of the same order is in another. It still waits."""


def _locked(held_id: UUID) -> HeldResult:
    held = HeldResult.objects.select_for_update(of=("self",)).filter(pk=held_id).first()
    if held is None:
        raise NotFound()
    if held.settled_at is not None:
        raise HeldSettled()
    return held


@transaction.atomic
def take_held(*, actor: Actor, now: datetime, held_id: UUID) -> HeldResult:
    """Take a waiting result into one's own care. Raises: NotFound, HeldSettled."""
    held = _locked(held_id)
    authorise(actor, "intake.settle_held_result", frozenset({"nobody"}))
    held.owner_id = actor.person_id
    held.save(update_fields=["owner"])
    return held


@transaction.atomic
def match_held(*, actor: Actor, now: datetime, held_id: UUID, person_id: UUID) -> int:
    """Say whose a waiting result is, and file it there. Others that wait for the same number follow it.

    Return how many were filed. From then on that number is known here. Raises: NotFound, HeldSettled, CannotStand.
    """
    held = _locked(held_id)
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound()
    related = relations(actor=actor, patient_id=person.pk, now=now)
    decision = authorise(actor, "intake.settle_held_result", related)
    _file(held, person, actor, now)
    record_change(
        actor=actor, action="intake.settle_held_result", now=now, patient_id=person.pk,
        resource=("HeldResult", held.pk), reason=decision.reason,
    )  # fmt: skip
    number = Number(held.number_system, held.patient_number)
    if held.reason != "unknown_patient" or not telling([number]):
        return 1
    remember_numbers([number], person.pk, now)
    if PatientNumber.objects.filter(system=number.system, value=number.value, person=person).exists():
        return 1 + _follow(held, person, actor, now)
    return 1


def _follow(first: HeldResult, person: Person, actor: Actor, now: datetime) -> int:
    """File the other results that waited because nobody had that number, where birthday and name agree."""
    rows = HeldResult.objects.select_for_update(of=("self",)).filter(
        settled_at__isnull=True, reason="unknown_patient", number_system=first.number_system,
        patient_number=first.patient_number,
    )  # fmt: skip
    filed = 0
    for held in rows.order_by("held_at", "id"):
        if whose(_result_of(held).subject)[0] == person:
            _file(held, person, actor, now)
            filed += 1
    return filed


def _file(held: HeldResult, person: Person, actor: Actor, now: datetime) -> None:
    try:
        file_result(held.message, _result_of(held), person.pk, now)
    except Unfit as unfit:
        raise CannotStand() from unfit
    _settle(held, actor, now, person_id=person.pk)


def _result_of(held: HeldResult) -> Result:
    """Return the waiting result, read anew from the message it came in."""
    message = read_message(bytes(held.message.raw))
    results = results_of(message, zone_name=clinic_zone(), received_at=held.message.received_at)
    return next(one for one in results if one.report.id == held.report_id)


@transaction.atomic
def reject_held(*, actor: Actor, now: datetime, held_id: UUID, note: str) -> HeldResult:
    """Say that a waiting result is nobody's here, and why. It and its message are kept.

    Raises: NotFound, HeldSettled, NotAReason.
    """
    held = _locked(held_id)
    authorise(actor, "intake.settle_held_result", frozenset({"nobody"}))
    note = " ".join(note.replace("\x00", " ").split())
    if not REASON_LEAST <= len(note) <= REASON_MOST:
        raise NotAReason()
    _settle(held, actor, now, note=note)
    record_change(
        actor=actor, action="intake.settle_held_result", now=now, resource=("HeldResult", held.pk), reason="clinician",
        detail={"rejected": True},
    )  # fmt: skip
    return held


def _settle(held: HeldResult, actor: Actor, now: datetime, *, person_id: UUID | None = None, note: str = "") -> None:
    held.settled_at, held.settled_by_id, held.person_id, held.note = now, actor.person_id, person_id, note
    held.save(update_fields=["settled_at", "settled_by", "person", "note"])
    if not held.message.held.filter(settled_at__isnull=True).exists():
        held.message.state = "filed"
        held.message.save(update_fields=["state"])
