"""The pieces that FHIR documents are made of, read as far as others wrote them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bedside.fhir.indexing.dates import date_range
from bedside.kernel.time import UTC

from .words import Words, read

Document = Mapping[str, Any]


def id_of(resource: Document) -> UUID:
    """Return the id a resource has on our screens: its own, or for one that others chose otherwise one made of it."""
    try:
        return UUID(resource["id"])
    except ValueError:
        return uuid5(NAMESPACE_URL, f"{resource['resourceType']}/{resource['id']}")


def version_of(resource: Document) -> int:
    """Return which version of a resource this is."""
    return int(resource["meta"]["versionId"])


def ref_of(holder: Any) -> UUID | None:
    """Return the id a reference means, None where it means nothing here: a name, a contained one, another server's."""
    first = first_of(holder)
    kind, _, name = str(first.get("reference", "")).partition("/")
    try:
        return UUID(name) if kind.isalpha() else None
    except ValueError:
        return None


def first_of(holder: Any) -> Document:
    """Return the object there is, or the first of several; an empty one where there is none."""
    found = holder[0] if isinstance(holder, list) and holder else holder
    return found if isinstance(found, dict) else {}


def instant_of(*texts: Any) -> datetime:
    """Return the instant that the first of these texts says; a day, a month or a year is its beginning, in UTC."""
    for text in texts:
        meant = date_range(text) if isinstance(text, str) else None
        if meant is not None:
            return meant[0]
    return datetime.min.replace(tzinfo=UTC)


def stored_text(resource: Document) -> str:
    """Return when a resource was stored, as it says itself."""
    return str(resource["meta"]["lastUpdated"])


def coding_of(concept: Any, system: str = "") -> Document:
    """Return the first code of a concept, or the first of one system; an empty one where there is none."""
    return next((c for c in first_of(concept).get("coding", ()) if not system or c.get("system") == system), {})


def named(concept: Any) -> Words:
    """Return what a concept is called: its text, or what one of its codes is called, or the code."""
    concept = first_of(concept)
    if concept.get("text"):
        return read(concept, "text")
    said = [coding.get(name) for name in ("display", "code") for coding in concept.get("coding", ())]
    word = next((word for word in said if word), "")
    return Words(word, word)
