"""Reads the values of search parameters: what was meant by a date, a number, a token, a reference.

Source: FHIR R4 4.0.1, 3.1.1.4.1 to 3.1.1.4.12.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import cast

from bedside.fhir.addresses import own_addresses

from .escapes import plain, split
from .query import Amount, Prefix, Ref, Span, Text, Words
from .refusal import Misread

_PREFIXED = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)", re.DOTALL)
_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<part>\d{1,9}))?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_NUMBER = re.compile(r"([+-]?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}", re.ASCII)
_LOCAL = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+)/([A-Za-z0-9.\-]{1,64})(?:/_history/[A-Za-z0-9.\-]{1,64})?", re.ASCII)


def _prefix(text: str) -> tuple[Prefix, str]:
    found = _PREFIXED.fullmatch(text)
    prefix, rest = found.groups() if found else ("", text)
    return cast(Prefix, prefix or "eq"), rest


# --- Dates -----------------------------------------------------------------------------------------------------
def span(piece: str) -> Span:
    """Return a date, with its prefix, as the range of instants it can mean. A time without a zone is UTC."""
    prefix, text = _prefix(plain(piece))
    found = _DATE.fullmatch(text.replace(" ", "+"))  # a "+" that was not percent-encoded
    if not found:
        raise Misread(f"“{text}” is not a date; write it like 2026-11-24 or 2026-11-24T09:00:00Z, after a prefix")
    try:
        return Span(prefix, *_range(found))
    except (ValueError, OverflowError) as error:
        raise Misread(f"“{text}” is not a day or time there is") from error


def _range(found: re.Match[str]) -> tuple[datetime, datetime]:
    part = found["part"]
    numbers = [int(found[name] or least) for name, least in _PARTS]
    year, month, day, hour, minute, second = numbers
    zone = found["zone"]
    leap = second == 60
    start = datetime(year, month, day, hour, minute, 59 if leap else second, tzinfo=UTC) + timedelta(seconds=leap)
    start += timedelta(microseconds=int((part or "").ljust(6, "0")[:6]))
    if zone and zone != "Z":
        hours, minutes = int(zone[1:3]), int(zone[4:])
        if hours > 14 or minutes > 59:
            raise ValueError(zone)
        away = timedelta(hours=hours, minutes=minutes)
        start += away if zone[0] == "-" else -away
    if part:
        return start, start + timedelta(microseconds=10 ** max(0, 6 - len(part)))
    try:
        return start, _end(found, start)
    except (ValueError, OverflowError):  # the last there is: 9999-12-31
        return start, datetime.max.replace(tzinfo=UTC)


def _end(found: re.Match[str], start: datetime) -> datetime:
    for name, length in (("second", 1), ("minute", 60), ("day", 86_400)):
        if found[name]:
            return start + timedelta(seconds=length)
    if found["month"]:
        return (start + timedelta(days=31)).replace(day=1)
    return start.replace(year=start.year + 1)


_PARTS = (("year", 1), ("month", 1), ("day", 1), ("hour", 0), ("minute", 0), ("second", 0))


# --- Numbers ---------------------------------------------------------------------------------------------------
def _number(text: str) -> tuple[Decimal, Decimal, Decimal]:
    found = _NUMBER.fullmatch(text)
    if not found:
        raise Misread(f"“{text}” is not a number; write it like 5.4 or 1.2e3, after a prefix")
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    half = Decimal(5).scaleb(int(exponent) - 1)
    return value, value - half, value + half


def number(piece: str) -> Amount:
    """Return a number, with its prefix, and the range its digits can mean."""
    prefix, text = _prefix(plain(piece))
    return Amount(prefix, *_number(text))


def quantity(piece: str) -> Amount:
    """Return a quantity: a number, and a unit by system and code, by its code alone, or any.

    Shape: `system` "" asks for a unit by its code or its name whatever its system; None asks for any unit.
    """
    parts = [plain(part) for part in split(piece, "|")]
    if len(parts) not in (1, 3):
        raise Misread("a quantity is number|system|code, number||code or a number alone")
    prefix, text = _prefix(parts[0])
    amount = _number(text)
    if len(parts) == 1 or not (parts[1] or parts[2]):
        return Amount(prefix, *amount)
    if not parts[2]:
        raise Misread("a quantity with a system needs the code of its unit: number|system|code")
    return Amount(prefix, *amount, system=parts[1], code=parts[2])


# --- Words -----------------------------------------------------------------------------------------------------
def token(piece: str) -> Words:
    """Return a token as the words it is looked up by: "system|code", "|code", "code" or "system|"."""
    parts = [plain(part) for part in split(piece, "|", 2)]
    if not any(parts):
        raise Misread("a token is system|code, |code, system| or a code alone")
    return Words("|".join(parts))


def typed_identifier(piece: str) -> Words:
    """Return what `:of-type` asks for, as the words it is looked up by: "system|code|value"."""
    parts = [plain(part) for part in split(piece, "|", 3)]
    if len(parts) != 3 or not all(parts):
        raise Misread("with :of-type a value is system|code|value: the type of the identifier, then its value")
    return Words("|".join(parts))


def uri(piece: str) -> Words:
    """Return a uri as it stands."""
    return Words(plain(piece))


def text(piece: str) -> Text:
    """Return letters to look for."""
    return Text(plain(piece))


def reference(piece: str, targets: Iterable[str], base: str | None, known: Iterable[str]) -> Ref:
    """Return a reference.

    Shape: "Type/id", an id alone (of any of the parameter's targets), or a url; one that begins with our own `base`,
    or with another address of ours, is a resource here. `known` are the types there are.
    """
    words = plain(piece)
    allowed = tuple(targets) or tuple(known)
    if base and words.startswith(base.rstrip("/") + "/"):
        words = words[len(base.rstrip("/")) + 1 :]
    words = own_addresses().local(words)
    if _ID.fullmatch(words):
        return Ref(kinds=allowed, id=words)
    found = _LOCAL.fullmatch(words)
    if found and "://" not in words and words.count("/") in (1, 3) and found[1] in known:
        if found[1] not in allowed:
            raise Misread(f"this parameter refers to {', '.join(sorted(allowed))}, not to {found[1]}")
        return Ref(kinds=(found[1],), id=found[2])
    if ":" not in words:
        raise Misread(f"“{words}” is not a reference; write Type/id, an id, or a url")
    return Ref(url=words)


def resource_id(piece: str) -> str:
    """Return the id of a resource."""
    words = plain(piece)
    if not _ID.fullmatch(words):
        raise Misread(f"“{words}” is not an id; an id has up to 64 letters, digits, “-” and “.”")
    return words
