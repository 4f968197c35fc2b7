"""What this room tells others. Ids only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ResultFiled:
    """A laboratory's result was filed in a chart, or corrected there."""

    patient_id: UUID
    report_id: UUID
    message_id: UUID
    is_correction: bool


@dataclass(frozen=True, slots=True)
class ResultHeld:
    """A result waits until somebody says whose it is."""

    held_id: UUID


@dataclass(frozen=True, slots=True)
class RecordsImported:
    """A file was stored to its end."""

    run_id: UUID
