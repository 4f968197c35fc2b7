"""What a result is on our screens. `reading` makes these from FHIR documents. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from bedside.record.words import Words

#: How a value stands: what screens mark, worst first. The order is the order of `SEVERITY`.
CRITICAL = frozenset({"critical", "critical_high", "critical_low"})
ABNORMAL = frozenset({"high", "low", "abnormal"})
#: Statuses of what still may change, and of what was taken back.
UNFINISHED = frozenset({"registered", "partial", "preliminary", "unknown"})
WITHDRAWN = frozenset({"cancelled", "entered-in-error"})
#: More significant digits than these are reckoned, not measured; then this many are shown. Source: ours; a laboratory
#: reports three or four.
DIGITS_MEASURED, DIGITS_SHOWN, DIGITS_MOST = 7, 4, 20
CORRECTED = frozenset({"amended", "corrected", "appended"})


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def readable_unit(ucum: str) -> str:
    """Return a code of UCUM as people write it: `10*3/uL` is 10³/µL, `{INR}` nothing, `[IU]` IU."""
    raised = re.sub(r"10[*^](\d+)", lambda found: "10" + found[1].translate(_RAISED), ucum)
    bare = re.sub(r"\{[^}]*\}", "", raised).replace("mm[Hg]", "mmHg").replace("[iU]", "IU").replace("[IU]", "IU")
    return re.sub(r"(?<![A-Za-z])u(?=[A-Za-z])", "µ", bare).replace("Cel", "°C").rstrip("/ ")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit. Shape: `unit` is as the laboratory writes it, `ucum` its code where it sent one;
    `comparator` is <, <=, > or >= where only a bound is known."""

    value: Decimal
    unit: str = ""
    ucum: str = ""
    comparator: str = ""

    @property
    def measured_in(self) -> str:
        """The unit to reckon with: the code, or what was written."""
        return self.ucum or self.unit

    @property
    def number(self) -> str:
        """The number as it was sent, with its sign of comparison; digits no instrument can tell are left out.

        Why: a value somebody reckoned (92.08894661770401) hides its meaning among them. What is stored keeps them all.
        """
        return f"{self.comparator}{_readable(self.value):f}"


def _readable(value: Decimal) -> Decimal:
    if len(value.as_tuple().digits) <= DIGITS_MEASURED:
        return value
    places = max(0, DIGITS_SHOWN - 1 - value.adjusted())
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) if value.adjusted() < DIGITS_MOST else value


@dataclass(frozen=True, slots=True)
class Range:
    """The laboratory's own reference range, the one that fits the patient's age and sex. `text` is as it wrote it."""

    low: Amount | None = None
    high: Amount | None = None
    text: str = ""

    @property
    def is_drawn(self) -> bool:
        """Say whether it has a number to draw."""
        return self.low is not None or self.high is not None

    @property
    def shown(self) -> str:
        """The range in as few letters as it takes."""
        if self.low is not None and self.high is not None:
            return f"{self.low.number}–{self.high.number}"
        if self.high is not None:
            return f"≤ {self.high.number}" if not self.text else self.text
        if self.low is not None:
            return f"≥ {self.low.number}" if not self.text else self.text
        return self.text


@dataclass(frozen=True, slots=True)
class Result:
    """One observed thing: its value, the laboratory's range for this patient, and how it stands to it.

    Shape: `flag` is "" (nothing known), "normal", or of CRITICAL or ABNORMAL; `flagged_by` says who found so: the
    laboratory, or we by its range. `kind` is number, text, coded, range, ratio, time or none. `key` groups a trend.
    `trouble` is "" or "units" (range and value in different units, never compared), "ranges" (several fit),
    "disagree" (the laboratory calls normal what lies outside its own range).
    """

    id: str
    version: int
    code: str
    key: str
    name: Words
    lab_name: str
    kind: str
    shown: Words
    amount: Amount | None
    range: Range | None
    flag: str
    flagged_by: str
    trouble: str
    status: str
    comment: str
    at: datetime
    performer: str = ""
    category: str = "laboratory"

    @property
    def unit(self) -> str:
        """The unit as the laboratory writes it; where that is only the code, as people write it: 10³/µL."""
        if self.amount is None or self.amount.unit != self.amount.ucum:
            return self.amount.unit if self.amount else ""
        return readable_unit(self.amount.ucum)

    @property
    def is_critical(self) -> bool:
        """Say whether the laboratory calls it dangerous."""
        return self.flag in CRITICAL

    @property
    def is_abnormal(self) -> bool:
        """Say whether it is outside what is usual, dangerous or not."""
        return self.flag in CRITICAL or self.flag in ABNORMAL or self.trouble == "disagree"

    @property
    def is_withdrawn(self) -> bool:
        """Say whether the laboratory took it back."""
        return self.status in WITHDRAWN


@dataclass(frozen=True)
class Report:
    """What was reported together: a panel, or one result that came alone (`kind` is then Observation).

    Why `read`: a chart holds thousands of results and a page shows a few; a report's are read when they are asked for.
    """

    id: str
    kind: str
    version: int
    name: Words
    code: str
    category: str
    status: str
    at: datetime
    issued_at: datetime | None
    stored_at: datetime
    laboratory: str
    orderers: tuple[str, ...]
    ordered_by: str
    read: Callable[[], tuple[Result, ...]] = field(repr=False, compare=False)
    conclusion: str = ""
    comment: str = ""
    missing: int = 0
    forms: int = 0

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """The results in it, in the laboratory's order."""
        return self.read()

    @property
    def worst(self) -> str:
        """How the report stands as a whole: critical, abnormal or other."""
        live = [result for result in self.results if not result.is_withdrawn]
        if any(result.is_critical for result in live):
            return "critical"
        return "abnormal" if any(result.is_abnormal for result in live) else "other"

    @property
    def is_unfinished(self) -> bool:
        """Say whether more is to come."""
        return self.status in UNFINISHED

    @property
    def is_corrected(self) -> bool:
        """Say whether it was changed after it was final."""
        return self.status in CORRECTED

    @property
    def is_withdrawn(self) -> bool:
        """Say whether the laboratory took it back."""
        return self.status in WITHDRAWN

    @property
    def codes(self) -> frozenset[str]:
        """The LOINC codes in it, its own included."""
        return frozenset({self.code, *(result.code for result in self.results)} - {""})
