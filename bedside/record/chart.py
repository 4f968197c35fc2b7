"""The chart as screens want it: typed facts, read back from FHIR documents. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bedside.fhir.terms import ICD_10_CM, MEDICINES

from .shapes import narrative_text
from .terms.vitals import BY_LOINC, Measure
from .words import Words, read

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """A diagnosis on the problem list."""

    id: UUID
    version: int
    code: str
    display: str
    name: Words
    certainty: str
    is_active: bool
    recorded_at: datetime
    onset_on: str
    resolved_on: str
    recorder: str
    visit_id: UUID | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Allergy:
    """Something the patient must not get, what it did, and how bad it was."""

    id: UUID
    version: int
    substance: str
    name: Words
    reaction: Words
    severity: str
    onset_on: str
    recorded_at: datetime
    recorder: str
    visit_id: UUID | None


@dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine taken, stopped or prescribed. `product` is our code; `is_prescription` when written here."""

    id: UUID
    version: int
    product: str
    name: Words
    sig: Words
    status: str
    is_prescription: bool
    changed_at: datetime
    started_on: str
    ended_on: str
    reason: Words
    prescriber: str
    visit_id: UUID | None

    @property
    def is_active(self) -> bool:
        """Say whether the patient is meant to be taking it."""
        return self.status == "active"


@dataclass(frozen=True, slots=True)
class Vital:
    """A measured value. `is_high`/`is_low` against what is usual for an adult at rest."""

    id: UUID
    measure: Measure
    value: Decimal
    second: Decimal | None
    at: datetime
    visit_id: UUID | None
    performer: str = ""

    @property
    def shown(self) -> str:
        """The number as people say it: 138/86, 37.2, 81.5."""
        first = f"{self.value:.{self.measure.digits}f}"
        return first if self.second is None else f"{first}/{self.second:.{self.measure.digits}f}"

    @property
    def is_high(self) -> bool:
        """Say whether it is above what is usual."""
        m = self.measure
        above = m.usual_high is not None and self.value > m.usual_high
        return above or (
            self.second is not None and m.second_usual_high is not None and self.second > m.second_usual_high
        )

    @property
    def is_low(self) -> bool:
        """Say whether it is below what is usual."""
        return self.measure.usual_low is not None and self.value < self.measure.usual_low


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a note."""

    key: str
    title: Words
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A signed note with the addenda that came after it."""

    id: UUID
    visit_id: UUID | None
    template: str
    title: Words
    sections: tuple[Section, ...]
    signed_at: datetime
    author_id: UUID
    author: str
    appends: UUID | None = None
    addenda: tuple[Note, ...] = ()

    def section(self, key: str) -> str:
        """Return the text of one part, or nothing."""
        return next((part.text for part in self.sections if part.key == key), "")


@dataclass(frozen=True, slots=True)
class CareTask:
    """One dated thing for the patient to do."""

    id: UUID
    version: int
    code: str
    name: Words
    due_on: date
    status: str
    authored_at: datetime
    changed_at: datetime
    requester: str
    plan_id: UUID | None
    visit_id: UUID | None

    @property
    def is_done(self) -> bool:
        """Say whether the patient has ticked it off."""
        return self.status == "completed"

    @property
    def is_check_back(self) -> bool:
        """Say whether this is the day we ask how it went."""
        return self.code.endswith(".check-back")


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """Who the chart is of, as its banner says it."""

    id: UUID
    name: str
    given_name: str
    birth_on: date | None
    age: int | None
    sex: str
    language: str
    phone: str
    portrait_seed: int | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """All that is known of a patient, newest first in every list."""

    patient: PatientFacts
    reason: str
    problems: tuple[Problem, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    medicines: tuple[Medicine, ...] = ()
    vitals: tuple[Vital, ...] = ()
    notes: tuple[Note, ...] = ()
    tasks: tuple[CareTask, ...] = ()

    @property
    def active_problems(self) -> tuple[Problem, ...]:
        """Problems not resolved."""
        return tuple(problem for problem in self.problems if problem.is_active)

    @property
    def active_medicines(self) -> tuple[Medicine, ...]:
        """Medicines the patient is meant to be taking."""
        return tuple(medicine for medicine in self.medicines if medicine.is_active)

    def latest(self, kind: str) -> Vital | None:
        """Return the newest value of one measure."""
        return next((vital for vital in self.vitals if vital.measure.key == kind), None)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is different since the last visit: a medicine started or stopped, or a value."""

    kind: str
    at: datetime
    medicine: Medicine | None = None
    vital: Vital | None = None
    before: Vital | None = None


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """What one visit left in the chart, and what changed between the visit before and this one."""

    visit_id: UUID
    chart: Chart
    note: Note | None
    diagnoses: tuple[Problem, ...]
    prescriptions: tuple[Medicine, ...]
    stopped: tuple[Medicine, ...]
    vitals: tuple[Vital, ...]
    tasks: tuple[CareTask, ...]
    last_visit_at: datetime | None
    changes: tuple[Change, ...] = field(default=())

    @property
    def words_for_patient(self) -> str:
        """The lines of the note written to the patient."""
        return self.note.section("for_patient") if self.note else ""


def _id(resource: Document) -> UUID:
    return UUID(resource["id"])


def _version(resource: Document) -> int:
    return int(resource["meta"]["versionId"])


def _ref(holder: Document | None) -> UUID | None:
    return UUID(holder["reference"].split("/")[1]) if holder and holder.get("reference") else None


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _code(concept: Document, system: str = "") -> Document:
    return next((c for c in concept.get("coding", ()) if not system or c.get("system") == system), {})


def problem_of(resource: Document) -> Problem:
    """Read a Condition."""
    coding = _code(resource["code"], ICD_10_CM)
    return Problem(
        id=_id(resource),
        version=_version(resource),
        code=coding.get("code", ""),
        display=coding.get("display", ""),
        name=read(resource["code"], "text"),
        certainty=_code(resource["verificationStatus"]).get("code", ""),
        is_active=_code(resource["clinicalStatus"]).get("code") == "active",
        recorded_at=_instant(resource["recordedDate"]),
        onset_on=resource.get("onsetDateTime", ""),
        resolved_on=resource.get("abatementDateTime", ""),
        recorder=resource.get("recorder", {}).get("display", ""),
        visit_id=_ref(resource.get("encounter")),
        note=(resource.get("note") or [{}])[0].get("text", ""),
    )


def allergy_of(resource: Document) -> Allergy:
    """Read an AllergyIntolerance."""
    shown = (resource.get("reaction") or [{}])[0]
    return Allergy(
        id=_id(resource),
        version=_version(resource),
        substance=_code(resource["code"], MEDICINES).get("code", ""),
        name=read(resource["code"], "text"),
        reaction=read((shown.get("manifestation") or [{}])[0], "text"),
        severity=shown.get("severity", ""),
        onset_on=resource.get("onsetDateTime", ""),
        recorded_at=_instant(resource["recordedDate"]),
        recorder=resource.get("recorder", {}).get("display", ""),
        visit_id=_ref(resource.get("encounter")),
    )


def medicine_of(resource: Document) -> Medicine:
    """Read a MedicationRequest or a MedicationStatement."""
    is_prescription = resource["resourceType"] == "MedicationRequest"
    concept = resource["medicationCodeableConcept"]
    dosage = (resource.get("dosageInstruction" if is_prescription else "dosage") or [{}])[0]
    period = resource.get("effectivePeriod") or resource.get("dispenseRequest", {}).get("validityPeriod", {})
    reasons = resource.get("statusReason") or {}
    reason = reasons if isinstance(reasons, Mapping) else reasons[0]
    return Medicine(
        id=_id(resource),
        version=_version(resource),
        product=_code(concept, MEDICINES).get("code", ""),
        name=read(concept, "text"),
        sig=read(dosage, "text"),
        status=resource["status"],
        is_prescription=is_prescription,
        changed_at=_instant(resource["meta"]["lastUpdated"]),
        started_on=period.get("start", resource.get("authoredOn", ""))[:10],
        ended_on=period.get("end", "")[:10],
        reason=read(reason, "text"),
        prescriber=(resource.get("requester") or resource.get("informationSource") or {}).get("display", ""),
        visit_id=_ref(resource.get("encounter") or resource.get("context")),
    )


def vital_of(resource: Document) -> Vital | None:
    """Read an Observation of something we measure; None for any other."""
    measure = BY_LOINC.get(_code(resource["code"]).get("code", ""))
    if measure is None:
        return None
    parts = resource.get("component")
    numbers = [Decimal(str(p["valueQuantity"]["value"])) for p in parts or [resource]]
    return Vital(
        id=_id(resource),
        measure=measure,
        value=numbers[0],
        second=numbers[1] if len(numbers) > 1 else None,
        at=_instant(resource["effectiveDateTime"]),
        visit_id=_ref(resource.get("encounter")),
        performer=(resource.get("performer") or [{}])[0].get("display", ""),
    )


def note_of(resource: Document) -> Note:
    """Read a Composition."""
    author = resource["author"][0]
    appends = (resource.get("relatesTo") or [{}])[0].get("targetReference")
    return Note(
        id=_id(resource),
        visit_id=_ref(resource.get("encounter")),
        template=_code((resource.get("category") or [{}])[0]).get("code", ""),
        title=read(resource, "title"),
        sections=tuple(
            Section(_code(part["code"]).get("code", ""), read(part, "title"), narrative_text(part["text"]))
            for part in resource.get("section", ())
        ),
        signed_at=_instant(resource["date"]),
        author_id=_ref(author) or UUID(int=0),
        author=author.get("display", ""),
        appends=_ref(appends),
    )


def task_of(resource: Document) -> CareTask:
    """Read a Task."""
    return CareTask(
        id=_id(resource),
        version=_version(resource),
        code=_code(resource["code"]).get("code", ""),
        name=read(resource, "description"),
        due_on=date.fromisoformat(resource["restriction"]["period"]["end"]),
        status=resource["status"],
        authored_at=_instant(resource["authoredOn"]),
        changed_at=_instant(resource["lastModified"]),
        requester=resource.get("requester", {}).get("display", ""),
        plan_id=_ref((resource.get("basedOn") or [None])[0]),
        visit_id=_ref(resource.get("encounter")),
    )
