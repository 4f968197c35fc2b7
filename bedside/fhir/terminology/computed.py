"""Code systems that are a grammar and not a list: units, languages, kinds of file; and the currencies in use.

Source: UCUM 2.2; BCP 47 (RFC 5646, section 2.1); BCP 13 (RFC 6838, section 4.2); ISO 4217 by way of CLDR.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from bedside.fhir.asking import Steps

from . import library
from .faults import refused, too_costly
from .held import HeldSystem
from .shapes import Concept, Facts, Filter, Found, Property, Selection
from .ucum import find_unit
from .words import holds

UCUM = "http://unitsofmeasure.org"
LANGUAGES = "urn:ietf:bcp:47"
FILES = "urn:ietf:bcp:13"
CURRENCIES = "urn:iso:std:iso:4217"
COUNTRIES = "urn:iso:std:iso:3166"
TIME_ZONES = "https://www.iana.org/time-zones"

_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.IGNORECASE | re.ASCII,
)
#: Codes of countries that are no more, which CLDR reads as what became of them. Source: ISO 3166-3.
_NO_LONGER = frozenset(["BUR", "ZAR", "DDR", "FXX", "TMP", "YMD", "230", "249", "278", "280", "720", "736", "886"])
_NAME = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
_FILE = re.compile(rf'{_NAME}/{_NAME}(?:;\s*{_NAME}=(?:{_NAME}|"[^"\\]*"))*', re.ASCII)
_LONGEST_CODE = 200

Reader = Callable[[str], Concept | None]


class GrammarSystem:
    """A code system whose codes are read and not counted out."""

    def __init__(self, facts: Facts, read: Reader) -> None:
        """Keep how a code is read; it returns None for what is none."""
        self.facts = facts
        self._read = read

    def _one(self, code: str) -> Concept | None:
        return self._read(code) if len(code) <= _LONGEST_CODE else None

    def find(self, codes: Sequence[str]) -> Steps[dict[str, Concept]]:
        """Return all that is known of some concepts, by the code that was asked for."""
        yield from ()
        return {code: found for code in codes if (found := self._one(code)) is not None}

    def children(self, code: str) -> Steps[list[str]]:
        """Return the codes right below one: there are none."""
        yield from ()
        return []

    def is_under(self, code: str, ancestor: str) -> Steps[bool]:
        """Say whether a code stands below another: none does."""
        yield from ()
        return False

    def below(self, code: str, *, limit: int) -> Steps[list[str]]:
        """Return the codes anywhere below one: there are none."""
        yield from ()
        return []

    def select(self, wanted: Selection) -> Steps[Found]:
        """Return those of the codes named that meet every condition.

        Raises: DocumentRefused when no codes are named, for there is no end of them.
        """
        yield from ()
        if wanted.codes is None:
            raise too_costly(f"There is no end of codes in {self.facts.url}.")
        concepts = [found for code in wanted.codes if (found := self._one(code)) is not None]
        chosen = [
            one
            for one in concepts
            if holds(f"{one.code} {one.display}", wanted.words)
            and all(self._meets(one, rule) for rule in wanted.filters)
        ]
        return Found(chosen[wanted.offset : wanted.offset + wanted.limit], len(chosen))

    def _meets(self, one: Concept, rule: Filter) -> bool:
        if rule.op != "=" or rule.property not in ("code", "canonical"):
            raise refused("not-supported", f"{self.facts.url} cannot be asked for “{rule.property} {rule.op}”.")
        if rule.property == "code":
            return one.code == rule.value
        unit = find_unit(rule.value)
        return unit is not None and Property("canonical", "valueString", unit.base) in one.properties


def _unit(code: str) -> Concept | None:
    found = find_unit(code)
    said = (Property("canonical", "valueString", found.base),) if found else ()
    return Concept(code, _unit_names().get(code, code), properties=said) if found else None


@cache
def _unit_names() -> dict[str, str]:
    common = library.find_document("ValueSet", "http://hl7.org/fhir/ValueSet/ucum-common") or {}
    listed = [one for part in common.get("compose", {}).get("include", ()) for one in part.get("concept", ())]
    return {one["code"]: one.get("display", one["code"]) for one in listed}


def _language(code: str) -> Concept | None:
    if not _LANGUAGE.fullmatch(code):
        return None
    try:
        name = Locale.parse(code, sep="-").get_display_name("en")
    except (UnknownLocaleError, ValueError):
        name = None
    return Concept(code, name or code)


def _file(code: str) -> Concept | None:
    return Concept(code, code) if _FILE.fullmatch(code) else None


def _listed(url: str, name: str, concepts: Sequence[dict[str, object]], *, content: str) -> HeldSystem:
    return HeldSystem({"url": url, "name": name, "content": content, "concept": concepts})


def _currencies() -> HeldSystem:
    english, spanish = Locale("en").currencies, Locale("es").currencies
    used = {
        code
        for rows in get_global("territory_currencies").values()
        for code, _, end, legal in rows
        if legal and not end
    }
    rows = [
        {"code": code, "display": english[code], "designation": [{"language": "es", "value": spanish.get(code, code)}]}
        for code in sorted(used)
        if code in english
    ]
    return _listed(CURRENCIES, "ISO 4217", rows, content="complete")


def _countries() -> HeldSystem:
    """Return countries by two letters, three letters and number. Source: R4's iso3166-1-2; CLDR for the other codes."""
    document = library.find_document("ValueSet", "http://hl7.org/fhir/ValueSet/iso3166-1-2") or {}
    rows = list(document["compose"]["include"][0]["concept"])
    names = {one["code"]: one["display"] for one in rows}
    for code, meant in sorted(get_global("territory_aliases").items()):
        if len(code) == 3 and len(meant) == 1 and meant[0] in names and code not in _NO_LONGER:
            rows.append({"code": code, "display": names[meant[0]]})
    return _listed(COUNTRIES, "ISO 3166-1", rows, content="complete")


def _time_zones() -> HeldSystem:
    rows: list[dict[str, object]] = [{"code": name, "display": name} for name in sorted(available_timezones())]
    return _listed(TIME_ZONES, "IANA time zones", rows, content="complete")


_GRAMMARS = {
    UCUM: GrammarSystem(Facts(UCUM, "2.2", "UCUM"), _unit),
    LANGUAGES: GrammarSystem(Facts(LANGUAGES, "", "BCP 47", is_case_sensitive=False), _language),
    FILES: GrammarSystem(Facts(FILES, "", "BCP 13"), _file),
}
_LISTS = {CURRENCIES: _currencies, COUNTRIES: _countries, TIME_ZONES: _time_zones}


@cache
def _list(url: str) -> HeldSystem:
    return _LISTS[url]()


def find_computed(url: str) -> GrammarSystem | HeldSystem | None:
    """Return a code system that is worked out, or None when this is none of them."""
    return _list(url) if url in _LISTS else _GRAMMARS.get(url)
