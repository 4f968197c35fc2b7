"""Make what is in the charts: what past visits found, and what the personas have carried for years."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from bedside.accounts.models import Person
from bedside.consent.models import CareRelationship
from bedside.fhir.commands import Entry, store_resources
from bedside.fhir.queries import find_bodies
from bedside.fhir.terms import ICD_10_CM, LOINC, MEDICINES
from bedside.platform.access import system_actor
from bedside.record import shapes
from bedside.record.models import NoteSignature
from bedside.record.rules import sha256_of
from bedside.record.terms.notes import SECTIONS, TEMPLATES
from bedside.record.terms.vitals import VITALS
from bedside.record.words import Words

from .calendar import Booked
from .cases import Case
from .dice import Dice
from .people import People

LOADER = system_actor("rehearsal.rehearse")

#: Of a hundred visits, how many have a blood pressure.
PRESSURE_PERCENT = 40

Past = tuple[Booked, UUID]


def store_charts(dice: Dice, visits: Iterable[Past], known: set[tuple[UUID, str]]) -> None:
    """Store the documents that done visits left, each as its doctor wrote it then.

    `known` holds the problems already on each patient's list, so that a lasting one is there once.
    """
    visits = list(visits)
    entries: list[Entry] = []
    notes: dict[UUID, Past] = {}
    for one, visit_id in visits:
        note_id = dice.id(one.ends_at)
        notes[note_id] = (one, visit_id)
        entries += _documents(dice, one, visit_id, note_id, known)
    store_resources(actor=LOADER, now=max((one.ends_at for one, _ in visits), default=date.min), entries=entries)
    _seal(notes)


def _documents(
    dice: Dice, one: Booked, visit_id: UUID, note_id: UUID, known: set[tuple[UUID, str]]
) -> Iterator[Entry]:  # fmt: skip
    case, patient_id = one.case, one.patient.pk
    doctor = (one.practitioner.pk, one.practitioner.display_name)
    if (patient_id, case.code) not in known:
        if case.is_lasting:
            known.add((patient_id, case.code))
        yield _entry(one, _problem(case, patient_id, doctor, one.ends_at, visit_id, is_over=not case.is_lasting),
                     f"{ICD_10_CM}|{case.code}")  # fmt: skip
        if case.medicine:
            yield _entry(
                one, _medicine(case, patient_id, doctor, one.ends_at, visit_id), f"{MEDICINES}|{case.medicine}"
            )
    if dice.chance(PRESSURE_PERCENT / 100):
        yield _entry(one, _pressure(dice, patient_id, one.starts_at, visit_id), f"{LOINC}|85354-9")
    spoken = 1 if one.practitioner.person.language == "es" else 0
    sections = {
        "said": one.reason,
        "found": case.found[spoken],
        "assessment": case.display,
        "plan": case.plan[spoken],
        "for_patient": case.for_patient[1 if one.patient.language == "es" else 0],
    }
    note = shapes.note(
        patient_id=patient_id, visit_id=visit_id, title=TEMPLATES["general"].name, template="general",
        sections=sections, titles=SECTIONS, author=doctor, now=one.ends_at,
    )  # fmt: skip
    yield _entry(one, {**note, "id": str(note_id)}, f"{LOINC}|{shapes.NOTE_TYPE}")


def _entry(one: Booked, resource: dict[str, object], code: str) -> Entry:
    return Entry(
        resource=resource, patient_id=one.patient.pk, code=code, at=one.ends_at, stored_at=one.ends_at,
        author_id=one.practitioner.pk,
    )  # fmt: skip


def _problem(
    case: Case, patient_id: UUID, doctor: tuple[UUID, str], at: datetime, visit_id: UUID | None, *, is_over: bool
) -> dict[str, object]:
    return shapes.condition(
        patient_id=patient_id, code=case.code, display=case.display, name=Words(*case.name), certainty="confirmed",
        now=at, recorder=doctor, visit_id=visit_id, onset_on=(at - timedelta(days=5)).date(),
        resolved_on=(at + timedelta(days=14)).date() if is_over else None,
    )  # fmt: skip


def _medicine(
    case: Case, patient_id: UUID, doctor: tuple[UUID, str], at: datetime, visit_id: UUID | None
) -> dict[str, object]:
    return shapes.medicine_statement(
        patient_id=patient_id, medicine=case.medicine, name=Words(*case.medicine_name), taken=Words(*case.taken),
        status="active", now=at, source=doctor, started_on=at.date(), visit_id=visit_id,
    )  # fmt: skip


def _pressure(
    dice: Dice, patient_id: UUID, at: datetime, visit_id: UUID | None, around: tuple[int, int] = (128, 80)
) -> dict[str, object]:
    upper = around[0] + dice.random.randrange(-12, 15)
    lower = around[1] + dice.random.randrange(-8, 9)
    return shapes.vital(
        patient_id=patient_id, measure=VITALS["blood_pressure"], value=Decimal(upper), second=Decimal(lower), at=at,
        performer=(patient_id, ""), visit_id=visit_id, is_self_measured=True,
    )  # fmt: skip


def _seal(notes: dict[UUID, Past]) -> None:
    """Sign each note as its doctor did: the hash of the stored bytes, and who and when beside it."""
    bodies = find_bodies(type="Composition", ids=notes)
    signatures, proofs = [], []
    for note_id, (one, visit_id) in notes.items():
        digest = sha256_of(bodies[note_id])
        signatures.append(
            NoteSignature(
                note_id=note_id, patient_id=one.patient.pk, visit_id=visit_id, signed_by_id=one.practitioner.pk,
                signed_at=one.ends_at, sha256=digest,
            )
        )  # fmt: skip
        who = (one.practitioner.pk, one.practitioner.display_name)
        proof = shapes.signature(
            patient_id=one.patient.pk, note_id=note_id, sha256=digest, author=who, now=one.ends_at
        )  # fmt: skip
        proofs.append(_entry(one, proof, ""))
    NoteSignature.objects.bulk_create(signatures, batch_size=2000)
    store_resources(actor=LOADER, now=max((one.ends_at for one, _ in notes.values()), default=date.min), entries=proofs)


def make_persona_charts(dice: Dice, people: People, now: datetime) -> None:
    """Give Ada her allergy, her blood pressure and her father as proxy."""
    ada, ben, chen = (people.personas[key] for key in ("ada", "ben", "chen"))
    doctor = (chen.pk, f"Dr {chen.full_name}")
    then = now - timedelta(days=700)
    entries = [
        Entry(
            shapes.allergy(
                patient_id=ada.pk, substance="penicillins", name=Words("Penicillin", "Penicilina"), is_medicine=True,
                reaction=Words("Hives over the whole body", "Ronchas en todo el cuerpo"), severity="severe", now=then,
                recorder=doctor, onset_on=date(2019, 5, 14), note="Two hours after amoxicillin.",
            ),
            ada.pk, f"{MEDICINES}|penicillins", at=then, stored_at=then, author_id=chen.pk,
        ),
    ]  # fmt: skip
    for day in range(21, 0, -1):
        at = now - timedelta(days=day, minutes=dice.random.randrange(60))
        pressure = _pressure(dice, ada.pk, at, None, around=(132 + day // 3, 84))
        entries.append(Entry(pressure, ada.pk, f"{LOINC}|85354-9", at=at, stored_at=at, author_id=ada.pk))
    store_resources(actor=LOADER, now=now, entries=entries)
    _begin_proxy(dice, ada, ben, then)


def _begin_proxy(dice: Dice, patient: Person, proxy: Person, since: datetime) -> None:
    CareRelationship.objects.create(
        id=dice.id(since), patient=patient, person=proxy, reason="proxy", starts_at=since, created_by=patient.pk,
        note="Her father. She asked for it.",
    )  # fmt: skip
