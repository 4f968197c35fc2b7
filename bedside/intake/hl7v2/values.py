"""Values of HL7 v2 as FHIR says them: times, names, codes, numbers with units.

What cannot be said in FHIR's terms keeps its text. Source: HL7 v2.5.1, 2.A (data types); HL7 v2-to-FHIR 1.0.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from bedside.fhir.terminology.ucum import is_valid
from bedside.fhir.terms import UCUM
from bedside.fhir.validation.primitives import FURTHEST_EXPONENT
from bedside.kernel.time import UTC, zone

from .reading import Repetition, text_of
from .terms import CODING_SYSTEMS, TEXT_MOST, UNITS

Document = dict[str, Any]

_MOMENT = re.compile(r"(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\.\d{1,4})?([+-]\d{4})?\Z")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\Z")
_COMPARED = re.compile(r"(<=|>=|<|>)\s*(.+)\Z", re.DOTALL)


def moment(text: str, zone_name: str) -> str:
    """Return a time of HL7 (YYYY[MM[DD[HHMM[SS]]]][+ZZZZ]) as a FHIR dateTime, "" when it is none.

    A time of day without an offset is taken to be of `zone_name`: FHIR has no time of day without one.
    """
    found = _MOMENT.match(text.strip())
    if not found:
        return ""
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    try:
        if hour is None:
            date(int(year), int(month or 1), int(day or 1))
            return "-".join(part for part in (year, month, day) if part)
        at = datetime(int(year), int(month), int(day), int(hour), int(minute or 0), min(int(second or 0), 59))  # noqa: DTZ001
        at = at.replace(tzinfo=_offset(offset) if offset else zone(zone_name))
        shown = at.isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return ""
    return shown[:19] + (fraction or "")[:4] + shown[19:] if at.year > 0 else ""


def _offset(text: str) -> timezone:
    sign = -1 if text[0] == "-" else 1
    minutes = int(text[1:3]) * 60 + int(text[3:5])
    if minutes > 14 * 60:
        raise ValueError(text)
    return timezone(sign * timedelta(minutes=minutes))


def instant(text: str, zone_name: str) -> datetime | None:
    """Return a time of HL7 as an instant, None when it names none. A day counts from its first minute."""
    shown = moment(text, zone_name)
    if not shown:
        return None
    if "T" in shown:
        return datetime.fromisoformat(shown)
    padded = f"{shown}-01-01"[:10] if len(shown) == 4 else f"{shown}-01"[:10]
    return datetime.combine(date.fromisoformat(padded), datetime.min.time(), tzinfo=UTC)


def day(text: str) -> str:
    """Return the date of a time, "" when it is none."""
    shown = moment(text[:8], "UTC")
    return shown if len(shown) == 10 else ""


def number(text: str) -> Decimal | None:
    """Return a decimal with the digits it was written with, None for anything else."""
    if not _NUMBER.match(text) or len(text) > 40:
        return None
    try:
        value = Decimal(text.lstrip("+"))
    except InvalidOperation:
        return None
    return value if -FURTHEST_EXPONENT < value.adjusted() < FURTHEST_EXPONENT else None


def unit_code(written: str, system: str = "") -> str:
    """Return the UCUM code of a unit as laboratories write it, "" when none is known."""
    folded = " ".join(written.split()).lower()
    known = UNITS.get(folded) or UNITS.get(folded.replace(" ", ""))
    if known:
        return known
    return written if (system in ("UCUM", UCUM) or not system) and is_valid(written) else ""


def quantity(value: Decimal, units: Repetition | None, comparator: str = "") -> Document:
    """Return a Quantity: the unit as it was sent, and its UCUM code where that is known."""
    found: Document = {"value": value}
    if comparator:
        found["comparator"] = comparator
    written, system = unit_of(units)
    if written:
        found["unit"] = written
        code = unit_code(written, system)
        if code:
            found |= {"system": UCUM, "code": code}
    return found


def unit_of(units: Repetition | None) -> tuple[str, str]:
    """Return a unit as it was written and its coding system. 10^3/uL is put together again: its ^ is a separator."""
    if not units:
        return "", ""
    first, second = text_of(units, 1), text_of(units, 2)
    if first in ("10", "x10", "X10") and re.match(r"\d+/", second):
        return f"10^{second}", ""
    return first or second, text_of(units, 3)


def compared(text: str) -> tuple[str, Decimal] | None:
    """Return the comparator and number of a text such as "<0.01" or "5.4", None when it is something else."""
    text = text.strip()
    found = _COMPARED.match(text)
    value = number(found[2].strip() if found else text)
    return ((found[1] if found else ""), value) if value is not None else None


def concept(repetition: Repetition, facility: str) -> Document:
    """Return a coded value with both its codings and its text (CE, CWE)."""
    codings = [
        coding(text_of(repetition, at), text_of(repetition, at + 1), text_of(repetition, at + 2), facility)
        for at in (1, 4)
    ]
    text = text_of(repetition, 9) or text_of(repetition, 2) or text_of(repetition, 5) or text_of(repetition, 1)
    found: Document = {}
    if kept := [one for one in codings if one]:
        found["coding"] = kept
    if text:
        found["text"] = text[:TEXT_MOST]
    return found


def coding(code: str, display: str, system: str, facility: str) -> Document:
    """Return one coding, {} without a code or a system: a text with neither is only a text."""
    code = " ".join(code.split())
    if not code or (not system and not facility):
        return {}
    found: Document = {"system": coding_system(system, facility), "code": code}
    if display:
        found["display"] = display
    return found


def coding_system(name: str, facility: str) -> str:
    """Return a coding system as FHIR names it; what only the sender knows is a system of the sender's."""
    upper = name.upper()
    if upper in CODING_SYSTEMS:
        return CODING_SYSTEMS[upper]
    if re.fullmatch(r"HL7\d{4}", upper):
        return f"http://terminology.hl7.org/CodeSystem/v2-{upper[3:]}"
    if re.fullmatch(r"\d+(\.\d+){3,}", name):
        return f"urn:oid:{name}"
    if name.startswith(("http://", "https://", "urn:")) and " " not in name:
        return name
    return f"urn:bedside:coding:{slug(facility)}:{slug(name or 'L')}"


def slug(text: str) -> str:
    """Return a name as it may stand in a URN: the same name always gives the same."""
    return quote(" ".join(text.split()).lower(), safe="-._~") or "unknown"


def joined(repetition: Repetition) -> str:
    """Return all that a repetition says, as one line. For what FHIR has no better place for."""
    return " ".join(part.strip() for parts in repetition for part in parts if part.strip() and part != '""')


def person_name(repetition: Repetition, at: int = 1) -> str:
    """Return a person's name (XPN; XCN with `at` 2) as one text: given, second, family."""
    family, given, second = text_of(repetition, at), text_of(repetition, at + 1), text_of(repetition, at + 2)
    return " ".join(part for part in (given, second, family) if part)
