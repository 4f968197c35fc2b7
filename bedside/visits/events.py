"""What this room tells others: past tense, ids only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class VisitOpened:
    """A patient began to check in."""

    visit_id: UUID
    practitioner_id: UUID


@dataclass(frozen=True, slots=True)
class PatientCheckedIn:
    """Place, call-back number and consent are known."""

    visit_id: UUID
    practitioner_id: UUID


@dataclass(frozen=True, slots=True)
class PatientWaiting:
    """The patient stands in the waiting room."""

    visit_id: UUID
    practitioner_id: UUID


@dataclass(frozen=True, slots=True)
class VisitStarted:
    """The patient was let in."""

    visit_id: UUID
    practitioner_id: UUID


@dataclass(frozen=True, slots=True)
class VisitChanged:
    """Held, taken up again, or moved between video, voice and chat."""

    visit_id: UUID
    practitioner_id: UUID


@dataclass(frozen=True, slots=True)
class VisitEnded:
    """The visit is over: ended, cancelled or a no-show."""

    visit_id: UUID
    practitioner_id: UUID


@dataclass(frozen=True, slots=True)
class ParticipantChanged:
    """Someone was invited, came, was let in, turned away, sent out, or left."""

    visit_id: UUID
    practitioner_id: UUID
    participant_id: UUID


@dataclass(frozen=True, slots=True)
class ChatWritten:
    """The chat of a visit has a new line."""

    visit_id: UUID
    practitioner_id: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class ChatRead:
    """Someone has read the chat up to a line."""

    visit_id: UUID
    practitioner_id: UUID
    person_id: UUID
