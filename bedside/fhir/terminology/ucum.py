"""Units of measure as UCUM writes them (`mg/dL`, `mm[Hg]`, `10*9/L`): whether they are units, and one in another.

    canonical(Decimal("5"), "mg/dL")            (Decimal("50"), "g.m-3")
    convert(Decimal("98.6"), "[degF]", "Cel")   Decimal("37.0")

Why: a search for a glucose over 10 mmol/L finds what was written as 0.011 mol/L, and never what was written in mg/dL:
what a mole weighs depends on what it is a mole of.
Source: UCUM 2.2 (2024-06-17), sections 2 to 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from .ucum_terms import ATOMS, LONGEST_UNIT, PREFIXES, Atom
from .ucum_text import Factor, Power, UnitMalformed, factors

#: Digits that a converted value keeps: more than any measurement has, and than the constants of UCUM.
_DIGITS = Context(prec=34, traps=[])

#: What zero of a scale of temperature is on the scale of its own degrees that begins at 0 K.
_ZERO = {"Cel": Fraction("273.15"), "[degF]": Fraction("459.67"), "[degRe]": Fraction("218.52")}

Dimensions = tuple[tuple[str, int], ...]


class Line(NamedTuple):
    """How a value in one unit becomes a value in another. Shape: `(value * up + shift) / down`, all whole numbers.

    Why: one division at the end keeps 98.6 °F at 37.0 °C to the last digit.
    """

    up: Decimal
    shift: Decimal
    down: Decimal

    def at(self, value: Decimal) -> Decimal:
        """Return where a value comes to, with 34 digits, exact where it has fewer."""
        number = _DIGITS.multiply(value, self.up)
        if self.shift:
            number = _DIGITS.add(number, self.shift)
        return number if self.down == 1 else _DIGITS.divide(number, self.down)


def _line(times: Fraction, plus: Fraction) -> Line:
    return Line(
        Decimal(times.numerator * plus.denominator),
        Decimal(plus.numerator * times.denominator),
        Decimal(times.denominator * plus.denominator),
    )


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit taken apart: how many of its base units it is, and which.

    Shape: `value * times + plus` is the value in `base`, and `line` works it out. `times` and `plus` are exact but for
    π and measured constants.
    """

    times: Fraction
    plus: Fraction
    dimensions: Dimensions
    base: str
    line: Line


class _Parts:
    """The product of units, as it grows."""

    def __init__(self) -> None:
        self.times = Fraction(1)
        self.plus = Fraction(0)
        self.powers: dict[str, int] = {}
        self.count = 0

    def take(self, factor: Factor) -> None:
        """Multiply by one factor of an expression."""
        self.count += 1
        if isinstance(factor, Power):
            self._take_unit(factor)
        else:
            self.times *= Fraction(*factor)

    def _take_unit(self, power: Power) -> None:
        prefix, atom = _atom(power.code)
        if atom.kind in ("base", "apart", "scale"):
            self.times *= prefix**power.exponent
            self._add(atom.code, power.exponent)
            return
        inner = _unit_of(atom)
        self.times *= (prefix * inner.times) ** power.exponent
        for code, exponent in inner.dimensions:
            self._add(code, exponent * power.exponent)
        if atom.kind == "degree":
            self.plus = _ZERO[atom.code] * inner.times

    def _add(self, code: str, exponent: int) -> None:
        self.powers[code] = self.powers.get(code, 0) + exponent

    def unit(self) -> Unit:
        dimensions = tuple(sorted((code, n) for code, n in self.powers.items() if n))
        words = ".".join(code if n == 1 else f"{code}{n}" for code, n in dimensions)
        return Unit(self.times, self.plus, dimensions, words or "1", _line(self.times, self.plus))


@lru_cache(maxsize=4_000)
def _atom(code: str) -> tuple[Fraction, Atom]:
    """Return the prefix as a number, and the unit it stands before."""
    if code in ATOMS:
        return Fraction(1), ATOMS[code]
    for length in (2, 1):
        times, atom = PREFIXES.get(code[:length]), ATOMS.get(code[length:])
        if times is not None and atom is not None and atom.takes_prefix:
            return times, atom
    raise UnitMalformed(f"“{code}” is not a unit of UCUM")


@lru_cache(maxsize=500)
def _unit_of(atom: Atom) -> Unit:
    """Return what an atom of the table is, all the way down."""
    parts = _Parts()
    parts.times = atom.times
    for factor in factors(atom.of):
        parts.take(factor)
    return parts.unit()


@lru_cache(maxsize=20_000)
def find_unit(words: str) -> Unit | None:
    """Return a unit taken apart, or None when this is not a unit of UCUM. Cached.

    Raises: nothing. What is too long, or would be a number too large to write, is not a unit.
    """
    if not words or len(words) > LONGEST_UNIT:
        return None
    parts = _Parts()
    curved = False
    try:
        for factor in factors(words):
            if isinstance(factor, Power) and _atom(factor.code)[1].kind in ("degree", "scale"):
                curved = True
                if factor.exponent != 1:
                    return None
            parts.take(factor)
    except UnitMalformed:
        return None
    if curved and parts.count > 1:  # UCUM, section 22: they take no part in products
        return None
    return parts.unit()


def is_valid(unit: str) -> bool:
    """Say whether this is a unit of UCUM, written as UCUM writes it (upper and lower case count)."""
    return find_unit(unit) is not None


def canonical(value: Decimal, unit: str) -> tuple[Decimal, str] | None:
    """Return a value in base units, and their name, which is the same for every unit that converts into it.

    Units: m, s, g, rad, K, C, cd, and those that stand apart (mol, eq, osm, [iU] …); "1" for a bare number.
    Why: None when the unit is not of UCUM or the number cannot be written; the caller then compares words.
    """
    found = find_unit(unit)
    if found is None:
        return None
    number = found.line.at(value)
    return (number, found.base) if number.is_finite() else None


@lru_cache(maxsize=4_000)
def _bridge(from_unit: str, to_unit: str) -> Line | None:
    start, end = find_unit(from_unit), find_unit(to_unit)
    if start is None or end is None or start.dimensions != end.dimensions:
        return None
    return _line(start.times / end.times, (start.plus - end.plus) / end.times)


def convert(value: Decimal, from_unit: str, to_unit: str) -> Decimal | None:
    """Return a value in another unit, or None when one does not convert into the other.

    Units: 34 digits; exact where the result has fewer.
    """
    bridge = _bridge(from_unit, to_unit)
    if bridge is None:
        return None
    number = bridge.at(value)
    return number if number.is_finite() else None
