"""The operation $translate: a code in the words of another system, by the maps there are.

Source: FHIR R4 4.0.1, ConceptMap-operation-translate and the value set concept-map-equivalence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .checking import Coding

Document = dict[str, Any]

#: What is no translation.
_NONE = frozenset({"unmatched", "disjoint"})
#: What an equivalence is when the map is read from its target to its source.
_BACKWARDS = {"wider": "narrower", "narrower": "wider", "subsumes": "specializes", "specializes": "subsumes"}


def _match(equivalence: str, system: str, code: str, display: str, source: str, target: Mapping[str, Any]) -> Document:
    concept = {key: value for key, value in (("system", system), ("code", code), ("display", display)) if value}
    parts: list[Document] = [
        {"name": "equivalence", "valueCode": equivalence},
        {"name": "concept", "valueCoding": concept},
    ]
    for product in target.get("product", ()):
        product_code = {"system": product.get("system"), "code": product["value"], "display": product.get("display")}
        inner = [
            {"name": "element", "valueUri": product["property"]},
            {"name": "concept", "valueCoding": {key: value for key, value in product_code.items() if value}},
        ]
        parts.append({"name": "product", "part": inner})
    if source:
        parts.append({"name": "source", "valueUri": source})
    return {"name": "match", "part": parts}


def _forwards(group: Mapping[str, Any], asked: Coding, source: str) -> Iterator[Document]:
    system = group.get("target", "")
    elements = [one for one in group.get("element", ()) if one.get("code") == asked.code]
    for target in (found for one in elements for found in one.get("target", ())):
        kind = target.get("equivalence", "relatedto")
        yield _match(kind, system, target.get("code", ""), target.get("display", ""), source, target)
    unmapped = group.get("unmapped")
    if elements or not unmapped:
        return
    if unmapped.get("mode") == "provided":
        yield _match("equal", system, asked.code, asked.display, source, {})
    elif unmapped.get("mode") == "fixed":
        yield _match("relatedto", system, unmapped.get("code", ""), unmapped.get("display", ""), source, {})


def _backwards(group: Mapping[str, Any], asked: Coding, source: str) -> Iterator[Document]:
    for element in group.get("element", ()):
        for target in element.get("target", ()):
            if target.get("code") == asked.code:
                kind = target.get("equivalence", "relatedto")
                turned = _BACKWARDS.get(kind, kind)
                yield _match(turned, group.get("source", ""), element["code"], element.get("display", ""), source, {})


def translate(
    maps: Sequence[Mapping[str, Any]],
    codings: Sequence[Coding],
    *,
    target_system: str = "",
    reverse: bool = False,
    depends_on: Mapping[str, str] | None = None,
) -> Document:
    """Return as Parameters what the maps make of these codes: every match, and whether any is one.

    Shape: `depends_on` holds what other elements say; a target that depends on something else is left out.
    """
    given = depends_on or {}
    matches: list[Document] = []
    for document in maps:
        source = document.get("url", "")
        for group in document.get("group", ()):
            here, there = ("target", "source") if reverse else ("source", "target")
            if target_system and group.get(there, "") != target_system:
                continue
            fit = [one for one in codings if not one.system or group.get(here, one.system) == one.system]
            read = _backwards if reverse else _forwards
            matches += [match for one in fit for match in read(_depending(group, given), one, source)]
    found = any(match["part"][0]["valueCode"] not in _NONE for match in matches)
    parts: list[Document] = [{"name": "result", "valueBoolean": found}]
    if not found:
        named = ", ".join(f"{one.system}|{one.code}" for one in codings)
        parts.append({"name": "message", "valueString": f"No map has a translation of {named}."})
    return {"resourceType": "Parameters", "parameter": parts + matches}


def _depending(group: Mapping[str, Any], given: Mapping[str, str]) -> Mapping[str, Any]:
    """Return a group with only the targets whose conditions are met."""

    def fits(target: Mapping[str, Any]) -> bool:
        return all(given.get(one.get("property", "")) == one.get("value") for one in target.get("dependsOn", ()))

    elements = [
        {**one, "target": [target for target in one.get("target", ()) if fits(target)]}
        for one in group.get("element", ())
    ]
    return {**group, "element": elements}
