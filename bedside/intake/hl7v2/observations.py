"""OBX, with the NTE under it, as Observation.

Source: HL7 v2.5.1, 7.4.2 (OBX); HL7 v2-to-FHIR 1.0, OBX[Observation].
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .reading import Segment, text_of
from .terms import INTERPRETATIONS, OBSERVATION_STATUS, STATUS_WITHOUT_VALUE, TEXT_MOST
from .values import Document, compared, concept, joined, moment, number, person_name, quantity, unit_of

INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

#: Lines of one text come as several OBX of these types. Source: HL7 v2.5.1, 7.4.2.4 (OBX-4).
LINES = frozenset({"TX", "FT", "ST"})

_RANGE = re.compile(
    r"\(?\s*([<>]=?)?\s*(-?\d+(?:\.\d+)?)\s*(?:(?:-|–|to)\s*(-?\d+(?:\.\d+)?))?\s*([^\d\s)][^)]*)?\)?\Z"
)


@dataclass(frozen=True, slots=True)
class Around:
    """What an observation takes from the message and the order it stands in."""

    facility: str
    zone_name: str
    effective: str
    issued: str


def observation_of(lines: list[Segment], notes: list[str], around: Around) -> Document:
    """Return an Observation from an OBX, or from several that are lines of one text. It has no id and no patient."""
    obx = lines[0]
    written = obx.text(11).upper()
    found: Document = {
        "resourceType": "Observation",
        "status": OBSERVATION_STATUS.get(written, "unknown"),
        "category": [{"coding": [{"system": CATEGORY, "code": "laboratory", "display": "Laboratory"}]}],
        "code": code_of(obx, around.facility),
    }
    effective = moment(obx.text(14), around.zone_name) or around.effective
    if effective:
        found["effectiveDateTime"] = effective
    if around.issued:
        found["issued"] = around.issued
    if performer := performers_of(obx, around.facility):
        found["performer"] = performer
    found |= value_of(lines, around)
    if not any(name.startswith("value") for name in found) and written != STATUS_WITHOUT_VALUE:
        reason = "not-performed" if found["status"] == "cancelled" else "unknown"
        found["dataAbsentReason"] = {"coding": [{"system": ABSENT, "code": reason}]}
    if flags := _flags(obx):
        found["interpretation"] = flags
    if notes:
        found["note"] = [{"text": "\n".join(notes)[:TEXT_MOST]}]
    method = obx.repetitions(17)
    if method and (named := concept(method[0], around.facility)):
        found["method"] = named
    ranged = reference_range(obx.text(7), unit_of(obx.repetitions(6)[0] if obx.repetitions(6) else None)[0], obx)
    if ranged:
        found["referenceRange"] = [ranged]
    return found


def code_of(obx: Segment, facility: str) -> Document:
    """Return what was observed; a code is required, so an OBX that names none says so."""
    named = obx.repetitions(3)
    found = concept(named[0], facility) if named else {}
    return found or {"text": "not named"}


def value_of(lines: list[Segment], around: Around) -> Document:
    """Return the value as a member of Observation, {} when there is none."""
    obx = lines[0]
    kind, values = obx.text(2).upper(), obx.repetitions(5)
    units = obx.repetitions(6)[0] if obx.repetitions(6) else None
    if not values and len(lines) == 1:
        return {}
    if kind in LINES and len(lines) + len(values) > 2:
        whole = "\n".join(text_of(one) or joined(one) for line in lines for one in line.repetitions(5))
        return {"valueString": whole[:TEXT_MOST]} if whole.strip() else {}
    value = values[0] if values else []
    text = text_of(value)
    if len(values) == 1:
        found: Document | None = None
        match kind:
            case "NM":
                plain = number(text)
                found = {"valueQuantity": quantity(plain, units)} if plain is not None else None
            case "SN":
                found = _structured(value, units)
            case "ST" | "TX" if units is not None:
                both = compared(text)
                found = {"valueQuantity": quantity(both[1], units, both[0])} if both else None
            case "CE" | "CWE" | "CNE" | "CF" | "IS" | "ID":
                coded = concept(value, around.facility)
                found = {"valueCodeableConcept": coded} if coded else None
            case "DT" | "TS" | "DTM":
                at = moment(text, around.zone_name)
                found = {"valueDateTime": at} if at else None
            case "TM":
                found = _time(text)
        if found:
            return found
    shown = "\n".join(joined(one) for one in values)
    return {"valueString": shown[:TEXT_MOST]} if shown.strip() else {}


def _structured(value: list[list[str]], units: Any) -> Document | None:
    """Return a structured number (SN): >100, 1:128, 2-4, 1+. Source: HL7 v2.5.1, 2.A.71."""
    sign, first, between, second = (text_of(value, at) for at in (1, 2, 3, 4))
    low, high = number(first), number(second)
    if low is None:
        return None
    if not between and not second:
        if sign in ("", "="):
            return {"valueQuantity": quantity(low, units)}
        return {"valueQuantity": quantity(low, units, sign)} if sign in ("<", "<=", ">", ">=") else None
    if high is None or sign not in ("", "="):
        return None
    if between in (":", "/"):
        return {"valueRatio": {"numerator": {"value": low}, "denominator": {"value": high}}}
    return {"valueRange": {"low": quantity(low, units), "high": quantity(high, units)}} if between == "-" else None


def _time(text: str) -> Document | None:
    found = re.match(r"([01]\d|2[0-3])([0-5]\d)([0-5]\d)?\Z", text)
    return {"valueTime": f"{found[1]}:{found[2]}:{found[3] or '00'}"} if found else None


def _flags(obx: Segment) -> list[Document]:
    """Return the laboratory's own judgement. One nobody knows keeps its text."""
    found: list[Document] = []
    for repetition in obx.repetitions(8):
        flag = text_of(repetition)
        if not flag or flag.lower() == "null":
            continue
        known = INTERPRETATIONS.get(flag.upper())
        coded = {"coding": [{"system": INTERPRETATION, "code": known[0], "display": known[1]}]} if known else {}
        one: Document = {**coded, "text": text_of(repetition, 2) or flag}
        if one not in found:
            found.append(one)
    return found


def reference_range(text: str, unit: str, obx: Segment) -> Document:
    """Return the laboratory's own range: always as it wrote it, and as numbers where they are plain.

    A range that names another unit than its result stays words: a number in the wrong unit would be read wrongly.
    """
    text = " ".join(text.split())
    if not text:
        return {}
    found: Document = {"text": text[:1000]}
    plain = _RANGE.match(text)
    if not plain:
        return found
    sign, first, second, said = plain.groups()
    if said and "".join(said.split()).lower() != "".join(unit.split()).lower():
        return found
    units = obx.repetitions(6)[0] if obx.repetitions(6) else None
    if second is not None and sign is None and Decimal(first) <= Decimal(second):
        return {"low": quantity(Decimal(first), units), "high": quantity(Decimal(second), units), **found}
    if second is None and sign in ("<", "<="):
        return {"high": quantity(Decimal(first), units), **found}
    if second is None and sign in (">", ">="):
        return {"low": quantity(Decimal(first), units), **found}
    return found


def performers_of(obx: Segment, facility: str) -> list[Document]:
    """Return who performed it: the laboratory (OBX-23, else the producer OBX-15) and its director (OBX-25)."""
    found: list[Document] = []
    for number_of in (23, 15):
        named = obx.repetitions(number_of)
        if named:
            shown = (text_of(named[0]) if number_of == 23 else text_of(named[0], 2)) or text_of(named[0])
            if shown:
                found.append({"type": "Organization", "display": shown})
            break
    director = obx.repetitions(25)
    if director and (shown := person_name(director[0], 2) or text_of(director[0])):
        found.append({"type": "Practitioner", "display": shown})
    return found
