"""Writing and cancelling prescriptions. A stop holds until a reason is written, and the reason is kept."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from bedside.fhir.commands import ResourceGone, StoredResource, store_resource
from bedside.fhir.queries import get_resource
from bedside.fhir.terms import MEDICINES
from bedside.kernel.errors import Conflict, Invalid, NotFound
from bedside.kernel.ids import new_id
from bedside.platform.access import Actor
from bedside.platform.audit.write import record_change
from bedside.platform.events import announce
from bedside.record.events import ChartChanged
from bedside.record.guard import allow
from bedside.record.people import today_of
from bedside.record.queries import safety_facts
from bedside.record.rules import clean, read_number
from bedside.record.terms import LONGEST_LINE, LONGEST_NAME

from . import policy, shapes
from .rules import Check, Order, check_prescription, known_allergies, make_order, taken_now
from .terms import LONGEST_REASON, SHORTEST_REASON


class PrescriptionStopped(Conflict):
    """Stop: this medicine can harm this patient. Nothing was written, and nothing you typed is lost."""

    def __init__(self, checks: tuple[Check, ...] = ()) -> None:
        super().__init__()
        self.checks = checks


class PrescriptionWarned(Conflict):
    """Look again before you prescribe this. Nothing was written yet, and nothing you typed is lost."""

    def __init__(self, checks: tuple[Check, ...] = ()) -> None:
        super().__init__()
        self.checks = checks


class ReasonTooShort(Invalid):
    """Write in a few words why you prescribe it all the same. Nothing was written, and nothing you typed is lost."""


class AlreadyEnded(Conflict):
    """This prescription has already ended. Nothing was changed."""


def prescribe_medicine(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    visit_id: UUID | None,
    product: str,
    amount: Decimal | str | float = "1",
    frequency: str = "daily",
    days: int | None = None,
    quantity: int | None = None,
    refills: int = 0,
    as_needed: str = "",
    instructions: str = "",
    pharmacy: str = "",
    override_reason: str = "",
    has_seen_warnings: bool = False,
    prescription_id: UUID | None = None,
) -> StoredResource:
    """Write a prescription. The same `prescription_id` sent twice is written once.

    Shape: `product` is a formulary key, "doxycycline:capsule:100mg"; `amount` counts pieces of it for one dose;
    `quantity` is worked out when not given.
    Raises: NotYoursToWrite to anyone but a physician in care; PrescriptionStopped with its checks until
    `override_reason` says why; PrescriptionWarned until `has_seen_warnings`; ReasonTooShort; the refusals of
    `rules.make_order`.
    """
    relation = allow(actor=actor, action=policy.PRESCRIBE, patient_id=patient_id, now=now)
    order = make_order(
        product=product, amount=read_number(amount), frequency=frequency, days=days, quantity=quantity,
        refills=refills, as_needed=as_needed,
    )  # fmt: skip
    said, place = clean(instructions, most=LONGEST_LINE), clean(pharmacy, most=LONGEST_NAME)
    why = clean(override_reason, most=LONGEST_REASON)
    rx_id = prescription_id or new_id()
    with transaction.atomic():
        before = _written_before(rx_id, patient_id)
        if before:
            return before
        stops, looked_at = _settle(order, patient_id=patient_id, now=now, why=why, has_seen_warnings=has_seen_warnings)
        issues = [
            _keep_stop(actor=actor, now=now, patient_id=patient_id, rx_id=rx_id, check=check, why=why)
            for check in stops
        ]
        resource = shapes.prescription(
            id=rx_id, patient_id=patient_id, visit_id=visit_id, order=order, instructions=said, pharmacy=place,
            prescriber=(actor.person_id, actor.name), now=now, start=today_of(patient_id, now), issue_ids=issues,
        )  # fmt: skip
        stored = store_resource(
            actor=actor, now=now, resource=resource, patient_id=patient_id, code=f"{MEDICINES}|{order.product.key}",
            at=now, expected_version=0,
        )  # fmt: skip
        record_change(
            actor=actor, action=policy.PRESCRIBE, now=now, patient_id=patient_id, reason=relation,
            resource=(stored.type, stored.id),
            detail={"overridden": [check.code for check in stops]}
            | ({"looked_at": [check.code for check in looked_at]} if looked_at else {}),
        )  # fmt: skip
        announce(ChartChanged(patient_id, visit_id))
    return stored


def _written_before(rx_id: UUID, patient_id: UUID) -> StoredResource | None:
    try:
        resource = get_resource(type="MedicationRequest", id=rx_id)
    except ResourceGone:
        return None
    if resource["subject"]["reference"] != f"Patient/{patient_id}":
        raise NotFound()
    return StoredResource(rx_id, "MedicationRequest", int(resource["meta"]["versionId"]))


def _settle(
    order: Order, *, patient_id: UUID, now: datetime, why: str, has_seen_warnings: bool
) -> tuple[tuple[Check, ...], tuple[Check, ...]]:
    """Return the stops that the reason settles, and what was looked at instead of checked.

    Raises: PrescriptionStopped, PrescriptionWarned, ReasonTooShort.
    """
    facts = safety_facts(patient_id=patient_id, now=now)
    checks = check_prescription(
        order,
        allergies=known_allergies(facts.allergies),
        taking=taken_now(facts.medicines),
    )
    stops = tuple(check for check in checks if check.is_stop)
    if stops and not why:
        raise PrescriptionStopped(checks)
    if stops and len(why) < SHORTEST_REASON:
        raise ReasonTooShort()
    if len(checks) > len(stops) and not (has_seen_warnings or stops):
        raise PrescriptionWarned(checks)
    return stops, tuple(check for check in checks if check.kind.startswith("unchecked"))


def _keep_stop(*, actor: Actor, now: datetime, patient_id: UUID, rx_id: UUID, check: Check, why: str) -> UUID:
    issue_id = new_id()
    resource: dict[str, Any] = shapes.settled_stop(
        id=issue_id, patient_id=patient_id, prescription_id=rx_id, check=check, reason=why, now=now,
        author=(actor.person_id, actor.name),
    )  # fmt: skip
    store_resource(actor=actor, now=now, resource=resource, patient_id=patient_id, at=now, expected_version=0)
    record_change(
        actor=actor, action="orders.override_stop", now=now, patient_id=patient_id,
        resource=("DetectedIssue", issue_id), detail={"check": check.code},
    )  # fmt: skip
    return issue_id


def cancel_prescription(
    *, actor: Actor, now: datetime, patient_id: UUID, prescription_id: UUID, why: str, visit_id: UUID | None = None
) -> StoredResource:
    """Cancel a prescription that was written, and say why. It stays in the chart, struck out.

    Raises: NotYoursToWrite, ResourceGone, TextMissing without a why, AlreadyEnded.
    """
    relation = allow(actor=actor, action=policy.CANCEL, patient_id=patient_id, now=now)
    said = clean(why, most=LONGEST_LINE, needed=True)
    with transaction.atomic():
        resource = get_resource(type="MedicationRequest", id=prescription_id)
        if resource["subject"]["reference"] != f"Patient/{patient_id}":
            raise ResourceGone()
        if resource["status"] != "active":
            raise AlreadyEnded()
        resource["status"] = "cancelled"
        resource["statusReason"] = {"text": said}
        stored = store_resource(
            actor=actor, now=now, resource=resource, patient_id=patient_id, at=now,
            code=f"{MEDICINES}|{resource['medicationCodeableConcept']['coding'][0]['code']}",
            expected_version=int(resource["meta"]["versionId"]),
        )  # fmt: skip
        record_change(
            actor=actor, action=policy.CANCEL, now=now, patient_id=patient_id, reason=relation,
            resource=(stored.type, stored.id),
        )  # fmt: skip
        announce(ChartChanged(patient_id, visit_id))
    return stored
