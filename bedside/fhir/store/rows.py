"""What is written of one resource at one time, and what is known of it before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bedside.fhir.indexing.entries import Entries


@dataclass(frozen=True, slots=True)
class NewVersion:
    """One version about to be written.

    Shape: `rid` is the row it replaces, None for a new resource; `method` is POST, PUT, PATCH or DELETE; a deletion
    has an empty `body` and no entries but its patients.
    """

    kind: str
    id: str
    version: int
    stored_at: datetime
    author_id: UUID | None
    method: str
    body: str
    entries: Entries
    rid: int | None = None
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Present:
    """The current version of a resource, as its row has it.

    Shape: `body` is its JSON text, "" once deleted; `is_reachable` for whoever asked.
    """

    rid: int
    kind: str
    id: str
    version: int
    stored_at: datetime
    is_deleted: bool
    patient_ids: tuple[UUID, ...]
    author_id: UUID | None
    body: str
    is_reachable: bool = True


def patients_of(patient_id: UUID | None, others: list[UUID] | None) -> tuple[UUID, ...]:
    """Return the patients of a row, from its two columns."""
    return (patient_id, *(others or ())) if patient_id else ()
