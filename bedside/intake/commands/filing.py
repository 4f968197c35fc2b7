"""File one result in a chart, or hold it until someone says whose it is.

Every part of a result (the report, each observation) remembers when what stands was sent. A message that was sent
earlier never overwrites it, whenever it arrives; what it alone brings is still filed.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from bedside.accounts.models import Person
from bedside.accounts.queries import holders_of
from bedside.fhir.asking import answer
from bedside.fhir.documents import Document, read_document
from bedside.fhir.models import Resource
from bedside.fhir.store.actions import lock_words
from bedside.fhir.store.loading import Loaded, load
from bedside.intake.contents import marked, objection, says_same
from bedside.intake.events import ResultFiled, ResultHeld
from bedside.intake.hl7v2.results import Part, Result, about
from bedside.intake.hl7v2.subjects import Subject
from bedside.intake.matching import holders, is_same_birthday, is_same_family, telling
from bedside.intake.models import FiledResult, HeldResult, LabMessage
from bedside.intake.provenance import provenance_of
from bedside.intake.terms import WORDS_MOST
from bedside.platform.access import system_actor
from bedside.platform.audit.write import record_change
from bedside.platform.events import announce
from bedside.platform.jobs import defer

HOUSE = system_actor("intake.file_result")

#: Who gave an order's number when it was ordered here. Source: ours.
OWN_ORDERS = "BEDSIDE"
#: What stays when a message only says that the value sent before is final. Source: HL7 v2.5.1, table 0085, U.
_KEPT = ("interpretation", "referenceRange", "note", "method", "dataAbsentReason")


class Unfit(Exception):
    """A part of a result cannot stand in the chart; none of it may."""

    def __init__(self, reason: str, words: str = "") -> None:
        self.reason, self.words = reason, words
        super().__init__(reason)


def file_or_hold(message: LabMessage, result: Result, now: datetime) -> bool:
    """File a result for the patient its numbers name. Return False when it has to wait.

    Locks: the result's parts, until the transaction ends.
    """
    person, reason = whose(result.subject)
    reason = reason or (order_fault(result, person.pk) if person else "unknown_patient")
    words = ""
    if person is not None and not reason:
        try:
            file_result(message, result, person.pk, now)
            return True
        except Unfit as unfit:
            reason, words = unfit.reason, unfit.words
    hold(message, result, reason, words, now)
    return False


def whose(subject: Subject) -> tuple[Person | None, str]:
    """Return whose a result is, or why that cannot be told, as a code of `terms.HELD_REASONS`."""
    if not subject.numbers:
        return None, "no_number"
    found = set(holders(subject.numbers).values())
    if not found:
        return None, "unknown_patient"
    if len(found) > 1:
        return None, "two_people"
    person = Person.objects.get(pk=found.pop())
    if not is_same_birthday(subject, person):
        return None, "other_birthday"
    return (person, "") if is_same_family(subject, person) else (None, "other_name")


def order_fault(result: Result, person_id: UUID) -> str:
    """Return what is wrong with an order that says it was placed here; "" for one that was placed elsewhere."""
    if result.placer_system.upper() != OWN_ORDERS or not result.placer:
        return ""
    order = Resource.objects.filter(type="ServiceRequest", id=result.placer, is_deleted=False).first()
    if order is None:
        return "unknown_order"
    return "" if order.patient_id == person_id else "other_order"


def file_result(message: LabMessage, result: Result, person_id: UUID, now: datetime) -> None:
    """File a result in a person's chart. Raises: Unfit, with nothing of it stored. Locks: its parts."""
    with transaction.atomic():
        answer(lock_words([f"result {part.id}" for part in result.parts]))
        ids = [part.id for part in result.parts]
        filed = {one.part_id: one for one in FiledResult.objects.filter(part_id__in=ids)}
        if any(one.person_id != person_id for one in filed.values()):
            raise Unfit("other_patient")
        standing = _standing(result)
        documents, fresh = [], []
        for part in result.parts:
            before = filed.get(part.id)
            is_older = before is not None and before.sent_at > result.sent_at
            document = _document(part, standing.get(str(part.id)), result, is_older)
            if document is not None:
                documents.append(marked({**about(document, person_id), "id": str(part.id)}, message.facility))
            if not is_older:
                fresh.append(FiledResult(part_id=part.id, person_id=person_id, sent_at=result.sent_at, message=message))
        loaded = _store(message, documents, person_id, now)
        FiledResult.objects.bulk_create(
            fresh, update_conflicts=True, unique_fields=["part_id"], update_fields=["sent_at", "message"]
        )
        _tell(message, result, person_id, loaded, now)


def _standing(result: Result) -> dict[str, Document]:
    """Return what stands of a result already, by id."""
    rows = Resource.objects.filter(
        type__in=("DiagnosticReport", "Observation"), id__in=[str(part.id) for part in result.parts], is_deleted=False
    )
    return {row.id: read_document(row.body) for row in rows}


def _document(part: Part, stands: Document | None, result: Result, is_older: bool) -> Document | None:
    """Return what a part should say now, None when what stands is newer and stays."""
    if part is result.report:
        return _report(part.document, stands, is_older)
    if is_older:
        return None
    if part.keeps_value and stands is not None:
        kept = {name: value for name, value in stands.items() if name.startswith("value") or name in _KEPT}
        return {**part.document, **kept}
    return part.document


def _report(document: Document, stands: Document | None, is_older: bool) -> Document:
    """Return a report with the results of what stands and of what came: a correction may bring only its own."""
    if stands is None:
        return document
    base = stands if is_older else document
    known = [one["reference"] for one in stands.get("result", [])]
    more = [one["reference"] for one in document.get("result", []) if one["reference"] not in known]
    results = [{"reference": link} for link in [*known, *more]]
    return {**base, "result": results} if results else base


def _store(message: LabMessage, documents: list[Document], person_id: UUID, now: datetime) -> list[Loaded]:
    loaded = answer(
        load(
            documents, author_id=None, now=now, says_same=says_same,
            object_to=partial(objection, message.facility, frozenset({person_id})),
        )
    )  # fmt: skip
    refused = next((one for one in loaded if one.done == "refused"), None)
    if refused is not None:
        reason = "other_patient" if refused.reason == "other_patient" else "invalid"
        raise Unfit(reason, f"{refused.kind}: {refused.words or refused.reason}")
    targets = [(one.kind, one.id, one.version) for one in loaded if one.done in ("new", "changed")]
    if targets:
        told = provenance_of(
            targets, run_id=message.pk, place=UUID(targets[0][1]).int % 10**9, source=message.facility,
            file_name=f"HL7 v2 {message.control_id}", sha256=message.sha256, by=(None, "Bedside"), now=now,
        )  # fmt: skip
        answer(load([told], author_id=None, now=now, object_to=lambda *_: ""))
    return loaded


def _tell(message: LabMessage, result: Result, person_id: UUID, loaded: list[Loaded], now: datetime) -> None:
    """Write down that a chart has a result, or another version of one, and announce it."""
    changed = [one for one in loaded if one.done in ("new", "changed")]
    if not changed:
        return
    record_change(
        actor=HOUSE, action="intake.file_result", now=now, patient_id=person_id,
        resource=("DiagnosticReport", result.report.id), reason="house", detail={"changed": len(changed)},
    )  # fmt: skip
    is_correction = any(one.done == "changed" for one in loaded)
    announce(ResultFiled(person_id, result.report.id, message.pk, is_correction))
    defer("results.file_report", patient_id=str(person_id), report_id=str(result.report.id))


def hold(message: LabMessage, result: Result, reason: str, words: str, now: datetime) -> None:
    """Have a result wait, in the care of whoever runs the clinic and has the fewest waiting."""
    subject = result.subject
    number = next(iter(telling(subject.numbers)), None) or next(iter(subject.numbers), None)
    held, is_new = HeldResult.objects.get_or_create(
        message=message,
        report_id=result.report.id,
        defaults={
            "reason": reason,
            "words": words[:WORDS_MOST],
            "title": result.title[:200],
            "patient_name": subject.full_name[:220],
            "patient_number": number.value if number else "",
            "number_system": number.system[:200] if number else "",
            "birth_on": subject.birth_on,
            "sex": subject.sex,
            "held_at": now,
            "owner_id": next_owner(now),
        },
    )
    if is_new:
        announce(ResultHeld(held.pk))


def next_owner(now: datetime) -> UUID | None:
    """Return whom a waiting result falls to: the administrator with the fewest of them; None when there is none."""
    people = list(holders_of("administrator", now=now).order_by("date_joined").values_list("person_id", flat=True))
    waiting = Count("id", filter=Q(settled_at__isnull=True))
    rows = HeldResult.objects.filter(owner_id__in=people).values("owner_id").annotate(n=waiting)
    counts = {row["owner_id"]: row["n"] for row in rows}
    return min(people, key=lambda one: counts.get(one, 0), default=None)
