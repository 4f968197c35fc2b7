"""Who a message is about: PID, read into plain facts.

Source: HL7 v2.5.1, 3.4.2 (PID), 2.A.14 (CX).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from .reading import Repetition, Segment, text_of
from .terms import SEXES
from .values import day, slug


@dataclass(frozen=True, slots=True)
class Number:
    """A number someone is known by. Shape: `kind` is of table 0203: MR, PI, SS …"""

    system: str
    value: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A patient as a sender knows them."""

    numbers: tuple[Number, ...] = ()
    family: str = ""
    given: str = ""
    birth_on: date | None = None
    sex: str = ""
    phone: str = ""
    extra: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def full_name(self) -> str:
        """As people say it."""
        return f"{self.given} {self.family}".strip()


def subject_of(pid: Segment | None, facility: str) -> Subject:
    """Return who a PID segment is about."""
    if pid is None:
        return Subject()
    cited = [*pid.repetitions(3), *pid.repetitions(2), *pid.repetitions(4)]
    numbers = dict.fromkeys(one for repetition in cited if (one := _number(repetition, facility)))
    family, given, second = pid.text(5), pid.text(5, 2), pid.text(5, 3)
    born = day(pid.text(7))
    return Subject(
        numbers=tuple(numbers),
        family=family,
        given=" ".join(part for part in (given, second) if part),
        birth_on=date.fromisoformat(born) if born else None,
        sex=SEXES.get(pid.text(8).upper(), ""),
        phone=_phone(pid),
    )


def _number(repetition: Repetition, facility: str) -> Number | None:
    value, kind = text_of(repetition), text_of(repetition, 5).upper()
    if not value:
        return None
    return Number(number_system(repetition, facility), value[:64], kind)


def number_system(repetition: Repetition, facility: str) -> str:
    """Return what a number is unique in: the assigning authority's OID or name, else the sender."""
    name, universal, sort = (text_of(repetition, 4, at) for at in (1, 2, 3))
    if universal and (sort.upper() == "ISO" or re.fullmatch(r"\d+(\.\d+){2,}", universal)):
        return f"urn:oid:{universal}"
    if universal and sort.upper() in ("URI", "URL") and " " not in universal:
        return universal
    return f"urn:bedside:numbers:{slug(name or universal or facility)}"


def _phone(pid: Segment) -> str:
    for number in (13, 14):
        for repetition in pid.repetitions(number):
            parts = [text_of(repetition, at) for at in (6, 7)]
            shown = text_of(repetition, 12) or "".join(parts) or text_of(repetition)
            if shown and text_of(repetition, 3).upper() not in ("INTERNET", "X.400"):
                return shown[:32]
    return ""
