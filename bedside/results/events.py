"""What this room tells the pages. Ids only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ResultArrived:
    """A result, or another version of one, came for a patient; `owner_id` must see it, None is the pool."""

    item_id: UUID
    patient_id: UUID
    owner_id: UUID | None


@dataclass(frozen=True, slots=True)
class ResultSeen:
    """Someone saw a result."""

    item_id: UUID
    patient_id: UUID
    by_id: UUID
