"""What this room tells the floors above. Ids only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CareBegan:
    """A person came into a patient's care."""

    relationship_id: UUID


@dataclass(frozen=True, slots=True)
class GlassBroken:
    """A chart was opened in an emergency."""

    relationship_id: UUID
