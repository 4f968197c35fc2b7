"""What every page says, whoever draws it: whom to call, and which languages the screens speak.

Source: ISO 639-1 for languages; each emergency number names its own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CareLine:
    """The numbers to call in one country. A number is (as dialled, as said)."""

    emergency: tuple[str, str]
    crisis: tuple[str, str]
    crisis_takes_texts: bool = False


#: By ISO 3166 country. Source: US 47 CFR 9.10 (911) and 47 CFR 52.200 (988); Mexico, Ley General de
#: Telecomunicaciones (911) and Línea de la Vida; Spain, Real Decreto 903/1997 (112) and Ley 3/2024 (024);
#: United Kingdom, Ofcom National Telephone Numbering Plan (999, 116 123).
CARE_LINES = {
    "US": CareLine(("911", "911"), ("988", "988"), crisis_takes_texts=True),
    "MX": CareLine(("911", "911"), ("8009112000", "800 911 2000")),
    "ES": CareLine(("112", "112"), ("024", "024")),
    "GB": CareLine(("999", "999"), ("116123", "116 123")),
}

#: What a screen reader and a menu call each language, in that language.
LANGUAGE_NAMES = {"en": "English", "es": "Español"}
