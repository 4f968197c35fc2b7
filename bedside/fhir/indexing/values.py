"""Values brought into the one form they are looked up in: what is indexed and what is asked pass through here alike."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from bedside.fhir.terminology.ucum import canonical

#: The system of units whose values can be brought to base units.
UCUM = "http://unitsofmeasure.org"


def norm(text: str) -> str:
    """Return letters without case, accents and what is spaced twice: "  José  MÜLLER" is "jose muller"."""
    if text.isascii():
        return " ".join(text.lower().split())
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(unicodedata.normalize("NFKC", bare.casefold()).split())


def canonical_quantity(value: Decimal, system: str, code: str) -> tuple[Decimal, str]:
    """Return a value and its unit in base units, or both as they are where the unit is not of UCUM."""
    found = canonical(value, code) if system == UCUM else None
    return found or (value, code)
