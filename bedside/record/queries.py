"""Reading charts: scoped by what the reader is to the patient, and one audit row a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bedside.accounts.models import Person
from bedside.consent.queries import gentle_facts, patient_facts
from bedside.fhir.queries import find_patient_resources, find_resources, history
from bedside.kernel.errors import NotFound
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_view

from . import policy
from .chart import Allergy, CareTask, Change, Chart, Medicine, Note, VisitRecord, Vital
from .models import NoteDraft, NoteSignature
from .people import patient_of, today_of
from .reading import allergy_of, medicine_of, note_of, problem_of, task_of, vital_of
from .results.facts import Report
from .results.gentle import Held, parted, resource_ids, was_opened
from .results.ranges import Whom
from .results.reading import results_of
from .rules import sha256_of

_TYPES = (
    "Condition",
    "AllergyIntolerance",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Composition",
    "Task",
    "DiagnosticReport",
)


def get_chart(
    *,
    actor: Actor,
    patient_id: UUID,
    now: datetime,
    action: str = policy.READ,
    resource: tuple[str, UUID] | None = None,
) -> Chart:
    """Return a patient's chart to someone who may read it, and leave the audit row of the view.

    A room above that shows a part of it names its own verb and what it shows, so that the view is one row.

    Raises: NotFound to a stranger, as for a patient who does not exist.
    """
    facts = patient_facts(actor=actor, patient_id=patient_id, now=now)
    reason = authorise(actor, action, facts, Context(now=now)).reason
    chart = _for_reader(_read_chart(patient_id=patient_id, now=now, reason=reason), reason, now)
    shown = resource or ("Patient", patient_id)
    record_view(actor=actor, action=action, now=now, patient_id=patient_id, reason=reason, resource=shown)
    return chart


def _read_chart(*, patient_id: UUID, now: datetime, reason: str) -> Chart:
    found = find_patient_resources(patient_id=patient_id, types=_TYPES)
    patient = patient_of(patient_id=patient_id, now=now)
    medicines = _medicines(found, patient.today or now.date())
    vitals = [vital for vital in map(vital_of, found["Observation"]) if vital]
    return Chart(
        patient=patient,
        reason=reason,
        problems=tuple(problem_of(r) for r in found["Condition"]),
        allergies=tuple(allergy_of(r) for r in found["AllergyIntolerance"]),
        medicines=tuple(sorted(medicines, key=lambda m: (m.is_active, m.changed_at), reverse=True)),
        vitals=tuple(sorted(vitals, key=lambda v: v.at, reverse=True)),
        notes=_with_addenda([note_of(r) for r in found["Composition"]]),
        tasks=tuple(sorted(filter(None, map(task_of, found["Task"])), key=lambda t: (t.due_on, t.code))),
        reports=results_of(found, Whom(patient.birth_on, patient.sex)),
    )


def _for_reader(chart: Chart, reason: str, now: datetime) -> Chart:
    """Leave out what this reader does not see: a patient what waits by their own choice, a proxy all results.

    Source: docs/rules/results.md, docs/rules/who-may-see.md.
    """
    if reason not in ("self", "proxy"):
        return chart
    shown: tuple[Report, ...] = ()
    held: tuple[Held, ...] = ()
    if reason == "self":
        shown, held = parted(chart.reports, gentle_facts(patient_id=chart.patient.id, now=now))
    open_ids = {report.id for report in shown}
    hidden = resource_ids(report for report in chart.reports if report.id not in open_ids)
    vitals = tuple(vital for vital in chart.vitals if vital.id not in hidden)
    return replace(chart, reports=shown, held=held, vitals=vitals)


@dataclass(frozen=True, slots=True)
class OwnResults:
    """A patient's results as they see them: open ones, those never opened by them, and those that wait."""

    shown: tuple[Report, ...]
    unread: tuple[Report, ...]
    held: tuple[Held, ...]


def own_results(*, person: Person, found: Mapping[str, list[dict[str, Any]]], now: datetime) -> OwnResults:
    """Return a patient's results from documents that a page of theirs has read already. One query."""
    facts = gentle_facts(patient_id=person.pk, now=now)
    shown, held = parted(results_of(found, Whom(person.birth_on, person.sex)), facts)
    return OwnResults(shown, tuple(report for report in shown if not was_opened(report, facts)), held)


def _medicines(found: Mapping[str, list[dict[str, Any]]], today: date) -> list[Medicine]:
    """Read a patient's medicines; a course whose days are over counts as completed."""
    read = [medicine_of(r) for kind in ("MedicationRequest", "MedicationStatement") for r in found[kind]]
    last = today.isoformat()
    return [replace(m, status="completed") if m.is_active and m.ended_on and m.ended_on < last else m for m in read]


@dataclass(frozen=True, slots=True)
class SafetyFacts:
    """What must be known before a medicine is given: allergies, and what is taken now."""

    allergies: tuple[Allergy, ...]
    medicines: tuple[Medicine, ...]


def safety_facts(*, patient_id: UUID, now: datetime) -> SafetyFacts:
    """Return a patient's allergies and present medicines to a command that has already authorised its actor."""
    found = find_patient_resources(
        patient_id=patient_id, types=("AllergyIntolerance", "MedicationRequest", "MedicationStatement")
    )
    taken = (medicine for medicine in _medicines(found, today_of(patient_id, now)) if medicine.is_active)
    return SafetyFacts(tuple(map(allergy_of, found["AllergyIntolerance"])), tuple(taken))


def _with_addenda(notes: list[Note]) -> tuple[Note, ...]:
    notes.sort(key=lambda note: note.signed_at)
    return tuple(
        replace(note, addenda=tuple(other for other in notes if other.appends == note.id))
        for note in reversed(notes)
        if note.appends is None
    )


def visit_record(
    *, actor: Actor, visit_id: UUID, patient_id: UUID, now: datetime, action: str = policy.VISIT
) -> VisitRecord:
    """Return what one visit left in the chart, and what changed since the visit before it.

    Raises: NotFound to a stranger. Source: requirement SYN-07 for "since last visit".
    """
    resource = ("Visit", visit_id)
    chart = get_chart(actor=actor, patient_id=patient_id, now=now, action=action, resource=resource)
    note = next((note for note in chart.notes if note.visit_id == visit_id), None)
    until = note.signed_at if note else now
    earlier = [n.signed_at for n in chart.notes if n.visit_id != visit_id and n.signed_at < until]
    last_visit_at = max(earlier, default=None)
    return VisitRecord(
        visit_id=visit_id,
        chart=chart,
        note=note,
        diagnoses=tuple(p for p in chart.problems if p.visit_id == visit_id),
        prescriptions=tuple(m for m in chart.medicines if m.visit_id == visit_id and m.is_prescription),
        stopped=tuple(m for m in chart.medicines if m.visit_id == visit_id and not m.is_active),
        vitals=tuple(v for v in chart.vitals if v.visit_id == visit_id),
        tasks=tuple(t for t in chart.tasks if t.visit_id == visit_id),
        last_visit_at=last_visit_at,
        changes=_changes(chart, last_visit_at, until) if last_visit_at else (),
    )


def _changes(chart: Chart, since: datetime, until: datetime) -> tuple[Change, ...]:
    changes = [
        Change("medicine", medicine.changed_at, medicine=medicine)
        for medicine in chart.medicines
        if since < medicine.changed_at <= until
    ]
    for key in dict.fromkeys(vital.measure.key for vital in chart.vitals):
        series = [vital for vital in chart.vitals if vital.measure.key == key and vital.at <= until]
        fresh = [vital for vital in series if vital.at > since]
        if fresh:
            before: Vital | None = next((vital for vital in series if vital.at <= since), None)
            changes.append(Change("value", fresh[0].at, vital=fresh[0], before=before))
    return tuple(sorted(changes, key=lambda change: change.at, reverse=True))


def open_tasks(*, actor: Actor, patient_id: UUID, now: datetime) -> list[CareTask]:
    """Return what a patient still has to do, soonest first. Raises: NotFound to a stranger."""
    facts = patient_facts(actor=actor, patient_id=patient_id, now=now)
    reason = authorise(actor, policy.READ, facts, Context(now=now)).reason
    tasks = filter(None, map(task_of, find_resources(type="Task", patient_id=patient_id)))
    record_view(actor=actor, action="record.view_tasks", now=now, patient_id=patient_id, reason=reason)
    return sorted((task for task in tasks if task.status == "requested"), key=lambda task: (task.due_on, task.code))


def find_draft(*, actor: Actor, visit_id: UUID, patient_id: UUID) -> NoteDraft | None:
    """Return the actor's own unfinished note of a visit. Nobody else's is ever shown."""
    return NoteDraft.objects.filter(visit_id=visit_id, patient_id=patient_id, author_id=actor.person_id).first()


def is_note_intact(*, note_id: UUID) -> bool:
    """Say whether a signed note's stored bytes still have the hash that was sealed. Raises: NotFound."""
    sealed = NoteSignature.objects.filter(note_id=note_id).first()
    if sealed is None:
        raise NotFound()
    first = history(type="Composition", id=note_id)[-1]
    return sha256_of(first.body) == sealed.sha256
