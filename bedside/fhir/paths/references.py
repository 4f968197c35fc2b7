"""What a reference says of what it refers to. Source: FHIR R4 4.0.1, 2.3.0.2 (literal references), 3.1.0.1.4 (urls)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bedside.fhir.definitions import registry

_LITERAL = re.compile(
    r"(?P<base>(?i:https?)://[^\s#?|]+/)?(?P<kind>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9.-]{1,64})"
    r"(?:/_history/(?P<version>[A-Za-z0-9.-]{1,64}))?"
)


@dataclass(frozen=True, slots=True)
class LiteralReference:
    """A reference to a resource by its type and id. Shape: `base` is "" for one on this server."""

    base: str
    kind: str
    id: str
    version: str | None


@lru_cache(maxsize=20_000)
def literal_reference(text: str) -> LiteralReference | None:
    """Return what a reference's text says, or None when it does not name a type and an id."""
    found = _LITERAL.fullmatch(text)
    if found is None or found["kind"] not in _kinds():
        return None
    return LiteralReference(found["base"] or "", found["kind"], found["id"], found["version"])


@lru_cache(maxsize=1)
def _kinds() -> frozenset[str]:
    return frozenset(registry().resource_types)


def referred_kind(reference: Any, resource: Any) -> str | None:
    """Return the type of what a reference refers to, told from itself alone, or None when it does not say.

    Shape: `reference` is a Reference or the text of one; `resource` is where `#id` is looked up.
    """
    said = reference.get("type") if isinstance(reference, dict) else None
    text = reference.get("reference") if isinstance(reference, dict) else reference
    if isinstance(text, str):
        literal = literal_reference(text)
        if literal is not None:
            return literal.kind
        if text.startswith("#"):
            return _contained_kind(text[1:], resource) or (said if isinstance(said, str) else None)
        conditional = text.partition("?")[0]
        if conditional != text and conditional in _kinds():
            return conditional
    return said if isinstance(said, str) and said in _kinds() else None


def _contained_kind(id: str, resource: Any) -> str | None:
    contained = resource.get("contained") if isinstance(resource, dict) else None
    for each in contained if isinstance(contained, list) else []:
        if isinstance(each, dict) and each.get("id") == id:
            kind = each.get("resourceType")
            return kind if isinstance(kind, str) else None
    if not id and isinstance(resource, dict):
        own = resource.get("resourceType")
        return own if isinstance(own, str) else None
    return None
