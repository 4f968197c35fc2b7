"""The people of a file arrive: those who are new become persons of the house, and someone may treat them."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from bedside.accounts.arrivals import KeepsOwnFacts, keep_arrivals
from bedside.accounts.models import Person
from bedside.accounts.patient_facts import facts_of_patient
from bedside.consent.commands import begin_care
from bedside.consent.queries import relations_by_patient
from bedside.consent.rules import counted
from bedside.fhir.asking import answer
from bedside.fhir.store.loading import load
from bedside.intake.brought import Brought, Untaken
from bedside.intake.bundles.identity import Names, stable_id
from bedside.intake.bundles.subjects import subject_of_patient
from bedside.intake.contents import objection, prepared, says_same
from bedside.intake.hl7v2.subjects import Number
from bedside.intake.matching import telling
from bedside.intake.models import ImportPatient, ImportRun, PatientAlias, PatientNumber
from bedside.platform.access import Actor
from bedside.platform.audit.write import record_change


def arrive(run: ImportRun, by: Actor, house: Actor, now: datetime, brought: list[Brought]) -> list[Untaken]:
    """Register who is new, remember what the source calls everyone, and store what it tells of them.

    Return what of it is not taken. A patient who is here already, and whom the giver may not write about, is left out.
    """
    patients = {key: one for one in ImportPatient.objects.filter(run=run) for key in one.keys}
    untaken = _leave_out_strangers(run, by, now, list({one.id: one for one in patients.values()}.values()))
    seen: set[UUID] = set()
    for one in brought:
        row = patients.get(one.key) or patients.get(one.full_url)
        if row is None or row.is_left_out or row.person_id is None:
            untaken.append(Untaken(one.place, "Patient", "undecided"))
            continue
        if row.person_id not in seen:
            seen.add(row.person_id)
            _arrive_one(run, row, one, by, house, now, untaken)
        remember(run.source, [key for key in (one.key, one.full_url) if key], row.person_id, now)
        remember_numbers(telling(subject_of_patient(one.document).numbers), row.person_id, now)
    return untaken


def _leave_out_strangers(run: ImportRun, by: Actor, now: datetime, patients: list[ImportPatient]) -> list[Untaken]:
    """Leave out who is here already and not in the giver's care, unless the giver runs the clinic."""
    if run.is_by_administrator:
        return []
    before = {one.person_id: one for one in patients if one.person_id and one.state != "new"}
    here = Person.objects.filter(pk__in=before).values_list("pk", flat=True)
    held = relations_by_patient(actor=by, patient_ids=here, now=now)
    left = [before[id] for id, relations in held.items() if not counted(by, relations - {"self"})]
    for one in left:
        one.is_left_out = True
        one.save(update_fields=["is_left_out"])
    return [Untaken(f"patient {one.number}", "Patient", "not_in_care") for one in left]


def _arrive_one(
    run: ImportRun, row: ImportPatient, one: Brought, by: Actor, house: Actor, now: datetime, untaken: list[Untaken]
) -> None:
    person_id = row.person_id
    if person_id is None:
        return
    is_new = not Person.objects.filter(pk=person_id).exists()
    facts = facts_of_patient(one.document)
    if is_new:
        answer(keep_arrivals({person_id: facts}, {}, now=now))
    names = Names(run.source, dict.fromkeys(row.keys, person_id))
    names.learn([one])
    document, reason = prepared(one, names)
    if document is None:
        untaken.append(Untaken(one.place, "Patient", reason))
        return
    (loaded,) = answer(
        load(
            [document], author_id=run.by_id, now=now, says_same=says_same,
            object_to=partial(objection, run.source, frozenset({person_id})),
        )
    )  # fmt: skip
    if loaded.done == "changed":
        try:
            answer(keep_arrivals({}, {person_id: facts}, now=now))
        except KeepsOwnFacts:
            untaken.append(Untaken(one.place, "Patient", "ours"))
    if loaded.done == "refused":
        untaken.append(Untaken(one.place, "Patient", loaded.reason, loaded.words))
    else:
        setattr(run, loaded.done, getattr(run, loaded.done) + 1)
    _let_in(run, person_id, is_new, house, now)
    record_change(
        actor=by, action="intake.import_records", now=now, patient_id=person_id, resource=("ImportRun", run.id),
        reason="administrator" if run.is_by_administrator else "treating",
        detail={"kind": run.kind, "things": run.total, "is_new": is_new},
    )  # fmt: skip


def _let_in(run: ImportRun, person_id: UUID, is_new: bool, house: Actor, now: datetime) -> None:
    """Let whoever was named treat a patient: one who is new, or whom someone who runs the clinic brought."""
    if run.treating_id is not None and run.treating_id != person_id and (is_new or run.is_by_administrator):
        begin_care(
            actor=house, now=now, patient_id=person_id, person_id=run.treating_id, reason="treating",
            source=("import", stable_id(run.source, "care")),
        )  # fmt: skip


def remember(source: str, keys: list[str], person_id: UUID, now: datetime) -> None:
    """Remember what a source calls someone, unless it has called someone else so before."""
    PatientAlias.objects.bulk_create(
        [PatientAlias(source=source, key=key, person_id=person_id, known_at=now) for key in keys], ignore_conflicts=True
    )


def remember_numbers(numbers: list[Number], person_id: UUID, now: datetime) -> None:
    """Remember the numbers someone is known by elsewhere."""
    PatientNumber.objects.bulk_create(
        [PatientNumber(system=one.system, value=one.value, person_id=person_id, known_at=now) for one in numbers],
        ignore_conflicts=True,
    )
