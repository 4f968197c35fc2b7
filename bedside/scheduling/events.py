"""What scheduling tells the rooms above: past tense, ids only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AppointmentBooked:
    """A patient has a time."""

    appointment_id: UUID
    patient_id: UUID
    practitioner_id: UUID


@dataclass(frozen=True, slots=True)
class AppointmentMoved:
    """A booked time gave way to another one; `from_id` is the appointment it replaces."""

    appointment_id: UUID
    from_id: UUID
    patient_id: UUID
    practitioner_id: UUID


@dataclass(frozen=True, slots=True)
class AppointmentCancelled:
    """A booked time is free again."""

    appointment_id: UUID
    patient_id: UUID
    practitioner_id: UUID


@dataclass(frozen=True, slots=True)
class AppointmentStatusChanged:
    """An appointment arrived, went into its visit, was done or was missed."""

    appointment_id: UUID
    status: str


@dataclass(frozen=True, slots=True)
class FollowUpOffered:
    """A clinician holds times open for a patient to choose from."""

    offer_id: UUID
    patient_id: UUID
