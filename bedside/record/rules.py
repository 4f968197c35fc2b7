"""Pure rules of the chart: what text is kept, which values a living body can show."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from bedside.kernel.errors import Invalid

from .terms import LONGEST_SECTION
from .terms.notes import SECTIONS
from .terms.vitals import Measure


class TextTooLong(Invalid):
    """This text is too long: at most {most} characters are kept. Shorten it; nothing you typed is lost."""


class TextUnreadable(Invalid):
    """This text holds characters that cannot be kept. Delete what you pasted last, then try again."""


class TextMissing(Invalid):
    """Something is still empty that is needed. Fill it in; nothing you typed is lost."""


class ValueImplausible(Invalid):
    """This value cannot be right: it must be from {low} to {high} {unit}. Check the number and the unit."""


class DayImpossible(Invalid):
    """This day cannot be right. Choose another day; nothing you typed is lost."""


def clean(text: str, *, most: int, needed: bool = False) -> str:
    """Return the text as it is kept: outer space trimmed, line ends as \\n, everything else as typed.

    Raises: TextUnreadable for control characters, TextTooLong, TextMissing when it is needed and empty.
    """
    kept = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if any((ord(c) < 32 and c not in "\n\t") or 0xD800 <= ord(c) <= 0xDFFF for c in kept):
        raise TextUnreadable()
    if len(kept) > most:
        raise TextTooLong(most=most)
    if needed and not kept:
        raise TextMissing()
    return kept


def clean_sections(sections: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of a note that we know, cleaned, in their order."""
    return {key: clean(sections.get(key, ""), most=LONGEST_SECTION) for key in SECTIONS}


def is_empty(sections: Mapping[str, str]) -> bool:
    """Say whether a note has nothing in it yet."""
    return not any(text.strip() for text in sections.values())


def read_number(typed: str | int | float | Decimal) -> Decimal:
    """Read a number as people type it, with a point or a comma.

    Raises: ValueImplausible when it is not a number.
    """
    try:
        value = Decimal(str(typed).strip().replace(",", "."))
    except InvalidOperation as error:
        raise TextUnreadable() from error
    if not value.is_finite():
        raise TextUnreadable()
    return value


def check_plausible(measure: Measure, value: Decimal, second: Decimal | None) -> None:
    """Refuse a value no living body shows, and a lower pressure that is not lower.

    Raises: ValueImplausible, TextMissing when blood pressure lacks its second number.
    """
    if not measure.low <= value <= measure.high:
        raise ValueImplausible(low=measure.low, high=measure.high, unit=measure.unit)
    if measure.parts is None:
        return
    if second is None:
        raise TextMissing()
    low, high = measure.second_low or Decimal(0), min(measure.second_high or value, value)
    if not low <= second <= high:
        raise ValueImplausible(low=low, high=high, unit=measure.unit)


def check_past_day(day: date | None, *, birth_on: date | None, today: date) -> None:
    """Refuse a day that has not come yet or lies before the patient was born.

    Raises: DayImpossible.
    """
    if day is not None and (day > today or day < (birth_on or date(1880, 1, 1))):
        raise DayImpossible()


def sha256_of(body: str) -> str:
    """Return the hash of a stored document: of its text in UTF-8, exactly as stored."""
    return hashlib.sha256(body.encode()).hexdigest()
