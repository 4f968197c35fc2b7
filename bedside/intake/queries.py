"""What people see of imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat

from bedside.accounts.models import Person, RoleGrant
from bedside.consent.queries import live
from bedside.consent.terms import CLINICAL_ROLES
from bedside.fhir.documents import Document
from bedside.kernel.errors import NotFound
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.write import record_view_once

from .hl7v2.reading import read_message
from .hl7v2.results import results_of
from .models import HeldResult, ImportPatient, ImportRun, ImportUntaken
from .zone import clinic_zone

#: Imports on the page, newest first. Source: ours.
LISTED_MOST = 30
#: Refused things shown of a file. Source: ours.
UNTAKEN_SHOWN_MOST = 20
#: Waiting results on the page, and people to choose from for one. Source: ours.
HELD_SHOWN_MOST, CANDIDATES_MOST = 200, 12


def runs_of(group_id: UUID) -> list[UUID]:
    """Return the files that were given together, in their order. For the house's jobs and the operator."""
    return list(ImportRun.objects.filter(group_id=group_id).order_by("number").values_list("id", flat=True))


@dataclass(frozen=True, slots=True)
class ListedImport:
    """Files that were given together, in a line."""

    group_id: UUID
    source: str
    by_name: str
    given_at: datetime
    files: int
    stored: int
    state: str


@dataclass(frozen=True, slots=True)
class FilePage:
    """One file of an import, as its page shows it."""

    run: ImportRun
    patients: list[ImportPatient]
    untaken: list[ImportUntaken]


@dataclass(frozen=True, slots=True)
class ImportPage:
    """Files that were given together: what is in them, who their patients are, how far they are."""

    group_id: UUID
    source: str
    by_name: str
    given_at: datetime
    treating: str
    files: list[FilePage]
    people: dict[UUID, str]
    now: datetime

    @property
    def runs(self) -> list[ImportRun]:
        """The files' rows."""
        return [one.run for one in self.files]

    @property
    def state(self) -> str:
        """How far all of it is: looking, ready, storing or done."""
        states = {run.state for run in self.runs}
        if "given" in states:
            return "looking"
        if states & {"asked", "storing"}:
            return "storing"
        return "ready" if "looked" in states else "done"

    @property
    def undecided(self) -> int:
        """Patients nobody has decided about."""
        return sum(not one.is_decided for file in self.files if file.run.state == "looked" for one in file.patients)

    @property
    def total(self) -> int:
        """Things in the files that are or will be stored."""
        return sum(run.total for run in self.runs if run.state in ("asked", "storing", "done"))

    @property
    def place(self) -> int:
        """How many of them have been gone through."""
        return sum(run.place for run in self.runs)

    @property
    def percent(self) -> int:
        """How far that is."""
        return min(100, 100 * self.place // self.total) if self.total else 0


def list_imports(*, actor: Actor, now: datetime) -> list[ListedImport]:
    """Return one's own imports, newest first; for those who run the clinic, everyone's. One query."""
    authorise(actor, "intake.import_records")
    rows = ImportRun.objects.all() if actor.has("administrator") else ImportRun.objects.filter(by_id=actor.person_key)
    groups = rows.values("group_id").annotate(
        first=Min("given_at"), files=Count("id"), stored=Sum("new") + Sum("changed"), source_name=Max("source"),
        giver=Max("by_name"), waiting=Count("id", filter=Q(state__in=("given", "asked", "storing"))),
        ready=Count("id", filter=Q(state="looked")), done=Count("id", filter=Q(state="done")),
        failed=Count("id", filter=Q(state="failed")),
    )  # fmt: skip
    return [
        ListedImport(
            row["group_id"], row["source_name"], row["giver"], row["first"], row["files"], row["stored"], _state(row)
        )
        for row in groups.order_by("-first")[:LISTED_MOST]
    ]


def _state(row: Mapping[str, Any]) -> str:
    if row["waiting"]:
        return "working"
    if row["ready"]:
        return "ready"
    return "done" if row["done"] else "failed" if row["failed"] else "dropped"


def get_import(*, actor: Actor, now: datetime, group_id: UUID) -> ImportPage:
    """Return files that were given together. Writes that their patients' names were seen. Raises: NotFound."""
    runs = list(ImportRun.objects.filter(group_id=group_id).select_related("treating").order_by("number"))
    if not runs:
        raise NotFound()
    first = runs[0]
    decision = authorise(actor, "intake.see_import", first.by_id or first.id)
    patients = list(
        ImportPatient.objects.filter(run__group_id=group_id).select_related("proposed").order_by("run", "number")
    )
    untaken = list(ImportUntaken.objects.filter(run__group_id=group_id).order_by("id")[: 20 * UNTAKEN_SHOWN_MOST])
    here = {one.person_id for one in patients if one.person_id} | {
        one.proposed_id for one in patients if one.proposed_id
    }
    known = {one.pk: one.full_name for one in Person.objects.filter(pk__in=here)}
    files = [
        FilePage(
            run,
            [one for one in patients if one.run_id == run.id],
            [one for one in untaken if one.run_id == run.id][:UNTAKEN_SHOWN_MOST],
        )
        for run in runs
    ]
    for patient_id in known:
        record_view_once(
            actor=actor, action="intake.see_import", now=now, patient_id=patient_id, reason=decision.reason
        )
    return ImportPage(
        group_id, first.source, first.by_name, first.given_at, first.treating.full_name if first.treating else "",
        files, known, now,
    )  # fmt: skip


def people_who_treat(*, actor: Actor, now: datetime) -> QuerySet[Person]:
    """Return everyone who could treat patients here, by name."""
    authorise(actor, "intake.import_records")
    grants = RoleGrant.objects.filter(role__in=CLINICAL_ROLES, starts_at__lte=now).exclude(ends_at__lte=now)
    return Person.objects.filter(pk__in=grants.values("person_id")).order_by("family_name", "given_name")


@dataclass(frozen=True, slots=True)
class HeldPage:
    """Results that wait, the oldest first, and how many were settled lately."""

    waiting: list[HeldResult]
    settled: list[HeldResult]
    now: datetime


def held_results(*, actor: Actor, now: datetime) -> HeldPage:
    """Return the results that wait for someone to say whose they are, and the last that were settled."""
    authorise(actor, "intake.see_held_results")
    rows = HeldResult.objects.select_related("owner", "settled_by", "person", "message").defer("message__raw")
    waiting = rows.filter(settled_at__isnull=True).order_by("held_at", "id")[:HELD_SHOWN_MOST]
    settled = rows.filter(settled_at__isnull=False).order_by("-settled_at", "id")[:10]
    return HeldPage(list(waiting), list(settled), now)


@dataclass(frozen=True, slots=True)
class HeldDetail:
    """One waiting result: what it says of its patient, what it brings, and who it could be."""

    held: HeldResult
    values: list[tuple[str, str, str]]
    people: list[Person]
    text: str
    now: datetime


def get_held(*, actor: Actor, now: datetime, held_id: UUID, text: str = "") -> HeldDetail:
    """Return one waiting result and the people who could be meant: found by name, or like the one it names.

    Raises: NotFound. Writes that their names were seen: for a clinician, only of people they treat.
    """
    authorise(actor, "intake.see_held_results")
    held = HeldResult.objects.select_related("owner", "message", "person", "settled_by").filter(pk=held_id).first()
    if held is None:
        raise NotFound()
    text = " ".join(text.replace("\x00", " ").split())[:100]
    people = [] if held.settled_at else _candidates(actor, now, held, text)
    for person in people:
        record_view_once(actor=actor, action="intake.see_held_results", now=now, patient_id=person.pk, reason="clinic")
    return HeldDetail(held, shown_values(held), people, text, now)


def _candidates(actor: Actor, now: datetime, held: HeldResult, text: str) -> list[Person]:
    people = Person.objects.annotate(whole_name=Concat("given_name", Value(" "), "family_name"))
    if not actor.has("administrator"):
        people = people.filter(pk__in=live(now).filter(person_id=actor.person_key).values("patient_id"))
    if text:
        found = people.filter(whole_name__icontains=text)
    else:
        family = held.patient_name.split(" ")[-1] if held.patient_name else ""
        alike = Q(birth_on=held.birth_on) if held.birth_on else Q()
        if family:
            alike |= Q(family_name__iexact=family)
        found = people.filter(alike) if alike else people.none()
    return list(found.order_by("family_name", "given_name", "birth_on")[:CANDIDATES_MOST])


def shown_values(held: HeldResult) -> list[tuple[str, str, str]]:
    """Return what a waiting result says: name, value with unit, flag."""
    message = read_message(bytes(held.message.raw))
    results = results_of(message, zone_name=clinic_zone(), received_at=held.message.received_at)
    result = next((one for one in results if one.report.id == held.report_id), None)
    return [_shown(part.document) for part in result.observations] if result else []


def _shown(document: Document) -> tuple[str, str, str]:
    quantity = document.get("valueQuantity")
    if quantity:
        value = f"{quantity.get('comparator', '')}{quantity['value']} {quantity.get('unit', '')}".strip()
    elif "valueCodeableConcept" in document:
        value = document["valueCodeableConcept"].get("text", "")
    else:
        value = document.get("valueString") or document.get("valueDateTime") or document.get("valueTime") or ""
    flag = (document.get("interpretation") or [{}])[0].get("text", "")
    name = document["code"].get("text") or (document["code"].get("coding") or [{}])[0].get("code", "")
    return name, value[:200], flag


def count_held(*, actor: Actor, now: datetime) -> int:
    """Return how many results wait for someone to say whose they are."""
    authorise(actor, "intake.see_held_results")
    return HeldResult.objects.filter(settled_at__isnull=True).count()
