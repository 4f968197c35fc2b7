"""The operations $lookup and $subsumes: what a code is, and how two codes stand to each other.

Source: FHIR R4 4.0.1, CodeSystem-operation-lookup and CodeSystem-operation-subsumes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bedside.fhir.asking import Steps

from .expanding import coded
from .faults import TerminologyMissing
from .shapes import Concept, Property, System
from .systems import get_system

Document = dict[str, Any]


def _said(name: str, kind: str, value: object) -> Document:
    return {"name": name, kind: value}


def _property(one: Property) -> Document:
    return {"name": "property", "part": [_said("code", "valueCode", one.code), _said("value", one.kind, one.value)]}


def _standing(concept: Concept, children: list[str]) -> list[Property]:
    return [
        Property("inactive", "valueBoolean", not concept.is_active),
        *(Property("parent", "valueCode", code) for code in concept.parents),
        *(Property("child", "valueCode", code) for code in children),
    ]


def get_concept(system: System, code: str) -> Steps[Concept]:
    """Return all that is known of a code.

    Raises: TerminologyMissing when the code system has no such code.
    """
    found = (yield from system.find([code])).get(code)
    if found is None:
        raise TerminologyMissing(f"{code} is not a code of {system.facts.url}.")
    return found


def look_up(
    system_url: str, code: str, *, version: str = "", language: str = "", properties: Collection[str] = ()
) -> Steps[Document]:
    """Return what is known of a code as Parameters: name, display, definition, designations, properties.

    Shape: `properties` names the properties wanted, all when it is empty.
    Raises: TerminologyMissing.
    """
    system = yield from get_system(system_url, version)
    concept = yield from get_concept(system, code)
    children = yield from system.children(concept.code)
    parts = [_said("name", "valueString", system.facts.name or system.facts.url)]
    if system.facts.version:
        parts.append(_said("version", "valueString", system.facts.version))
    parts.append(_said("display", "valueString", concept.in_language(language) if language else concept.display))
    if concept.definition:
        parts.append(_said("definition", "valueString", concept.definition))
    for one in concept.designations:
        inner = [_said("language", "valueCode", one.language)] if one.language else []
        inner += [_said("use", "valueCoding", coded(one.use))] if one.use else []
        parts.append({"name": "designation", "part": [*inner, _said("value", "valueString", one.value)]})
    said = {(one.code, str(one.value)): one for one in (*_standing(concept, children), *concept.properties)}
    parts += [_property(one) for one in said.values() if not properties or one.code in properties]
    return {"resourceType": "Parameters", "parameter": parts}


def subsumes(system_url: str, code_a: str, code_b: str, *, version: str = "") -> Steps[Document]:
    """Return as Parameters whether A is B, stands above it, below it, or neither.

    Raises: TerminologyMissing when the code system has not both.
    """
    system = yield from get_system(system_url, version)
    first = yield from get_concept(system, code_a)
    second = yield from get_concept(system, code_b)
    if first.code == second.code:
        outcome = "equivalent"
    elif (yield from system.is_under(second.code, first.code)):
        outcome = "subsumes"
    elif (yield from system.is_under(first.code, second.code)):
        outcome = "subsumed-by"
    else:
        outcome = "not-subsumed"
    return {"resourceType": "Parameters", "parameter": [_said("outcome", "valueCode", outcome)]}
