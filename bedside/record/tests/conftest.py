"""Who is in care of whom, for the chart's tests."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from bedside.consent.models import CareRelationship

VISIT = UUID("01900000-0000-7000-8000-000000000001")
EARLIER_VISIT = UUID("01900000-0000-7000-8000-000000000000")


def put_in_care(cast, name, now, reason="treating"):
    """Give someone a live relation to Ada."""
    CareRelationship.objects.create(
        patient=cast.ada, person=cast.people[name], reason=reason, starts_at=now - timedelta(days=90)
    )


@pytest.fixture
def care(cast, now):
    """The cast, with Dr Chen, Gita and Tomás in care of Ada."""
    for name in ("chen", "gita", "tomas"):
        put_in_care(cast, name, now)
    return cast
