"""A running Bedside, a doctor's token for its FHIR API, and her patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bedside.accounts.commands import make_access_token
from bedside.consent.commands import begin_care
from bedside.kernel.ids import new_id
from bedside.kernel.time import utc_now
from bedside.platform.access import system_actor
from tests.cast import Cast


@dataclass(frozen=True)
class Door:
    """Where the API is, what opens it, and whose chart is meant."""

    base: str
    token: str
    patient: str


@pytest.fixture
def door(live_site: Any, cast: Cast) -> Door:
    """Dr Chen's token, with Ada in her care."""
    now = utc_now()
    begin_care(
        actor=system_actor("scheduling.book_appointment"),
        now=now,
        patient_id=cast.ada.pk,
        person_id=cast.chen.pk,
        reason="treating",
        source=("appointment", new_id()),
    )
    _, secret = make_access_token(
        actor=cast.actor("chen"),
        now=now,
        name="a client from outside",
        scopes="user/*.cruds",
        expires_at=now + timedelta(hours=1),
    )
    return Door(live_site.url("/fhir/R4"), secret, str(cast.ada.pk))
