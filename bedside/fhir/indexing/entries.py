"""The shape of what a document is found by. One `Entries` becomes one row of resource and a few beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DateEntry:
    """A date parameter's value as the half-open range of instants it can mean. None is open on that side."""

    param: int
    from_at: datetime | None
    to_at: datetime | None


@dataclass(frozen=True, slots=True)
class StringEntry:
    """A string parameter's value. Shape: `norm` is case-folded with accents taken off, `raw` as it stands."""

    param: int
    norm: str
    raw: str


@dataclass(frozen=True, slots=True)
class NumberEntry:
    """A number's or quantity's value, or one instance of a composite parameter.

    Shape: a plain number is both `low` and `high`; a Range has both its ends, infinite where it is open. `code` is
    the key of the unit, None where there is none; `with_key` is the key of the composite's other part. See `words`.
    Why: how exactly a number was meant is said by whoever searches, not by what is stored: `gt100` never finds 100.
    Source: FHIR R4 4.0.1, 3.1.1.4.3 (number).
    """

    param: int
    low: float
    high: float
    code: int | None = None
    with_key: int | None = None


@dataclass(slots=True)
class Entries:
    """Everything one document is found by.

    Shape: `tokens` holds token, uri, reference, presence and token-with-token composite keys; `at_from`/`at_to` is the
    range of the type's chief date (see `terms`), which is what a chart is sorted by; `patient_ids` are the patients
    whose compartment it stands in.
    """

    patient_ids: list[UUID] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    at_from: datetime | None = None
    at_to: datetime | None = None
    dates: list[DateEntry] = field(default_factory=list)
    strings: list[StringEntry] = field(default_factory=list)
    numbers: list[NumberEntry] = field(default_factory=list)
