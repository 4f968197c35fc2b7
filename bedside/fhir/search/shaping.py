"""Leaves of a document only what was asked for. The only place of a search where a body is read.

Source: FHIR R4 4.0.1, 3.1.1.5.8 (_summary), 3.1.1.5.9 (_elements).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bedside.fhir.definitions import registry
from bedside.fhir.definitions.shapes import Element
from bedside.fhir.documents import Document, read_document, write_document

from .query import Query

#: What stands in every resource that is cut, so that nobody takes it for the whole.
SUBSETTED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
    "display": "subsetted",
}
_ALWAYS = {"resourceType", "id", "meta"}


def is_whole(query: Query) -> bool:
    """Say whether documents are wanted as they are."""
    return not query.elements and query.summary in {"", "false", "count"}


def shaped(body: str, kind: str, query: Query, *, is_match: bool) -> str:
    """Return a body with only what was asked for, marked as not the whole of it."""
    document = read_document(body)
    kept = _kept(document, kind, query, is_match=is_match)
    if kept is None:
        return body
    meta = dict(kept.get("meta", {}))
    tags = [tag for tag in meta.get("tag", []) if tag.get("code") != SUBSETTED["code"]]
    kept["meta"] = {**meta, "tag": [*tags, SUBSETTED]}
    return write_document({name: kept[name] for name in ("resourceType", "id", "meta") if name in kept} | kept)


def _kept(document: Document, kind: str, query: Query, *, is_match: bool) -> Document | None:
    elements = registry().types[kind].elements
    if query.summary == "text":
        return _only(document, elements, {"text"})
    if query.summary == "data":
        return {name: value for name, value in document.items() if name not in {"text", "_text"}}
    if query.summary == "true":
        return dict(_summary(document, kind))
    wanted = {name.partition(".")[2] for name in query.elements if name.startswith(f"{kind}.")}
    if is_match:
        wanted |= {name for name in query.elements if "." not in name}
    return _only(document, elements, wanted) if wanted else None


def _only(document: Document, elements: Mapping[str, Element], wanted: set[str]) -> Document:
    """Return the elements wanted, and those a document cannot be without or be understood without."""
    kept = {}
    for name, value in document.items():
        bare = name.removeprefix("_")
        element = elements.get(bare)
        is_needed = element is not None and (element.min > 0 or element.is_modifier)
        is_wanted = bare in wanted or (element is not None and element.choice in wanted)
        if bare in _ALWAYS or is_needed or is_wanted:
            kept[name] = value
    return kept


def _summary(value: Any, kind: str) -> Any:
    definition = registry().types.get(kind)
    if isinstance(value, list):
        return [_summary(each, kind) for each in value]
    if not isinstance(value, dict) or definition is None:
        return value
    kept = {}
    for name, inner in value.items():
        element = definition.elements.get(name.removeprefix("_"))
        if name in _ALWAYS or (element is not None and element.is_summary):
            below = element.content_type if element is not None else None
            kept[name] = _summary(inner, below) if below else inner
    return kept
