"""Reference ranges: which of several is for this patient, and how a value stands to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from bedside.fhir.terminology.ucum import convert
from bedside.fhir.terms import UCUM
from bedside.kernel.time import age_on
from bedside.record.terms.results import SEX_CODES, USUAL_RANGES

from .facts import Amount, Range

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Whom:
    """What a range may ask of a patient."""

    birth_on: date | None = None
    sex: str = ""

    def years_on(self, day: date) -> Decimal | None:
        """Return how old they were on a day, in years with a fraction, None where the birthday is not known."""
        if self.birth_on is None or day < self.birth_on:
            return None
        whole = age_on(self.birth_on, day)
        return Decimal(whole) if whole >= 2 else Decimal((day - self.birth_on).days) / Decimal("365.25")


def amount_of(quantity: Any) -> Amount | None:
    """Read a Quantity; None where it has no number."""
    if not isinstance(quantity, dict) or "value" not in quantity:
        return None
    try:
        value = Decimal(str(quantity["value"]))
    except InvalidOperation:
        return None
    if not value.is_finite():
        return None
    code = str(quantity.get("code") or "") if quantity.get("system", UCUM) == UCUM else ""
    return Amount(value, str(quantity.get("unit") or code), code, str(quantity.get("comparator") or ""))


def same_unit(one: str, other: str) -> bool:
    """Say whether two units are one, however they are written: `10*3/uL` is `10*9/L`."""
    return one == other or convert(Decimal(1), one, other) == 1


def fitting(ranges: Sequence[Document], whom: Whom, day: date) -> tuple[Range | None, str]:
    """Return the range that is for this patient, and "" or "ranges" when several could be.

    Why: a range for women, for children or for a phase of the cycle must never be drawn for somebody else. What cannot
    be told apart is shown in the laboratory's words and compared with nothing.
    """
    usual = [one for one in ranges if _meaning(one) in USUAL_RANGES and _has_something(one)]
    fits = [(rank, one) for one in usual if (rank := _fit(one, whom, day)) is not None]
    best = max((rank for rank, _ in fits), default=0)
    chosen = [one for rank, one in fits if rank == best]
    if len(chosen) == 1:
        return _range(chosen[0]), ""
    said = "; ".join(text for one in (chosen or usual or ranges) if (text := _told(one)))
    return (Range(text=said), "ranges") if said else (None, "")


def _has_something(one: Document) -> bool:
    return any(one.get(name) for name in ("low", "high", "text"))


def _meaning(one: Document) -> str:
    codings = (one.get("type") or {}).get("coding") or [{}]
    return str(codings[0].get("code") or "")


def _fit(one: Document, whom: Whom, day: date) -> int | None:
    """Return how closely a range fits: the more it asks that is met the closer. None when it is for somebody else."""
    rank = 0
    if age := one.get("age"):
        years = whom.years_on(day)
        if years is None or not _within(years, age):
            return None
        rank += 1
    for concept in one.get("appliesTo", ()):
        codes = {str(coding.get("code")) for coding in concept.get("coding", ())} | {str(concept.get("text", ""))}
        sexes = {SEX_CODES[code] for code in codes if code in SEX_CODES}
        if not sexes or whom.sex not in sexes:
            return None
        rank += 1
    return rank


def _within(years: Decimal, age: Document) -> bool:
    bounds = [(amount_of(age.get(name)), name) for name in ("low", "high")]
    for bound, name in bounds:
        if bound is None:
            continue
        at = convert(bound.value, bound.measured_in or "a", "a") if bound.measured_in != "a" else bound.value
        if at is None or (name == "low" and years < at) or (name == "high" and years > at):
            return False
    return True


def _range(one: Document) -> Range:
    return Range(amount_of(one.get("low")), amount_of(one.get("high")), str(one.get("text") or ""))


def _told(one: Document) -> str:
    shown = _range(one).shown
    whom = ", ".join(
        str(concept.get("text") or next((c.get("display") or c.get("code") for c in concept.get("coding", ())), ""))
        for concept in one.get("appliesTo", ())
    )
    return f"{whom}: {shown}" if whom and shown else shown


def standing(amount: Amount, usual: Range) -> tuple[str, str]:
    """Return how a value stands to a range (high, low, normal or ""), and "units" when they cannot be compared.

    Why: a value is only compared with a range in its own unit. A range without a unit is in the value's.
    """
    bounds = [bound for bound in (usual.low, usual.high) if bound is not None]
    if not bounds:
        return "", ""
    if any(b.measured_in and not same_unit(b.measured_in, amount.measured_in) for b in bounds):
        return "", "units"
    is_above = amount.comparator in (">", ">=")
    is_below = amount.comparator in ("<", "<=")
    if usual.high is not None and not is_below:
        over = amount.value > usual.high.value
        if over or (is_above and amount.comparator == ">" and amount.value == usual.high.value):
            return "high", ""
    if usual.low is not None and not is_above:
        under = amount.value < usual.low.value
        if under or (amount.comparator == "<" and amount.value == usual.low.value):
            return "low", ""
    return ("", "") if _may_lie_outside(amount, usual) else ("normal", "")


def _may_lie_outside(amount: Amount, usual: Range) -> bool:
    """Say whether a value of which only a bound is known could still be outside: `<5` where usual is 3 to 10."""
    if amount.comparator in ("<", "<="):
        return usual.low is not None
    return amount.comparator in (">", ">=") and usual.high is not None
