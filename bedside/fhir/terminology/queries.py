"""What is loaded. It names no patient, so no look at it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bedside.fhir.asking import Ask, Steps


@dataclass(frozen=True, slots=True)
class LoadedPack:
    """A code system that was loaded."""

    url: str
    version: str
    name: str
    concept_count: int
    loaded_at: datetime
    is_in_use: bool
    copyright: str


def loaded_packs() -> Steps[list[LoadedPack]]:
    """Return what is loaded, by name and version."""
    rows = yield Ask(
        "SELECT url, version, name, concept_count, loaded_at, is_in_use, copyright FROM fhir_code_system"
        " ORDER BY name, version"
    )
    return [LoadedPack(*row) for row in rows]
