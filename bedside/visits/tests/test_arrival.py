"""The patient arrives: the door, the check-in, the line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bedside.consent.models import ConsentGiven
from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.access import system_actor
from bedside.platform.audit.models import AuditEvent
from bedside.visits import commands, queries
from bedside.visits.commands.arrival import (
    CallbackMissing,
    DoorClosed,
    DoorNotOpenYet,
    NotBooked,
    PlaceMissing,
    PlaceNotCovered,
)
from bedside.visits.commands.conduct import PatientNotReady
from bedside.visits.commands.steps import VisitIsOver, VisitMovedOn
from bedside.visits.models import CheckIn, Visit

from .stage import HERE, arrive, book, place_of


def test_a_patient_opens_the_visit_of_their_own_appointment_once(cast, now):
    appointment = book(cast, now + timedelta(minutes=20))
    first = commands.open_visit(actor=cast.actor("ada"), now=now, appointment_id=appointment.id)
    again = commands.open_visit(actor=cast.actor("ada"), now=now, appointment_id=appointment.id)
    assert first == again
    assert first.state == "opened"
    assert {p.role for p in first.participants.all()} == {"patient", "clinician"}


@pytest.mark.parametrize("who", ["eve", "chen", "ben", "femi", "hal"])
def test_nobody_else_opens_it(cast, now, who):
    appointment = book(cast, now)
    with pytest.raises(NotFound):
        commands.open_visit(actor=cast.actor(who), now=now, appointment_id=appointment.id)
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("minutes", "refusal"), [(31, DoorNotOpenYet), (30, None), (0, None), (-90, None), (-12 * 60 - 1, DoorClosed)]
)
def test_the_door_opens_half_an_hour_before_and_late_is_let_in(cast, now, minutes, refusal):
    appointment = book(cast, now + timedelta(minutes=minutes))
    if refusal is None:
        assert commands.open_visit(actor=cast.actor("ada"), now=now, appointment_id=appointment.id)
        return
    with pytest.raises(refusal):
        commands.open_visit(actor=cast.actor("ada"), now=now, appointment_id=appointment.id)


@pytest.mark.parametrize("status", ["cancelled", "no_show", "done", "expired"])
def test_an_appointment_that_is_not_booked_has_no_visit(cast, now, status):
    appointment = book(cast, now)
    type(appointment).objects.filter(id=appointment.id).update(status=status)
    with pytest.raises(NotBooked):
        commands.open_visit(actor=cast.actor("ada"), now=now, appointment_id=appointment.id)


def test_check_in_keeps_place_number_consent_and_test_and_moves_the_appointment(cast, now):
    visit = arrive(cast, now, upto="checked_in")
    kept = CheckIn.objects.get(visit=visit)
    assert (kept.place, kept.region, kept.country) == ("12 Oak Street, Austin", "TX", "US")
    assert kept.device_test["rtt_ms"] == 80
    consent = ConsentGiven.objects.get()
    assert kept.consent == consent
    assert consent.source_id == visit.id
    visit.appointment.refresh_from_db()
    assert visit.appointment.status == "arrived"
    assert AuditEvent.objects.filter(action="visits.check_in_patient", patient_id=visit.patient_id).count() == 1


def test_checking_in_again_corrects_the_place_and_asks_for_no_second_consent(cast, now):
    visit = arrive(cast, now)
    there = {**HERE, "place": "Cedar Park library"}
    commands.check_in_patient(actor=cast.actor("ada"), now=now, visit_id=visit.id, **there)
    assert CheckIn.objects.get().place == "Cedar Park library"
    assert ConsentGiven.objects.count() == 1
    visit.refresh_from_db()
    assert visit.state == "waiting"


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("place", "", PlaceMissing),
        ("place", "\x00 \n", PlaceMissing),
        ("region", " ", PlaceMissing),
        ("country", "USA", PlaceMissing),
        ("country", "1", PlaceMissing),
        ("callback_number", "", CallbackMissing),
        ("callback_number", "call me", CallbackMissing),
        ("callback_number", "12345", CallbackMissing),
        ("callback_number", "1234567890123456", CallbackMissing),
        ("callback_number", "<script>5125550100", CallbackMissing),
    ],
)
def test_bad_details_are_refused_and_nothing_is_half_done(cast, now, field, value, refusal):
    visit = arrive(cast, now, upto="opened")
    with pytest.raises(refusal):
        commands.check_in_patient(actor=cast.actor("ada"), now=now, visit_id=visit.id, **{**HERE, field: value})
    assert not CheckIn.objects.exists()
    assert not ConsentGiven.objects.exists()
    visit.refresh_from_db()
    assert visit.state == "opened"


def test_a_place_where_the_doctor_has_no_license_is_refused_and_nothing_is_half_done(cast, now):
    visit = commands.open_visit(actor=cast.actor("ada"), now=now, appointment_id=book(cast, now).id)
    with pytest.raises(PlaceNotCovered):
        commands.check_in_patient(
            actor=cast.actor("ada"), now=now, visit_id=visit.id, **HERE | {"region": "NY"}
        )  # fmt: skip
    assert not CheckIn.objects.exists()
    assert not ConsentGiven.objects.exists()


def test_long_right_to_left_and_null_bytes_in_a_place_are_kept_within_bounds(cast, now):
    visit = arrive(cast, now, upto="opened")
    place = "بيت\x00 🏠 " + "x" * 10_000
    commands.check_in_patient(actor=cast.actor("ada"), now=now, visit_id=visit.id, **{**HERE, "place": place})
    kept = CheckIn.objects.get().place
    assert len(kept) == 200
    assert kept.startswith("بيت")
    assert "\x00" not in kept


def test_nobody_joins_before_the_patient_has_checked_in(cast, now):
    visit = arrive(cast, now, upto="opened")
    for act in (
        lambda: commands.issue_ticket(actor=cast.actor("chen"), now=now, visit_id=visit.id, session_key="k"),
        lambda: commands.admit_patient(actor=cast.actor("chen"), now=now, visit_id=visit.id),
    ):
        with pytest.raises(PatientNotReady):
            act()
    assert PatientNotReady.status == 403


def test_waiting_comes_after_check_in_and_twice_is_once(cast, now):
    visit = arrive(cast, now, upto="opened")
    with pytest.raises(VisitMovedOn):
        commands.enter_waiting_room(actor=cast.actor("ada"), now=now, visit_id=visit.id)
    commands.check_in_patient(actor=cast.actor("ada"), now=now, visit_id=visit.id, **HERE)
    first = commands.enter_waiting_room(actor=cast.actor("ada"), now=now, visit_id=visit.id)
    later = now + timedelta(minutes=5)
    again = commands.enter_waiting_room(actor=cast.actor("ada"), now=later, visit_id=visit.id)
    assert again.waiting_since == first.waiting_since == now
    assert place_of(visit, visit.patient_id).state == "lobby"


@pytest.mark.parametrize("who", ["eve", "diaz", "ben"])
def test_strangers_find_no_visit(cast, now, who):
    visit = arrive(cast, now)
    actor = cast.actor(who)
    for act in (
        lambda: commands.check_in_patient(actor=actor, now=now, visit_id=visit.id, **HERE),
        lambda: commands.enter_waiting_room(actor=actor, now=now, visit_id=visit.id),
        lambda: commands.issue_ticket(actor=actor, now=now, visit_id=visit.id, session_key="k"),
        lambda: queries.get_visit(actor=actor, visit_id=visit.id, now=now),
        lambda: queries.chat_since(actor=actor, visit_id=visit.id, seq=0, now=now),
        lambda: queries.place_in_line(actor=actor, visit_id=visit.id, now=now),
        lambda: queries.waiting_room(actor=actor, practitioner_id=visit.practitioner_id, now=now),
    ):
        with pytest.raises((NotFound, NotAllowed)) as refused:
            act()
        assert refused.type is NotFound or who == "diaz" or not actor.is_staff


def test_a_cancelled_appointment_closes_its_visit_but_not_one_in_use(cast, now):
    house = system_actor("visits.cancel_visit")
    visit = arrive(cast, now)
    commands.cancel_visit(actor=house, now=now, appointment_id=visit.appointment_id)
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    with pytest.raises(VisitIsOver):
        commands.enter_waiting_room(actor=cast.actor("ada"), now=now, visit_id=visit.id)
    busy = arrive(cast, now + timedelta(hours=1), upto="in_call")
    commands.cancel_visit(actor=house, now=now, appointment_id=busy.appointment_id)
    busy.refresh_from_db()
    assert busy.state == "in_call"


def test_the_waiting_room_shows_who_waits_in_order_with_readiness(cast, now):
    late = arrive(cast, now, patient="ada")
    soon = arrive(cast, now - timedelta(minutes=20), patient="eve")
    waiters = queries.waiting_room(
        actor=cast.actor("chen"), practitioner_id=cast.id("chen"), now=now + timedelta(minutes=7)
    )
    assert [w.visit_id for w in waiters] == [soon.id, late.id]
    assert waiters[1].wait_minutes == 7
    assert waiters[1].reason == "A cough for a week"
    assert waiters[1].readiness == "ready"
    place = queries.place_in_line(actor=cast.actor("ada"), visit_id=late.id, now=now)
    assert (place.position, place.ahead) == (2, 1)
    assert place.late_minutes == 20
    assert AuditEvent.objects.filter(action="visits.see_waiting_room").count() == 1


def test_the_waiting_room_takes_a_fixed_number_of_queries(cast, now, django_assert_max_num_queries):
    for n, who in enumerate(("ada", "eve", "ben")):
        arrive(cast, now - timedelta(minutes=30 * n), patient=who)
    with django_assert_max_num_queries(4):
        assert len(queries.waiting_room(actor=cast.actor("chen"), practitioner_id=cast.id("chen"), now=now)) == 3
