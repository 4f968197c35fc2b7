"""Hold, book, move, cancel: the main line and its refusals."""

from datetime import datetime, timedelta

import pytest

from bedside.consent.queries import patient_facts
from bedside.directory.models import License, Practitioner
from bedside.kernel.errors import NotFound
from bedside.kernel.time import UTC
from bedside.platform.audit.models import AuditEvent
from bedside.scheduling.commands import (
    CannotChange,
    DoctorNotBookable,
    HoldExpired,
    InThePast,
    OutsideHours,
    PatientBusy,
    PriceChanged,
    SlotTaken,
    TooFarAhead,
    TooLate,
    UnknownMode,
    book_appointment,
    cancel_appointment,
    expire_all_holds,
    hold_appointment,
    move_appointment,
    rebuild_free_times,
    release_appointment,
    reschedule_appointment,
)
from bedside.scheduling.models import Appointment, AppointmentMove, Reminder
from bedside.scheduling.queries import free_times, get_appointment

#: Wednesday 25 November 2026, 10:00 in Austin.
TEN = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)


def hold(cast, now, who="ada", doctor="chen", at=TEN, **more):
    return hold_appointment(
        actor=cast.actor(who), now=now, practitioner_id=cast.id(doctor), starts_at=at, mode="video", **more
    )


def book(cast, now, **how):
    held = hold(cast, now, **how)
    return book_appointment(
        actor=cast.actor(how.get("who", "ada")), now=now, appointment_id=held.id, reason="sore face"
    )


def starts(cast, now, doctor="chen"):
    day = TEN.date()
    found = free_times(actor=cast.actor("ada"), practitioner_id=cast.id(doctor), first_on=day, last_on=day, now=now)
    return [span.starts_at for span in found]


def test_a_held_time_becomes_a_booked_one(cast, now):
    row = book(cast, now)
    assert row.status == "booked"
    assert row.reason == "sore face"
    assert row.fee_minor == 4500
    assert [(m.from_status, m.to_status) for m in row.moves.order_by("id")] == [
        ("", "held"),
        ("held", "booked"),
    ]


def test_booking_begins_care_and_cancelling_ends_it(cast, now):
    row = book(cast, now)
    facts = patient_facts(actor=cast.actor("chen"), patient_id=cast.ada.id, now=now)
    assert facts.relations == {"booked"}
    later = now + timedelta(hours=1)
    cancel_appointment(actor=cast.actor("ada"), now=later, appointment_id=row.id, why="")
    facts = patient_facts(actor=cast.actor("chen"), patient_id=cast.ada.id, now=later + timedelta(seconds=1))
    assert not facts.relations


def test_a_booked_time_is_not_offered_again(cast, now):
    assert TEN in starts(cast, now)
    row = book(cast, now)
    assert TEN not in starts(cast, now)
    cancel_appointment(actor=cast.actor("ada"), now=now, appointment_id=row.id, why="")
    assert TEN in starts(cast, now)


def test_two_patients_cannot_have_one_time(cast, now):
    book(cast, now)
    with pytest.raises(SlotTaken):
        hold(cast, now, who="eve")


def test_a_patient_cannot_be_in_two_visits_at_once(cast, now):
    book(cast, now)
    with pytest.raises(PatientBusy):
        hold(cast, now, doctor="diaz")


def test_asking_twice_is_asking_once(cast, now):
    first, second = hold(cast, now), hold(cast, now + timedelta(seconds=1))
    assert first.id == second.id
    ada = cast.actor("ada")
    booked = book_appointment(actor=ada, now=now, appointment_id=first.id, reason="a")
    again = book_appointment(actor=ada, now=now, appointment_id=first.id, reason="b")
    assert (booked.id, again.reason) == (again.id, "a")
    assert Reminder.objects.filter(appointment=booked, kind="booked").count() == 1


def test_choosing_another_time_gives_the_first_one_back(cast, now):
    hold(cast, now)
    hold(cast, now, at=TEN + timedelta(minutes=20))
    assert TEN in starts(cast, now)
    assert Appointment.objects.filter(status="held").count() == 1


def test_a_hold_runs_out(cast, now):
    held = hold(cast, now)
    late = now + timedelta(minutes=10)
    with pytest.raises(HoldExpired):
        book_appointment(actor=cast.actor("ada"), now=late, appointment_id=held.id, reason="")
    other = hold(cast, late, who="eve")
    assert other.status == "held"
    held.refresh_from_db()
    assert held.status == "expired"
    with pytest.raises(HoldExpired):
        book_appointment(actor=cast.actor("ada"), now=late, appointment_id=held.id, reason="")


def test_the_sweeper_lets_go_of_old_holds(cast, now):
    from bedside.platform.access import system_actor

    held = hold(cast, now)
    house = system_actor("scheduling.expire_holds")
    assert expire_all_holds(actor=house, now=now + timedelta(minutes=9)) == 0
    assert expire_all_holds(actor=house, now=now + timedelta(minutes=10)) == 1
    held.refresh_from_db()
    assert held.status == "expired"
    assert held.moves.latest("id").to_status == "expired"


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        (datetime(2026, 11, 24, 14, 0, tzinfo=UTC), InThePast),
        (datetime(2026, 11, 24, 15, 0, tzinfo=UTC), InThePast),
        (datetime(2026, 11, 25, 2, 0, tzinfo=UTC), OutsideHours),
        (datetime(2026, 11, 25, 16, 10, tzinfo=UTC), OutsideHours),
        (datetime(2026, 11, 25, 22, 50, tzinfo=UTC), OutsideHours),
        (datetime(2026, 11, 28, 16, 0, tzinfo=UTC), OutsideHours),
        (datetime(2027, 3, 1, 16, 0, tzinfo=UTC), TooFarAhead),
    ],
)
def test_a_time_that_is_not_offered_is_refused(cast, now, at, refusal):
    with pytest.raises(refusal):
        hold(cast, now, at=at)
    assert not Appointment.objects.exists()


def test_a_place_without_a_licence_is_refused(cast, now):
    with pytest.raises(DoctorNotBookable):
        hold(cast, now, region="CA")


def test_a_licence_blocks_from_the_night_it_expires(cast, now):
    License.objects.filter(practitioner_id=cast.chen.id).update(expires_on=TEN.date())
    assert hold(cast, now).status == "held"
    with pytest.raises(DoctorNotBookable):
        hold(cast, now, at=TEN + timedelta(days=1))


def test_the_price_shown_is_the_price_booked(cast, now):
    held = hold(cast, now, shown_fee_minor=4500)
    Practitioner.objects.filter(pk=cast.chen.id).update(fee_minor=9900)
    booked = book_appointment(actor=cast.actor("ada"), now=now, appointment_id=held.id, reason="")
    assert booked.fee_minor == 4500
    with pytest.raises(PriceChanged):
        hold(cast, now, who="eve", at=TEN + timedelta(hours=1), shown_fee_minor=4500)


def test_an_unknown_way_to_meet_is_refused(cast, now):
    with pytest.raises(UnknownMode):
        hold_appointment(actor=cast.actor("ada"), now=now, practitioner_id=cast.chen.id, starts_at=TEN, mode="hologram")


def test_moving_keeps_price_reason_and_calendar_and_frees_the_old_time(cast, now):
    old = book(cast, now)
    Practitioner.objects.filter(pk=cast.chen.id).update(fee_minor=9900)
    new = reschedule_appointment(
        actor=cast.actor("ada"), now=now, appointment_id=old.id, starts_at=TEN + timedelta(minutes=20)
    )
    old.refresh_from_db()
    assert (old.status, old.moved_to) == ("cancelled", new)
    assert (new.fee_minor, new.reason, new.version) == (4500, "sore face", 2)
    assert new.calendar_id == old.calendar_id
    assert TEN in starts(cast, now)
    owed = Reminder.objects.filter(sent_at__isnull=True, dropped_at__isnull=True)
    assert {r.appointment_id for r in owed} == {new.id}


def test_moving_twice_to_the_same_time_is_moving_once(cast, now):
    old = book(cast, now)
    where = {
        "actor": cast.actor("ada"),
        "now": now,
        "appointment_id": old.id,
        "starts_at": TEN + timedelta(hours=1),
    }
    assert reschedule_appointment(**where).id == reschedule_appointment(**where).id


def test_a_move_to_a_taken_time_changes_nothing(cast, now):
    mine = book(cast, now)
    book(cast, now, who="eve", at=TEN + timedelta(minutes=20))
    with pytest.raises(SlotTaken):
        reschedule_appointment(
            actor=cast.actor("ada"), now=now, appointment_id=mine.id, starts_at=TEN + timedelta(minutes=20)
        )
    mine.refresh_from_db()
    assert (mine.status, mine.version) == ("booked", 1)
    assert Reminder.objects.filter(appointment=mine, dropped_at__isnull=True).exists()


def test_the_patient_cannot_change_inside_the_window_but_the_clinic_can(cast, now):
    row = book(cast, now)
    late = TEN - timedelta(minutes=119)
    for change in (
        lambda who: cancel_appointment(actor=cast.actor(who), now=late, appointment_id=row.id, why=""),
        lambda who: reschedule_appointment(
            actor=cast.actor(who), now=late, appointment_id=row.id, starts_at=TEN + timedelta(days=1)
        ),
    ):
        with pytest.raises(TooLate):
            change("ada")
    assert cancel_appointment(actor=cast.actor("femi"), now=late, appointment_id=row.id, why="ill").status == (
        "cancelled"
    )


def test_cancelling_twice_is_cancelling_once(cast, now):
    row = book(cast, now)
    for _ in range(2):
        cancel_appointment(actor=cast.actor("ada"), now=now, appointment_id=row.id, why="")
    assert AppointmentMove.objects.filter(appointment=row, to_status="cancelled").count() == 1


def test_a_stranger_sees_and_changes_nothing(cast, now):
    row = book(cast, now)
    eve = cast.actor("eve")
    for attempt in (
        lambda: get_appointment(actor=eve, now=now, appointment_id=row.id),
        lambda: cancel_appointment(actor=eve, now=now, appointment_id=row.id, why=""),
        lambda: reschedule_appointment(actor=eve, now=now, appointment_id=row.id, starts_at=TEN + timedelta(hours=1)),
        lambda: book_appointment(actor=eve, now=now, appointment_id=row.id, reason=""),
        lambda: move_appointment(actor=eve, now=now, appointment_id=row.id, to_status="arrived", why=""),
        lambda: release_appointment(actor=eve, now=now, appointment_id=row.id),
        lambda: hold(cast, now, who="eve", patient_id=cast.ada.id, at=TEN + timedelta(hours=1)),
    ):
        with pytest.raises(NotFound):
            attempt()
    row.refresh_from_db()
    assert row.status == "booked"


def test_a_colleague_who_is_not_hers_sees_nothing(cast, now):
    row = book(cast, now)
    with pytest.raises(NotFound):
        get_appointment(actor=cast.actor("diaz"), now=now, appointment_id=row.id)
    assert get_appointment(actor=cast.actor("chen"), now=now, appointment_id=row.id).id == row.id


def test_the_day_moves_along_the_table_only(cast, now):
    row = book(cast, now)
    chen, ada = cast.actor("chen"), cast.actor("ada")
    move_appointment(actor=ada, now=TEN, appointment_id=row.id, to_status="arrived", why="")
    move_appointment(actor=chen, now=TEN, appointment_id=row.id, to_status="in_visit", why="")
    with pytest.raises(CannotChange):
        move_appointment(actor=chen, now=TEN, appointment_id=row.id, to_status="no_show", why="")
    with pytest.raises(CannotChange):
        cancel_appointment(actor=chen, now=TEN, appointment_id=row.id, why="")
    done = move_appointment(actor=chen, now=TEN, appointment_id=row.id, to_status="done", why="seen")
    last = done.moves.latest("id")
    assert (last.from_status, last.to_status, last.by_id, last.why) == (
        "in_visit",
        "done",
        cast.chen.id,
        "seen",
    )


def test_every_step_is_written_down_for_the_patient(cast, now):
    row = book(cast, now)
    cancel_appointment(actor=cast.actor("ada"), now=now, appointment_id=row.id, why="")
    kept = AuditEvent.objects.filter(patient_id=cast.ada.id, resource_id=str(row.id))
    assert list(kept.order_by("id").values_list("action", flat=True)) == [
        "scheduling.hold_appointment",
        "scheduling.book_appointment",
        "scheduling.cancel_appointment",
    ]


def test_the_reason_may_be_long_foreign_and_odd(cast, now):
    held = hold(cast, now)
    odd = "\x00 dolor \u202e🤒 " + "x" * 10_000
    row = book_appointment(actor=cast.actor("ada"), now=now, appointment_id=held.id, reason=odd)
    assert "🤒" in row.reason
    assert len(row.reason) == 2000


def test_search_rows_follow_a_booking(cast, now):
    from bedside.directory.models import DoctorSearch

    rebuild_free_times(actor=cast.actor("chen"), now=now)
    before = DoctorSearch.objects.get(pk=cast.chen.id)
    assert before.next_free == now
    row = book(cast, now, at=now + timedelta(minutes=20))
    from django.db import connection

    def offered(at):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT free @> %s::timestamptz FROM doctor_search WHERE practitioner_id = %s",
                [at, cast.chen.id],
            )
            return cursor.fetchone()[0]

    assert not offered(row.starts_at)
    assert offered(row.starts_at + timedelta(minutes=20))
    cancel_appointment(actor=cast.actor("femi"), now=now, appointment_id=row.id, why="")
    assert offered(row.starts_at)
