"""The units, prefixes and limits that a unit is read by. Source: UCUM 2.2 (2024-06-17), tables 1 to 24."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files
from typing import Final

#: Longer than any unit of medicine, and short enough that none is a number too large to write.
LONGEST_UNIT: Final = 200
LARGEST_EXPONENT: Final = 99
DEEPEST: Final = 10

#: Source: UCUM 2.2, table 1 (prefixes) and section 31 (those of information technology).
PREFIXES: Final[Mapping[str, Fraction]] = {
    code: Fraction(f"1e{exponent}")
    for code, exponent in zip(
        ("Y", "Z", "E", "P", "T", "G", "M", "k", "h", "da", "d", "c", "m", "u", "n", "p", "f", "a", "z", "y"),
        (24, 21, 18, 15, 12, 9, 6, 3, 2, 1, -1, -2, -3, -6, -9, -12, -15, -18, -21, -24),
        strict=True,
    )
} | {"Ki": Fraction(2**10), "Mi": Fraction(2**20), "Gi": Fraction(2**30), "Ti": Fraction(2**40)}


@dataclass(frozen=True, slots=True)
class Atom:
    """A unit of the table. Shape: it is `times` of the expression `of`; data/ucum.tsv says what the kinds are."""

    code: str
    kind: str
    takes_prefix: bool
    times: Fraction
    of: str


def _read() -> dict[str, Atom]:
    text = (files(__package__) / "data" / "ucum.tsv").read_text("ascii")
    found: dict[str, Atom] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            code, kind, times, of = line.split("\t")
            name, _, metric = kind.partition(" ")
            found[code] = Atom(code, name, bool(metric), Fraction(times), of)
    return found


#: Source: UCUM 2.2, tables 2 to 24.
ATOMS: Final[Mapping[str, Atom]] = _read()
