"""The invariants that stand on nearly every document, in Python. Each answers whether it holds.

A value has passed the check of its type before, so members are of their types. A primitive may stand as `_name` alone.
Source: FHIR R4 4.0.1, the invariants of the keys given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from .wrong import Around

Value = dict[str, Any]
Holds = Callable[[Any, Around], bool]

UCUM = "http://unitsofmeasure.org"


def has(value: Value, *names: str) -> bool:
    """Say whether any of some elements is there, by its value or by what stands beside it."""
    return any(name in value or f"_{name}" in value for name in names)


def has_choice(value: Value, choice: str) -> bool:
    """Say whether a choice is there with any of its types."""
    return any(key.removeprefix("_").startswith(choice) for key in value)


def has_code(concept: Value | None, system: str, *codes: str) -> bool:
    """Say whether a CodeableConcept has one of some codes of a system."""
    return any(
        coding.get("system") == system and coding.get("code") in codes
        for coding in (concept or {}).get("coding", [])
        if coding is not None
    )


def _any_of(*names: str) -> Holds:
    return lambda value, around: has(value, *names)


def _not_both(first: str, second: str) -> Holds:
    return lambda value, around: not (has(value, first) and has(value, second))


def _needs(name: str, *others: str) -> Holds:
    """Make the rule that where one element is, another must be."""
    return lambda value, around: not has(value, name) or has(value, *others)


# --- Types -------------------------------------------------------------------------------------------------------
def _whole_seconds(text: str) -> datetime | None:
    """Return an instant, or None where a text says less than seconds and zone."""
    if len(text) < 20:
        return None
    leap = timedelta(seconds=1) if text[17:19] == "60" else timedelta(0)
    head = text[:17] + "59" + text[19:] if leap else text
    try:
        return datetime.fromisoformat(head) + leap
    except (ValueError, OverflowError):
        return None


def is_before_or_same(start: Any, end: Any) -> bool:
    """Say whether a date or time is not after another; what cannot be told is let pass."""
    if not isinstance(start, str) or not isinstance(end, str):
        return True
    first, last = _whole_seconds(start), _whole_seconds(end)
    if first is not None and last is not None:
        return first <= last
    if (first is None) is not (last is None):
        return start[:4] <= end[:4] if not _is_close_year(start, end) else True
    most = min(len(start), len(end))
    return start[:most] <= end[:most]


def _is_close_year(start: str, end: str) -> bool:
    """Say whether a zone may decide between two years."""
    return abs(int(start[:4]) - int(end[:4])) <= 1


def per_1(value: Value, around: Around) -> bool:
    """Start is not after end."""
    return is_before_or_same(value.get("start"), value.get("end"))


def rng_2(value: Value, around: Around) -> bool:
    """Low is not above high, where both are in one unit."""
    low, high = value.get("low"), value.get("high")
    if low is None or high is None or low.get("code", low.get("unit")) != high.get("code", high.get("unit")):
        return True
    first, last = low.get("value"), high.get("value")
    return first is None or last is None or bool(first <= last)


def rat_1(value: Value, around: Around) -> bool:
    """Numerator and denominator together, or neither and an extension."""
    is_whole = has(value, "numerator")
    return is_whole is has(value, "denominator") and (is_whole or "extension" in value)


def age_1(value: Value, around: Around) -> bool:
    """A code where there is a value, in UCUM, above zero."""
    number = value.get("value")
    is_ucum = not has(value, "system") or value.get("system") == UCUM
    return (has(value, "code") or not has(value, "value")) and is_ucum and (number is None or number > 0)


def drt_1(value: Value, around: Around) -> bool:
    """A code only with a value, in UCUM. (That there is a system is what qty-3 asks.)"""
    return not has(value, "code") or (has(value, "value") and value.get("system", UCUM) == UCUM)


def dis_1(value: Value, around: Around) -> bool:
    """A code where there is a value, in UCUM."""
    return (has(value, "code") or not has(value, "value")) and (not has(value, "system") or value.get("system") == UCUM)


def tim_9(value: Value, around: Around) -> bool:
    """An offset only with a when that is not a meal."""
    whens = value.get("when", [])
    return not has(value, "offset") or (bool(whens) and not {"C", "CM", "CD", "CV"} & {when for when in whens if when})


def _not_below_zero(name: str) -> Holds:
    def holds(value: Value, around: Around) -> bool:
        number: int | Decimal | None = value.get(name)
        return number is None or number >= 0

    return holds


# --- Resources ---------------------------------------------------------------------------------------------------
_ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def obs_6(value: Value, around: Around) -> bool:
    """A reason for the missing value only where it is missing."""
    return not has(value, "dataAbsentReason") or not has_choice(value, "value")


def _codings(concept: Value) -> Iterator[tuple[Any, ...]]:
    for coding in concept.get("coding", []):
        if coding is not None:
            yield tuple(coding.get(name) for name in ("system", "version", "code", "display", "userSelected"))


def obs_7(value: Value, around: Around) -> bool:
    """No component with the code of the whole, where the whole has a value."""
    parts = value.get("component")
    if parts is None or not has_choice(value, "value"):
        return True
    own = set(_codings(value["code"])) if "code" in value else set()
    return all(own.isdisjoint(_codings(part.get("code", {}))) for part in parts)


def ait_1(value: Value, around: Around) -> bool:
    """A clinical status, unless entered in error."""
    return has(value, "clinicalStatus") or has_code(value.get("verificationStatus"), _ALLERGY, "entered-in-error")


def ait_2(value: Value, around: Around) -> bool:
    """No clinical status where entered in error."""
    return not has(value, "clinicalStatus") or not has_code(
        value.get("verificationStatus"), _ALLERGY, "entered-in-error"
    )


def con_4(value: Value, around: Around) -> bool:
    """Abated only where resolved, in remission or inactive."""
    status = value.get("clinicalStatus")
    return not has_choice(value, "abatement") or has_code(status, _CLINICAL, "resolved", "remission", "inactive")


def con_5(value: Value, around: Around) -> bool:
    """No clinical status where entered in error."""
    return not has(value, "clinicalStatus") or not has_code(
        value.get("verificationStatus"), _VERIFICATION, "entered-in-error"
    )


def app_3(value: Value, around: Around) -> bool:
    """Start and end, unless proposed, cancelled or waiting."""
    return (has(value, "start") and has(value, "end")) or value.get("status") in ("proposed", "cancelled", "waitlist")


def app_4(value: Value, around: Around) -> bool:
    """A reason of cancelling only where cancelled or not come."""
    return not has(value, "cancelationReason") or value.get("status") in ("noshow", "cancelled")


def gol_1(value: Value, around: Around) -> bool:
    """A detail only with what is measured."""
    return not has_choice(value, "detail") or has(value, "measure")


def cmd_1(value: Value, around: Around) -> bool:
    """A comment where the target is narrower or inexact."""
    return has(value, "comment") or value.get("equivalence") not in ("narrower", "inexact")


#: By key, or by place and key where a key is used twice.
RULES: dict[str, Holds] = {
    "per-1": per_1,
    "rng-2": rng_2,
    "rat-1": rat_1,
    "age-1": age_1,
    "drt-1": drt_1,
    "dis-1": dis_1,
    "qty-3": _needs("code", "system"),
    "sqty-1": lambda value, around: not has(value, "comparator"),
    "cpt-2": _needs("value", "system"),
    "att-1": _needs("data", "contentType"),
    "exp-1": _any_of("expression", "reference"),
    "tim-1": _needs("duration", "durationUnit"),
    "tim-2": _needs("period", "periodUnit"),
    "tim-4": _not_below_zero("duration"),
    "tim-5": _not_below_zero("period"),
    "tim-6": _needs("periodMax", "period"),
    "tim-7": _needs("durationMax", "duration"),
    "tim-8": _needs("countMax", "count"),
    "tim-9": tim_9,
    "tim-10": _not_both("timeOfDay", "when"),
    "obs-3": _any_of("low", "high", "text"),
    "obs-6": obs_6,
    "obs-7": obs_7,
    "ait-1": ait_1,
    "ait-2": ait_2,
    "con-1": _any_of("summary", "assessment"),
    "con-2": _any_of("code", "detail"),
    "con-4": con_4,
    "con-5": con_5,
    "app-1": _any_of("type", "actor"),
    "app-2": lambda value, around: has(value, "start") is has(value, "end"),
    "app-3": app_3,
    "app-4": app_4,
    "apr-1": _any_of("participantType", "actor"),
    "sev-1": _not_both("name", "query"),
    "cpl-3": _not_both("detail", "reference"),
    "cmp-1": _any_of("text", "entry", "section"),
    "cmp-2": _not_both("emptyReason", "entry"),
    "cmd-1": cmd_1,
    "gol-1": gol_1,
    "imm-1": _any_of("documentType", "reference"),
    "imr-1": _any_of("vaccineCode", "targetDisease"),
    "lst-1": _not_both("emptyReason", "entry"),
    "mad-1": lambda value, around: has(value, "dose") or has_choice(value, "rate"),
    "org-1": _any_of("identifier", "name"),
    "org-2": lambda value, around: value.get("use") != "home",
    "org-3": lambda value, around: value.get("use") != "home",
    "pat-1": _any_of("name", "telecom", "address", "organization"),
    "ppc-1": _any_of("policy", "policyRule"),
    "prr-1": _needs("orderDetail", "code"),
    "qrs-1": _not_both("answer", "item"),
}
