"""Who practises here: one doctor's facts, and search by need."""

from __future__ import annotations

from uuid import UUID

from bedside.kernel.errors import NotFound

from .models import Practitioner


def booking_facts(*, practitioner_id: UUID) -> Practitioner:
    """Return a practitioner with person, clinic, licences and certificates, for deciding about a booking.

    Raises: NotFound.
    """
    doctor = (
        Practitioner.objects.select_related("person", "organization")
        .prefetch_related("licenses", "board_certificates", "organization__locations")
        .filter(pk=practitioner_id)
        .first()
    )
    if doctor is None:
        raise NotFound()
    return doctor
