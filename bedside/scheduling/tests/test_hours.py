"""Working hours and time off: typed in the doctor's wall time, refused on the nights clocks change."""

from datetime import datetime, time, timedelta

import pytest

from bedside.kernel.errors import NotFound
from bedside.scheduling.commands import (
    HoursBackwards,
    HoursOverlap,
    InThePast,
    WallTimeAmbiguous,
    WallTimeSkipped,
    add_hours,
    add_time_off,
    book_appointment,
    hold_appointment,
    remove_hours,
    remove_time_off,
)
from bedside.scheduling.models import AvailabilityRule, TimeOff
from bedside.scheduling.queries import free_times, working_week
from bedside.scheduling.tests.test_booking import TEN


def open_saturday(cast, now, who="chen", starts=time(9), ends=time(10)):
    return add_hours(actor=cast.actor(who), now=now, practitioner_id=cast.chen.id, weekday=5, starts=starts, ends=ends)


def off(cast, now, starts, ends, who="chen"):
    return add_time_off(
        actor=cast.actor(who),
        now=now,
        practitioner_id=cast.chen.id,
        starts=datetime.fromisoformat(starts),
        ends=datetime.fromisoformat(ends),
    )


def offered(cast, now, day):
    found = free_times(actor=cast.actor("ada"), practitioner_id=cast.chen.id, first_on=day, last_on=day, now=now)
    return len(found)


SATURDAY = datetime(2026, 11, 28).date()


def test_opened_hours_are_offered_and_closed_ones_are_not(cast, now):
    rule = open_saturday(cast, now)
    assert offered(cast, now, SATURDAY) == 3
    remove_hours(actor=cast.actor("chen"), now=now, rule_id=rule.id)
    assert offered(cast, now, SATURDAY) == 0


def test_old_hours_end_yesterday_and_stay_in_the_books(cast, now):
    rule = AvailabilityRule.objects.filter(practitioner_id=cast.chen.id, weekday=2).get()
    remove_hours(actor=cast.actor("femi"), now=now, rule_id=rule.id)
    rule.refresh_from_db()
    assert rule.valid_until_on == datetime(2026, 11, 23).date()
    assert offered(cast, now, TEN.date()) == 0


def test_hours_that_overlap_or_run_backwards_are_refused(cast, now):
    open_saturday(cast, now)
    with pytest.raises(HoursOverlap):
        open_saturday(cast, now, starts=time(9, 30), ends=time(11))
    with pytest.raises(HoursBackwards):
        open_saturday(cast, now, starts=time(11), ends=time(11))
    open_saturday(cast, now, starts=time(10), ends=time(11))


def test_time_off_is_not_offered_and_coming_back_is(cast, now):
    row = off(cast, now, "2026-11-25T09:00", "2026-11-25T12:00")
    assert offered(cast, now, TEN.date()) == 15
    remove_time_off(actor=cast.actor("chen"), now=now, time_off_id=row.id)
    assert offered(cast, now, TEN.date()) == 24


def test_what_is_booked_inside_time_off_stays_and_is_shown(cast, now):
    ada = cast.actor("ada")
    held = hold_appointment(actor=ada, now=now, practitioner_id=cast.chen.id, starts_at=TEN, mode="video")
    book_appointment(actor=ada, now=now, appointment_id=held.id, reason="")
    off(cast, now, "2026-11-25T09:00", "2026-11-25T12:00")
    week = working_week(actor=cast.actor("chen"), now=now)
    assert [row.id for row in week.inside] == [held.id]


@pytest.mark.parametrize(
    ("starts", "ends", "refusal"),
    [
        ("2027-03-14T02:30", "2027-03-14T09:00", WallTimeSkipped),
        ("2027-03-13T09:00", "2027-03-14T02:00", WallTimeSkipped),
        ("2027-11-07T01:30", "2027-11-07T09:00", WallTimeAmbiguous),
        ("2026-11-25T12:00", "2026-11-25T09:00", HoursBackwards),
        ("2026-11-01T12:00", "2026-11-02T09:00", InThePast),
    ],
)
def test_times_that_are_none_are_refused(cast, now, starts, ends, refusal):
    with pytest.raises(refusal):
        off(cast, now, starts, ends)
    assert not TimeOff.objects.exists()


@pytest.mark.parametrize("who", ["diaz", "gita", "ada", "hal"])
def test_others_do_not_touch_a_doctors_hours(cast, now, who):
    rule = AvailabilityRule.objects.filter(practitioner_id=cast.chen.id).first()
    for attempt in (
        lambda: open_saturday(cast, now, who=who),
        lambda: off(cast, now, "2026-11-25T09:00", "2026-11-25T12:00", who=who),
        lambda: remove_hours(actor=cast.actor(who), now=now, rule_id=rule.id),
        lambda: working_week(actor=cast.actor(who), now=now, practitioner_id=cast.chen.id),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_the_page_opens_refuses_and_closes(browse, cast, now):
    page = browse("chen")
    assert "Hours of Dr Lin Chen" in page.get("/hours/").content.decode()
    there = f"/hours/{cast.chen.id}/"
    assert page.post(f"{there}add/", {"weekday": "5", "starts": "09:00", "ends": "12:00"}).status_code == 302
    twice = page.post(f"{there}add/", {"weekday": "5", "starts": "09:00", "ends": "12:00"})
    assert twice.status_code == 409
    assert "Those hours overlap" in twice.content.decode()
    assert page.post(f"{there}add/", {"weekday": "9", "starts": "x", "ends": ""}).status_code == 422
    gap = page.post(f"{there}off/", {"starts": "2027-03-14T02:30", "ends": "2027-03-14T09:00"})
    assert gap.status_code == 422
    assert "Clocks go forward" in gap.content.decode()
    assert page.post(f"{there}off/", {"starts": "2026-12-24T09:00", "ends": "2026-12-27T09:00"}).status_code == 302
    assert "December 24" in page.get(there).content.decode()
    row, rule = TimeOff.objects.get(), AvailabilityRule.objects.get(practitioner_id=cast.chen.id, weekday=5)
    assert page.post(f"/hours/back/{row.id}/").status_code == 302
    assert page.post(f"/hours/remove/{rule.id}/").status_code == 302
    assert not TimeOff.objects.exists()


def test_an_administrator_picks_whose(browse, cast):
    page = browse("femi")
    listed = page.get("/hours/").content.decode()
    assert "Dr Lin Chen" in listed
    assert "Dr Mateo Diaz" in listed
    assert "Hours of Dr Mateo Diaz" in page.get(f"/hours/{cast.diaz.id}/").content.decode()


def test_a_patient_finds_no_hours_page(browse):
    assert browse("ada").get("/hours/").status_code == 404


def test_hours_until_the_last_minute_go_on_to_midnight(cast, now):
    before = offered(cast, now, datetime(2026, 12, 6).date())
    add_hours(
        actor=cast.actor("chen"), now=now, practitioner_id=cast.chen.id, weekday=6, starts=time(23), ends=time(23, 59)
    )
    assert offered(cast, now, datetime(2026, 12, 6).date()) == before + 3


def test_a_night_shift_over_the_change_is_offered_by_the_stopwatch(cast, now):
    """Saturday 23:00 to 23:59 and Sunday 00:00 to 04:00 on the night clocks go back: five hours, not four."""
    add_hours(actor=cast.actor("chen"), now=now, practitioner_id=cast.chen.id, weekday=6, starts=time(0), ends=time(4))
    later = datetime(2027, 10, 20, 12, tzinfo=now.tzinfo)
    night = datetime(2027, 11, 7).date()
    assert offered(cast, later, night) == 15
    assert offered(cast, later, night + timedelta(days=7)) == 12
