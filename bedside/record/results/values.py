"""What an Observation says it found, of whichever type, in one shape. Pure. Source: FHIR R4 4.0.1, Observation."""

from __future__ import annotations

from dataclasses import dataclass

from bedside.record.pieces import Document, named
from bedside.record.words import Words, read

from .facts import Amount
from .ranges import amount_of

#: Why there is no value, by its code. Source: FHIR R4 4.0.1, code system data-absent-reason.
_ABSENT = {
    "not-performed": Words("Not done", "No realizado"),
    "error": Words("The test did not work", "La prueba no funcionó"),
    "as-text": Words("See the comment", "Vea el comentario"),
}

_NOTHING = Words("", "")


@dataclass(frozen=True, slots=True)
class Value:
    """A value. `kind` is number, text, coded, range, ratio, time or none; `amount` only where it is one number."""

    kind: str
    shown: Words = _NOTHING
    amount: Amount | None = None


def value_of(part: Document) -> Value:
    """Read the value of an Observation or of one of its components."""
    if "valueQuantity" in part:
        amount = amount_of(part["valueQuantity"])
        return Value("number", _same(amount.number), amount) if amount else Value("none")
    if "valueInteger" in part:
        amount = amount_of({"value": part["valueInteger"]})
        return Value("number", _same(str(part["valueInteger"])), amount)
    if "valueCodeableConcept" in part:
        return Value("coded", named(part["valueCodeableConcept"]))
    if "valueString" in part:
        return Value("text", read(part, "valueString"))
    if "valueBoolean" in part:
        return Value("text", Words("Yes", "Sí") if part["valueBoolean"] else Words("No", "No"))
    return _rarer(part)


def _rarer(part: Document) -> Value:
    if "valueRange" in part:
        low, high = (amount_of(part["valueRange"].get(name)) for name in ("low", "high"))
        unit = next((one.unit for one in (low, high) if one and one.unit), "")
        if low and high:
            return Value("range", _same(f"{low.number}–{high.number} {unit}"))
        only = low or high
        sign = "≥" if low else "≤"
        return Value("range", _same(f"{sign} {only.number} {unit}")) if only else Value("none")
    if "valueRatio" in part:
        over, under = (amount_of(part["valueRatio"].get(name)) for name in ("numerator", "denominator"))
        if over and under:
            sides = [f"{one.number} {one.unit}".strip() for one in (over, under)]
            return Value("ratio", _same((":" if over.unit == under.unit == "" else " / ").join(sides)))
        return Value("none")
    for name in ("valueDateTime", "valueTime"):
        if name in part:
            return Value("time", _same(str(part[name])))
    if "valuePeriod" in part:
        period = part["valuePeriod"]
        return Value("time", _same(f"{period.get('start', '')}–{period.get('end', '')}"))
    codings = (part.get("dataAbsentReason") or {}).get("coding") or [{}]
    reason = str(codings[0].get("code", ""))
    return Value("none", _ABSENT.get(reason, _NOTHING))


def _same(text: str) -> Words:
    text = text.strip()
    return Words(text, text)
