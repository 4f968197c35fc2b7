"""JSON Merge Patch: what is named takes the place of what was there, null takes it away.

Why: FHIR R4 names JSON Patch and FHIRPath Patch only, but clients in use send this one (fhirpy among them).
Source: RFC 7396.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bedside.fhir.documents import Document


def merge_patch(document: Document, patch: Mapping[str, Any]) -> Document:
    """Return the document with the patch merged in; the one given is not touched."""
    merged = dict(document)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            before = merged.get(name)
            merged[name] = merge_patch(before if isinstance(before, dict) else {}, value)
        else:
            merged[name] = value
    return merged
