"""Which zone a laboratory's clocks are taken to show when a message does not say."""

from __future__ import annotations

from bedside.accounts.terms import DEFAULT_ZONE
from bedside.directory.models import Organization


def clinic_zone() -> str:
    """Return the zone of the first clinic of the house."""
    found = Organization.objects.filter(kind="clinic").order_by("id").values_list("time_zone", flat=True).first()
    return found or DEFAULT_ZONE
