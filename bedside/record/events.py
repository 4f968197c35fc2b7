"""What the chart tells the rooms above it. Ids only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ChartChanged:
    """Something was written in a patient's chart."""

    patient_id: UUID
    visit_id: UUID | None


@dataclass(frozen=True, slots=True)
class NoteSigned:
    """A note was signed."""

    note_id: UUID
    patient_id: UUID
    visit_id: UUID | None


@dataclass(frozen=True, slots=True)
class TasksChanged:
    """A patient's tasks were given, ticked off or taken back."""

    patient_id: UUID
