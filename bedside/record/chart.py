"""The chart as screens want it: typed facts. `reading` makes them from FHIR documents. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from .results.facts import Report
from .results.gentle import Held
from .terms.vitals import Measure
from .words import Words

#: A value older than this alarms nobody: it is to be measured again. Source: ours.
ALARMING_FOR = timedelta(days=365)


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
    """Something the patient must not get, what it did, and how bad it was.

    Shape: `meant` are the substances of ours it stands for, whoever wrote it; `is_understood` says that these are all
    of it. `is_active` is False once it was resolved, refuted or entered in error, or says that there is none.
    """

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
    meant: tuple[str, ...] = ()
    is_understood: bool = True
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine taken, stopped or prescribed. `product` is our code; `is_prescription` when written here.

    Shape: `meant` are the medicines of ours it stands for, whoever wrote it; `is_understood` when these are all of it.
    """

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
    meant: tuple[str, ...] = ()
    is_understood: bool = True

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
    def first_shown(self) -> str:
        """The first number alone."""
        return self.shown.split("/")[0]

    @property
    def second_shown(self) -> str:
        """The second number alone, where there is one."""
        return self.shown.partition("/")[2]

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
    #: Which day it is where they live.
    today: date | None = None


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
    #: Results open to whoever reads, and what is said to the patient of those that wait for them.
    reports: tuple[Report, ...] = ()
    held: tuple[Held, ...] = ()

    @property
    def active_problems(self) -> tuple[Problem, ...]:
        """Problems not resolved."""
        return tuple(problem for problem in self.problems if problem.is_active)

    @property
    def active_medicines(self) -> tuple[Medicine, ...]:
        """Medicines the patient is meant to be taking."""
        return tuple(medicine for medicine in self.medicines if medicine.is_active)

    @property
    def open_tasks(self) -> tuple[CareTask, ...]:
        """What the patient still has to do, soonest first."""
        return tuple(task for task in self.tasks if not task.is_done)

    @property
    def newest(self) -> tuple[Vital, ...]:
        """The newest value of each measure."""
        return tuple({vital.measure.key: vital for vital in reversed(self.vitals)}.values())

    @property
    def alarming(self) -> tuple[Vital, ...]:
        """The newest values that are outside what is usual, of those that still say something of today."""
        since = self.patient.today - ALARMING_FOR if self.patient.today else date.min
        return tuple(vital for vital in self.newest if (vital.is_high or vital.is_low) and vital.at.date() >= since)

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
