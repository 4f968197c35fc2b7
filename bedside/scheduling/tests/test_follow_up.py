"""A follow-up: three real times held for ten minutes, one of them taken, the others free again."""

from datetime import timedelta

import pytest

from bedside.consent.queries import patient_facts
from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.access import system_actor
from bedside.scheduling.commands import (
    CannotChange,
    HoldExpired,
    NoTimesToOffer,
    accept_follow_up,
    book_appointment,
    expire_all_holds,
    hold_appointment,
    offer_follow_up,
)
from bedside.scheduling.models import Appointment, AvailabilityRule, Reminder
from bedside.scheduling.queries import follow_up_of, free_times, offered_times
from bedside.scheduling.tests.test_booking import TEN


@pytest.fixture
def in_care(cast, now):
    """Ada has a visit with Dr Chen, by voice."""
    ada = cast.actor("ada")
    held = hold_appointment(actor=ada, now=now, practitioner_id=cast.chen.id, starts_at=TEN, mode="voice")
    return book_appointment(actor=ada, now=now, appointment_id=held.id, reason="")


@pytest.fixture
def offer(cast, now, in_care):
    return make(cast, now)


def make(cast, now, who="chen", on=None):
    return offer_follow_up(
        actor=cast.actor(who),
        now=now,
        patient_id=cast.ada.id,
        practitioner_id=cast.chen.id,
        on_or_after=on or TEN.date(),
    )


def free_starts(cast, now):
    first = TEN.date()
    found = free_times(
        actor=cast.actor("eve"),
        practitioner_id=cast.chen.id,
        first_on=first,
        last_on=first + timedelta(days=9),
        now=now,
    )
    return {span.starts_at for span in found}


def test_three_free_times_on_three_days_at_the_same_price_and_mode(cast, now, offer):
    days = {row.starts_at.date() for row in offer.times}
    assert len(offer.times) == len(days) == 3
    assert {(row.fee_minor, row.mode, row.status) for row in offer.times} == {(4500, "voice", "held")}
    assert not free_starts(cast, now) & {row.starts_at for row in offer.times}
    seen = offered_times(actor=cast.actor("ada"), now=now, patient_id=cast.ada.id)
    assert [row.id for row in seen] == [row.id for row in offer.times]


def test_one_tap_books_it_and_frees_the_others(cast, now, offer):
    chosen, *others = offer.times
    row = accept_follow_up(actor=cast.actor("ada"), now=now, appointment_id=chosen.id)
    assert row.status == "booked"
    assert {other.starts_at for other in others} <= free_starts(cast, now)
    assert Reminder.objects.filter(appointment=row).exists()
    again = accept_follow_up(actor=cast.actor("ada"), now=now, appointment_id=chosen.id)
    assert again.id == row.id
    with pytest.raises(CannotChange):
        accept_follow_up(actor=cast.actor("ada"), now=now, appointment_id=others[0].id)
    assert [one.status for one in follow_up_of(actor=cast.actor("chen"), now=now, patient_id=cast.ada.id)] == ["booked"]


def test_an_offer_nobody_took_is_let_go_of(cast, now, offer):
    late = now + timedelta(minutes=10)
    with pytest.raises(HoldExpired):
        accept_follow_up(actor=cast.actor("ada"), now=late, appointment_id=offer.times[0].id)
    assert {row.starts_at for row in offer.times} <= free_starts(cast, late)
    expire_all_holds(actor=system_actor("scheduling.expire_holds"), now=late)
    assert not Appointment.objects.filter(status="held").exists()
    assert offered_times(actor=cast.actor("ada"), now=late, patient_id=cast.ada.id) == []


def test_a_second_offer_takes_the_first_one_back(cast, now, offer):
    second = make(cast, now, on=TEN.date() + timedelta(days=5))
    held = set(Appointment.objects.filter(status="held").values_list("id", flat=True))
    assert held == {row.id for row in second.times}


def test_holding_a_time_oneself_does_not_lose_the_offer(cast, now, offer):
    at = max(free_starts(cast, now))
    hold_appointment(actor=cast.actor("ada"), now=now, practitioner_id=cast.chen.id, starts_at=at, mode="video")
    assert Appointment.objects.filter(offer_id=offer.id, status="held").count() == 3


@pytest.mark.parametrize("who", ["diaz", "gita", "ada", "eve", "femi"])
def test_only_who_cares_for_the_patient_offers(cast, now, in_care, who):
    with pytest.raises((NotFound, NotAllowed)):
        make(cast, now, who=who)


def test_a_stranger_takes_no_offered_time(cast, now, offer):
    with pytest.raises(NotFound):
        accept_follow_up(actor=cast.actor("eve"), now=now, appointment_id=offer.times[0].id)


def test_a_doctor_with_no_hours_is_told_so(cast, now, in_care):
    AvailabilityRule.objects.filter(practitioner_id=cast.chen.id).delete()
    with pytest.raises(NoTimesToOffer):
        make(cast, now)
    assert not Appointment.objects.filter(status="held").exists()


def test_accepting_keeps_the_doctor_in_care(cast, now, offer):
    accept_follow_up(actor=cast.actor("ada"), now=now, appointment_id=offer.times[0].id)
    facts = patient_facts(actor=cast.actor("chen"), patient_id=cast.ada.id, now=offer.times[0].starts_at)
    assert "booked" in facts.relations


def test_the_doctor_offers_beside_the_video_and_the_patient_chooses(browse, cast, now, in_care):
    page = browse("chen")
    part = page.get(f"/follow-up/{cast.ada.id}/")
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    sent = page.post(f"/follow-up/{cast.ada.id}/", {"on_or_after": "2026-12-01"})
    assert sent.content.decode().count("held for the patient") == 3
    ada = browse("ada")
    chooser = ada.get("/appointments/offered/").content.decode()
    row = Appointment.objects.filter(status="held").earliest("starts_at")
    assert f"/appointments/{row.id}/accept/" in chooser
    booked = ada.post(f"/appointments/{row.id}/accept/", follow=True)
    assert "Your visit is booked" in booked.content.decode()
    assert "chosen by the patient" in browse("chen").get(f"/follow-up/{cast.ada.id}/").content.decode()


def test_the_part_is_not_there_for_others(browse, cast, in_care):
    for who in ("diaz", "eve"):
        assert browse(who).get(f"/follow-up/{cast.ada.id}/").status_code == 404


def test_a_bad_day_is_said(browse, cast, in_care):
    page = browse("chen")
    assert page.post(f"/follow-up/{cast.ada.id}/", {"on_or_after": "soon"}).status_code == 422
    for day in ("2031-01-01", "9999-12-31"):
        far = page.post(f"/follow-up/{cast.ada.id}/", {"on_or_after": day})
        assert far.status_code == 409
        assert "fewer than three free times" in far.content.decode()
    assert page.post(f"/follow-up/{cast.ada.id}/", {"on_or_after": "0001-01-01"}).status_code == 200
