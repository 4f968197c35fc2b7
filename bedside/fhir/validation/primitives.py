"""The primitive types: what their values look like, to the calendar.

Source: FHIR R4 4.0.1, 2.24.0.1 (primitive types), with the regular expressions of its definitions.
"""

from __future__ import annotations

import binascii
import re
from calendar import monthrange
from decimal import Decimal
from typing import Any

from .wrong import Around, Check, Wrongs, one, shown, sort_of

#: Units: characters. Source: FHIR R4 4.0.1, string.
LONGEST_TEXT = 1024 * 1024
#: A number beyond what a 64-bit float can hold measures nothing, and no client can read it.
MOST_DIGITS = 200
FURTHEST_EXPONENT = 300
_FURTHEST: int = 10**MOST_DIGITS

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]{1,12})?"
_DAY = r"(?P<year>[0-9]{4})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12][0-9]|3[01])"
_DATE = re.compile(rf"{_DAY})?)?")
_DATE_TIME = re.compile(rf"{_DAY}(?:T{_CLOCK}{_ZONE})?)?)?")
_INSTANT = re.compile(rf"(?P<year>[0-9]{{4}})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12][0-9]|3[01])T{_CLOCK}{_ZONE}")

#: Patterns of text, and what to say when it does not fit.
PATTERNS = {
    "id": (r"[A-Za-z0-9\-.]{1,64}", "an id: 1 to 64 letters, digits, “-” and “.”"),
    "code": (r"[^\s\x00-\x1f]+(?: [^\s\x00-\x1f]+)*", "a code: no spaces at its ends, no two in a row"),
    "uri": (r"[^\s\x00-\x1f]+", "a uri: it has no spaces"),
    "url": (r"[^\s\x00-\x1f]+", "a url: it has no spaces"),
    "canonical": (r"[^\s\x00-\x1f]+", "a canonical url: it has no spaces"),
    "oid": (r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+", "an oid such as urn:oid:1.2.3"),
    "uuid": (
        r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "a uuid such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520, in lower case",
    ),
    "time": (_CLOCK.replace("?:", ""), "a time of day such as 09:30:00"),
}
#: The smallest and largest of the whole numbers.
RANGES = {
    "integer": (-(2**31), 2**31 - 1, "a whole number of 32 bits"),
    "unsignedInt": (0, 2**31 - 1, "a whole number from 0 to 2147483647"),
    "positiveInt": (1, 2**31 - 1, "a whole number from 1 to 2147483647"),
}


def _not_text(value: Any, what: str) -> Wrongs:
    return one(f": {what} is expected here as text in quotes, not {sort_of(value)}.")


def _fits(what: str, pattern: str, told: str) -> Check:
    fits = re.compile(pattern).fullmatch

    def check(value: Any, around: Around) -> Wrongs:
        if value.__class__ is not str:
            return _not_text(value, f"a {what}")
        if fits(value) is None or (not value.isprintable() and _CONTROLS.search(value)):
            return _empty() if not value else one(f": {shown(value)} is not {told}.", "value")
        return None

    return check


def _empty() -> Wrongs:
    return one(" is empty: give it a value or leave it out.")


def _pointing(what: str, pattern: str, told: str) -> Check:
    """Check a uri, and note what it says of a contained resource."""
    fits = re.compile(pattern).fullmatch

    def check(value: Any, around: Around) -> Wrongs:
        if value.__class__ is not str:
            return _not_text(value, f"a {what}")
        if fits(value) is None or (not value.isprintable() and _CONTROLS.search(value)):
            return _empty() if not value else one(f": {shown(value)} is not {told}.", "value")
        if value[0] == "#":
            around.inner.add(value)
        return None

    return check


def check_text(value: Any, around: Around) -> Wrongs:
    """Check a string or markdown: not empty, no control characters, under a megabyte."""
    if value.__class__ is not str:
        return one(f": text in quotes is expected here, not {sort_of(value)}.")
    if not value.isprintable() and (found := _CONTROLS.search(value)):
        return one(f" holds the control character {ascii(found[0])[1:-1]}, which no text may.", "value")
    if not value or value.isspace():
        return one(" is empty: give it a value or leave it out.")
    if len(value) > LONGEST_TEXT:
        return one(f" is longer than {LONGEST_TEXT:,} characters.", "too-long")
    return None


def check_boolean(value: Any, around: Around) -> Wrongs:
    """Check true or false."""
    if value is True or value is False:
        return None
    return one(f": true or false is expected here, without quotes, not {sort_of(value)}.")


def _whole(kind: str) -> Check:
    least, most, told = RANGES[kind]

    def check(value: Any, around: Around) -> Wrongs:
        if value.__class__ is int:
            return None if least <= value <= most else one(f": {shown(value)} is not {told}.", "value")
        if isinstance(value, Decimal | float) and not isinstance(value, bool):
            return one(f": {shown(value)} is not {told}, without point or exponent.", "value")
        return one(f": a number without quotes is expected here, not {sort_of(value)}.")

    return check


def check_decimal(value: Any, around: Around) -> Wrongs:
    """Check a number of any digits, as long as it is one that can be reckoned with."""
    if value.__class__ is int:
        return None if -_FURTHEST < value < _FURTHEST else _too_far()
    if value.__class__ is Decimal:
        if not value.is_finite():
            return one(": that is not a number.", "value")
        is_near = -FURTHEST_EXPONENT < value.adjusted() < FURTHEST_EXPONENT
        return None if is_near and len(value.as_tuple().digits) <= MOST_DIGITS else _too_far()
    if value.__class__ is float:
        return None if value - value == 0 else one(": that is not a number.", "value")
    if isinstance(value, str):
        return one(f": {shown(value)} is not a decimal: write a number without quotes.")
    return one(f": a number is expected here, not {sort_of(value)}.")


def _too_far() -> Wrongs:
    return one(" has more digits or a larger exponent than any measured value.", "value")


def is_day(year: str, month: str | None, day: str | None) -> bool:
    """Say whether a year, month and day stand on the calendar."""
    if year == "0000":
        return False
    return not day or not month or int(day) < 29 or int(day) <= monthrange(int(year), int(month))[1]


def _moment(kind: str, pattern: re.Pattern[str], told: str) -> Check:
    fits = pattern.fullmatch

    def check(value: Any, around: Around) -> Wrongs:
        if value.__class__ is not str:
            return _not_text(value, f"a {kind}")
        found = fits(value)
        if found is None:
            return _empty() if not value else one(f": {shown(value)} is not {told}.", "value")
        year, month, day = found.group("year", "month", "day")
        if (day is not None and day < "29" and year != "0000") or is_day(year, month, day):
            return None
        return one(f": {shown(value)} is not on the calendar.", "value")

    return check


def check_base64(value: Any, around: Around) -> Wrongs:
    """Check bytes as text: whole groups of four, spaces and line ends apart."""
    if value.__class__ is not str:
        return _not_text(value, "base64")
    if not value:
        return _empty()
    try:
        binascii.a2b_base64("".join(value.split()) if not value.isalnum() else value, strict_mode=True)
    except (ValueError, UnicodeError):
        return one(" is not base64: whole groups of four of A-Z a-z 0-9 + / with = only at the end.", "value")
    return None


#: The check of every primitive type but xhtml.
PRIMITIVES: dict[str, Check] = {
    "string": check_text,
    "markdown": check_text,
    "boolean": check_boolean,
    "decimal": check_decimal,
    "base64Binary": check_base64,
    "date": _moment("date", _DATE, "a date: YYYY, YYYY-MM or YYYY-MM-DD"),
    "dateTime": _moment(
        "dateTime", _DATE_TIME, "a dateTime: a date, or a date with time and zone such as 2026-11-22T09:30:00Z"
    ),
    "instant": _moment("instant", _INSTANT, "an instant such as 2026-11-22T09:30:00.000Z: to the second, with a zone"),
    **{kind: _whole(kind) for kind in RANGES},
    **{
        kind: (_pointing if kind in ("uri", "url", "canonical") else _fits)(kind, pattern, told)
        for kind, (pattern, told) in PATTERNS.items()
    },
}
