"""Required codes: an element bound to a value set that can be counted out may hold nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bedside.fhir.definitions import Element, registry

from .wrong import Around, Check, Wrongs, one, shown

LISTED_MOST = 12


def with_codes(check: Check, element: Element) -> Check:
    """Return a check that also asks for the codes of a required binding."""
    if element.binding is None or element.binding.strength != "required":
        return check
    return bound(check, element.type, element.binding.value_set)


def bound(check: Check, kind: str, value_set: str) -> Check:
    """Return a check that also asks for a code of a value set, where its codes can be counted out."""
    concepts = registry().concepts(value_set)
    if concepts is None:
        return check
    if kind in ("code", "string", "uri"):
        return _plain(check, frozenset(code for codes in concepts.values() for code in codes), _told(concepts))
    if kind == "Coding":
        return _coded(check, concepts, is_concept=False)
    return _coded(check, concepts, is_concept=True) if kind == "CodeableConcept" else check


def _told(concepts: Mapping[str, list[str]]) -> str:
    codes = list(dict.fromkeys(code for codes in concepts.values() for code in codes))
    more = f" and {len(codes) - LISTED_MOST} more" if len(codes) > LISTED_MOST else ""
    return ", ".join(codes[:LISTED_MOST]) + more


def _plain(check: Check, allowed: frozenset[str], told: str) -> Check:
    def check_code(value: Any, around: Around) -> Wrongs:
        if value.__class__ is str and value in allowed:
            return None
        found = check(value, around)
        return found if found is not None else one(f": {shown(value)} is not one of {told}.", "code-invalid")

    return check_code


def _coded(check: Check, concepts: Mapping[str, list[str]], *, is_concept: bool) -> Check:
    allowed = frozenset((system, code) for system, codes in concepts.items() for code in codes)
    told = " or ".join(f"{system} ({_told({system: codes})})" for system, codes in concepts.items())

    def is_allowed(coding: dict[str, Any]) -> bool:
        return (coding.get("system"), coding.get("code")) in allowed

    def check_coded(value: Any, around: Around) -> Wrongs:
        found = check(value, around)
        if found is not None:
            return found
        codings = value.get("coding", []) if is_concept else [value]
        if any(is_allowed(coding) for coding in codings if coding is not None):
            return None
        if "extension" in value and not codings:
            return None
        if not codings:
            return one(f" needs a code of {told}.", "code-invalid")
        first = codings[0] or {}
        said = shown(f"{first.get('system', '')}|{first.get('code', '')}")
        return one(f": {said} is not a code of {told}.", "code-invalid")

    return check_coded
