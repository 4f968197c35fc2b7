"""Where a code system, a value set or a map is found by its url."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from bedside.fhir.asking import Steps
from bedside.fhir.definitions import registry

from . import library
from .computed import find_computed
from .faults import LOINC, SNOMED, TerminologyMissing, refused, system_missing
from .held import HeldSystem
from .packs import find_pack
from .shapes import System
from .stored import find_stored, find_stored_maps

Document = dict[str, Any]


def split_version(canonical: str) -> tuple[str, str]:
    """Return a canonical url and the version after its bar, "" when it names none."""
    url, _, version = canonical.partition("|")
    return url, version


def find_system(canonical: str, version: str = "") -> Steps[System | None]:
    """Return a code system by its url, or None when its concepts are not here."""
    url, named = split_version(canonical)
    version = version or named
    computed = find_computed(url)
    if computed is not None:
        return computed if version in ("", computed.facts.version) else None
    held = library.find_held(url, version)
    if held is not None:
        return held
    pack = yield from find_pack(url, version)
    if pack is not None:
        return pack
    document = yield from find_stored("CodeSystem", url, version)
    if document is None or document.get("content") in ("not-present", "supplement"):
        return None
    return HeldSystem(document)


def get_system(canonical: str, version: str = "") -> Steps[System]:
    """Return a code system by its url.

    Raises: TerminologyMissing when its concepts are not here.
    """
    found = yield from find_system(canonical, version)
    if found is None:
        url, named = split_version(canonical)
        raise system_missing(url, version or named)
    return found


def _implied(url: str) -> Document | None:
    """Return a value set that its url alone defines. Source: FHIR R4 4.0.1, 4.9.4, 4.3.5 (LOINC), 4.3.1 (SNOMED CT)."""
    include: dict[str, Any] | None = None
    if url == f"{LOINC}/vs":
        include = {"system": LOINC}
    elif url.startswith(f"{SNOMED}?fhir_vs"):
        rule = unquote(url.partition("fhir_vs")[2])
        if rule.startswith("=isa/"):
            filters = [{"property": "concept", "op": "is-a", "value": rule[5:]}]
            include = {"system": SNOMED, "filter": filters}
        elif rule == "":
            include = {"system": SNOMED}
        else:
            raise refused(
                "not-supported", f"Of SNOMED CT's implied value sets Bedside knows ?fhir_vs and =isa/, not {rule}."
            )
    return _made(url, include) if include else None


def _made(url: str, *includes: dict[str, Any]) -> Document:
    return {"resourceType": "ValueSet", "url": url, "status": "active", "compose": {"include": list(includes)}}


def find_value_set(canonical: str) -> Steps[Document | None]:
    """Return the definition of a value set by its url, or None: R4's, one its url implies, US Core's, a clinic's."""
    url, version = split_version(canonical)
    found = library.find_document("ValueSet", url, version) or _implied(url) or _all_codes(url) or _us_core(url)
    return found or (yield from find_stored("ValueSet", url, version))


def _us_core(url: str) -> Document | None:
    """Return a value set of US Core whose codes can be counted out, as the definitions hold it."""
    codes = registry().concepts(url) if "/us/core/" in url else None
    if codes is None:
        return None
    parts = [{"system": system, "concept": [{"code": one} for one in listed]} for system, listed in codes.items()]
    return _made(url, *parts)


def _all_codes(url: str) -> Document | None:
    """Return the value set that a code system of R4 names as holding all its codes."""
    for system in library.all_codes().get(url, ()):
        return _made(url, {"system": system})
    return None


def get_value_set(canonical: str) -> Steps[Document]:
    """Return the definition of a value set by its url.

    Raises: TerminologyMissing when there is none.
    """
    found = yield from find_value_set(canonical)
    if found is None:
        raise TerminologyMissing(f"Bedside does not hold the value set {canonical}.")
    return found


def find_maps(*, url: str = "", source: str = "", target: str = "") -> Steps[list[Document]]:
    """Return the maps with this url, or those from one value set to another where those are named."""
    if url:
        named, version = split_version(url)
        held = library.find_document("ConceptMap", named, version) or (
            yield from find_stored("ConceptMap", named, version)
        )
        return [held] if held else []
    maps = [found for one in library.urls("ConceptMap") if (found := library.find_document("ConceptMap", one))]
    maps += yield from find_stored_maps("source" if source else "target", split_version(source or target)[0])
    return [one for one in maps if _joins(one, source, "source") and _joins(one, target, "target")]


def _joins(document: Mapping[str, Any], url: str, side: str) -> bool:
    named = document.get(f"{side}Canonical") or document.get(f"{side}Uri", "")
    return not url or split_version(named)[0] == split_version(url)[0]
