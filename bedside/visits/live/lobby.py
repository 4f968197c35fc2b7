"""What is said at the door: to those who wait, and to those who can let them in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from bedside.visits.models import Visit
from bedside.visits.queries.lines import line_of

from .state import RoomState


def lobby_of(visit_id: UUID, now: datetime) -> dict[str, Any]:
    """Return the place in line and the data for honest words about the wait. Runs in a thread."""
    visit = Visit.objects.select_related("practitioner", "appointment").get(id=visit_id)
    place = line_of(visit, now)
    minute = place.expected_at.replace(second=0, microsecond=0)
    return {
        "position": place.position,
        "ahead": place.ahead,
        "late_minutes": place.late_minutes,
        "doctor": place.doctor,
        "expected_at": minute.isoformat(),
    }


def people_at_the_door(state: RoomState) -> list[dict[str, Any]]:
    """Return who stands at the door. The patient of a waiting visit is there even while their line is lost."""
    found = []
    for someone in state.people.values():
        is_patient = someone.role == "patient" and state.state == "waiting"
        if not someone.is_at_the_door and not (is_patient and not someone.is_admitted):
            continue
        since = state.waiting_since if is_patient else someone.seen_at
        found.append(
            {
                "pid": str(someone.pid),
                "role": someone.role,
                "name": someone.name,
                "since": since.isoformat() if since and is_patient else None,
                "present": someone.state == "lobby" and someone.join > 0,
                "precall": someone.device_test,
            }
        )
    return found
