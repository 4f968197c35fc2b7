"""What the directory tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PapersChanged:
    """A practitioner, or a paper of theirs, was registered or verified."""

    practitioner_id: UUID
