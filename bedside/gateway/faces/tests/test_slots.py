"""Free and busy times as slots: worked out when asked, always under the same id."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bedside.gateway.faces.slots import find_slot, find_slots, parse_slot_id, slot_id
from bedside.kernel.errors import NotFound
from bedside.scheduling.models import Appointment
from tests.cast import Cast


def test_a_day_of_slots_is_free_until_someone_books(cast: Cast, now: datetime) -> None:
    asked = {"actor": cast.actor("eve"), "now": now, "practitioner_id": cast.chen.pk}
    day = {"first": now, "last": now + timedelta(days=1)}
    free = find_slots(**asked, **day)
    assert free
    assert {slot["status"] for slot in free} == {"free"}
    assert free == sorted(free, key=lambda slot: slot["start"])
    start = datetime.fromisoformat(free[0]["start"])
    end = datetime.fromisoformat(free[0]["end"])
    Appointment.objects.create(
        patient=cast.ada, practitioner=cast.chen.practitioner, organization=cast.clinic, during=(start, end),
        starts_at=start, ends_at=end, practitioner_zone="America/Chicago", status="booked", reason="Private",
        fee_minor=0, currency="USD", created_at=now,
    )  # fmt: skip
    first = find_slots(**asked, **day)[0]
    assert (first["id"], first["status"]) == (free[0]["id"], "busy")
    assert "Private" not in str(first)
    assert str(cast.ada.pk) not in str(first)


def test_a_slot_is_found_by_its_id(cast: Cast, now: datetime) -> None:
    asked = {"actor": cast.actor("eve"), "now": now}
    slot = find_slots(**asked, practitioner_id=cast.chen.pk, first=now, last=now + timedelta(days=1))[0]
    assert find_slot(**asked, id=slot["id"]) == slot
    assert slot["schedule"] == {"reference": f"Schedule/{cast.chen.pk}"}


NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    "id", ["", ".", "no.1", "1795600000", "x" * 64, f"{NOBODY}.1795600000", f"{NOBODY}.9999999999999999"]
)
def test_an_id_that_is_no_slot_is_not_found(cast: Cast, now: datetime, id: str) -> None:
    with pytest.raises(NotFound):
        find_slot(actor=cast.actor("eve"), now=now, id=id)


def test_a_time_outside_working_hours_is_not_found(cast: Cast, now: datetime) -> None:
    midnight = now.replace(hour=7, minute=0) + timedelta(days=1)
    with pytest.raises(NotFound):
        find_slot(actor=cast.actor("eve"), now=now, id=slot_id(cast.chen.pk, midnight))


def test_ids_say_whose_and_when(cast: Cast, now: datetime) -> None:
    assert parse_slot_id(slot_id(cast.chen.pk, now)) == (cast.chen.pk, now)
