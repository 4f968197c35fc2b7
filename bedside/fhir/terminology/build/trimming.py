"""Takes from an official resource what terminology asks of it, and leaves its story, its contacts and its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Resource = Mapping[str, Any]

_COMMON = ("resourceType", "url", "version", "name", "title", "status", "copyright")
_OWN = {
    "CodeSystem": ("caseSensitive", "valueSet", "hierarchyMeaning", "content", "supplements", "property"),
    "ValueSet": ("compose",),
    "ConceptMap": ("sourceUri", "sourceCanonical", "targetUri", "targetCanonical", "group"),
}
_CONCEPT = ("code", "display", "definition", "property")


def _plain(value: Any) -> Any:
    """Return a value without its extensions."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if key != "extension" and not key.startswith("_")}
    return value


def _designations(found: Iterable[Resource]) -> list[dict[str, Any]]:
    """Keep other words for a concept, each with its language and what it is for."""
    return [{key: item[key] for key in ("language", "use", "value") if key in item} for item in found]


def _concepts(found: Iterable[Resource]) -> list[dict[str, Any]]:
    kept = []
    for concept in found:
        one = {key: _plain(concept[key]) for key in _CONCEPT if key in concept}
        if one.get("definition") == one.get("display"):
            one.pop("definition", None)
        if concept.get("designation"):
            one["designation"] = _designations(concept["designation"])
        if concept.get("concept"):
            one["concept"] = _concepts(concept["concept"])
        kept.append(one)
    return kept


def trimmed(resource: Resource) -> dict[str, Any] | None:
    """Return what is kept of a resource, or None when it is of no type we serve."""
    own = _OWN.get(resource["resourceType"])
    if own is None:
        return None
    kept = {key: _plain(resource[key]) for key in (*_COMMON, *own) if key in resource}
    if "concept" in resource:
        kept["concept"] = _concepts(resource["concept"])
    return kept
