"""The visit itself: admit, mode, hold, end, no-show, guests, chat."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image

from bedside.consent.models import CareRelationship
from bedside.consent.queries import patient_facts
from bedside.kernel.errors import NotAllowed, NotFound
from bedside.kernel.ids import new_id
from bedside.platform.access import system_actor
from bedside.platform.files.queries import open_file
from bedside.visits import commands, queries
from bedside.visits.commands.chat import AttachmentBad, ChatEmpty, ChatTooLong
from bedside.visits.commands.conduct import ReasonMissing, TooEarlyForNoShow, UnknownMode
from bedside.visits.commands.people import NotAGuestRole, NotOnTheStaff, PatientStays
from bedside.visits.commands.steps import VisitIsOver, VisitMovedOn
from bedside.visits.commands.tickets import TicketNotGood, ice_servers, redeem_ticket
from bedside.visits.models import ChatMessage, Participant, Ticket, VisitStep

from .stage import arrive, book, place_of


def test_admitting_starts_the_visit_the_care_and_the_appointment_once(cast, now):
    visit = arrive(cast, now, upto="in_call")
    again = commands.admit_patient(actor=cast.actor("chen"), now=now + timedelta(minutes=1), visit_id=visit.id)
    assert again.started_at == now
    visit.appointment.refresh_from_db()
    assert visit.appointment.status == "in_visit"
    care = CareRelationship.objects.get(reason="treating", person_id=cast.id("chen"))
    assert care.ends_at is None
    assert VisitStep.objects.filter(visit=visit, to_value="in_call").count() == 1


def test_care_outlives_the_visit(cast, now):
    visit = arrive(cast, now, upto="ended")
    later = now + timedelta(days=400)
    facts = patient_facts(actor=cast.actor("chen"), patient_id=visit.patient_id, now=later)
    assert "treating" in facts.relations
    visit.appointment.refresh_from_db()
    assert visit.appointment.status == "done"


def test_a_visit_has_no_clock(cast, now):
    visit = arrive(cast, now, upto="in_call")
    Participant.objects.filter(visit=visit).update(state="connected", seen_at=now)
    commands.sweep_rooms(actor=system_actor("visits.sweep_rooms"), now=now + timedelta(days=3))
    visit.refresh_from_db()
    assert visit.state == "in_call"
    assert set(visit.participants.values_list("state", flat=True)) == {"left"}


def test_leaving_video_takes_a_reason_that_is_kept(cast, now):
    visit = arrive(cast, now, upto="in_call")
    ada = cast.actor("ada")
    with pytest.raises(ReasonMissing):
        commands.change_mode(actor=ada, now=now, visit_id=visit.id, mode="voice", why=" ")
    with pytest.raises(UnknownMode):
        commands.change_mode(actor=ada, now=now, visit_id=visit.id, mode="fax", why="x")
    for _ in range(2):
        commands.change_mode(actor=ada, now=now, visit_id=visit.id, mode="voice", why="No camera")
    commands.change_mode(actor=ada, now=now, visit_id=visit.id, mode="video", why="")
    steps = VisitStep.objects.filter(visit=visit, kind="mode").order_by("id")
    assert [(s.from_value, s.to_value, s.why) for s in steps] == [
        ("video", "voice", "No camera"),
        ("voice", "video", ""),
    ]


def test_holding_and_taking_up(cast, now):
    visit = arrive(cast, now, upto="on_hold")
    chen = cast.actor("chen")
    assert commands.hold_visit(actor=chen, now=now, visit_id=visit.id).state == "on_hold"
    assert commands.take_up_visit(actor=chen, now=now, visit_id=visit.id).state == "in_call"
    assert commands.end_visit(actor=chen, now=now, visit_id=visit.id).state == "ended"
    assert commands.end_visit(actor=chen, now=now, visit_id=visit.id).state == "ended"
    with pytest.raises(VisitIsOver):
        commands.hold_visit(actor=chen, now=now, visit_id=visit.id)
    with pytest.raises(VisitIsOver):
        commands.change_mode(actor=chen, now=now, visit_id=visit.id, mode="voice", why="x")


def test_a_visit_that_never_began_cannot_be_ended_only_missed(cast, now):
    visit = arrive(cast, now)
    chen = cast.actor("chen")
    with pytest.raises(VisitMovedOn):
        commands.end_visit(actor=chen, now=now, visit_id=visit.id)
    with pytest.raises(TooEarlyForNoShow):
        commands.mark_no_show(actor=chen, now=now - timedelta(minutes=5), appointment_id=visit.appointment_id)
    for _ in range(2):
        assert commands.mark_no_show(actor=chen, now=now, appointment_id=visit.appointment_id).status == "no_show"
    visit.refresh_from_db()
    assert visit.state == "no_show"


def test_a_no_show_needs_no_visit_and_is_the_doctors_to_say(cast, now):
    appointment = book(cast, now)
    for who in ("ada", "diaz", "eve"):
        with pytest.raises(NotFound):
            commands.mark_no_show(actor=cast.actor(who), now=now, appointment_id=appointment.id)
    assert commands.mark_no_show(actor=cast.actor("chen"), now=now, appointment_id=appointment.id).status == "no_show"


def test_only_the_clinician_conducts(cast, now):
    visit = arrive(cast, now, upto="in_call")
    chen = cast.actor("chen")
    commands.invite_participant(
        actor=chen, now=now, visit_id=visit.id, person_id=cast.id("tomas"), role="telepresenter"
    )
    for who in ("ada", "tomas"):
        for command in (commands.end_visit, commands.hold_visit):
            with pytest.raises(NotAllowed):
                command(actor=cast.actor(who), now=now, visit_id=visit.id)
    with pytest.raises(NotFound):
        commands.end_visit(actor=cast.actor("diaz"), now=now, visit_id=visit.id)


def test_staff_come_straight_in_and_family_waits(cast, now):
    visit = arrive(cast, now, upto="in_call")
    chen = cast.actor("chen")
    invite = {"actor": chen, "now": now, "visit_id": visit.id}
    nurse = commands.invite_participant(**invite, person_id=cast.id("gita"), role="nurse")
    ben = commands.invite_participant(**invite, person_id=cast.id("ben"), role="family")
    assert nurse.admitted_at == now
    assert ben.admitted_at is None
    assert commands.invite_participant(**invite, person_id=cast.id("ben"), role="family") == ben
    facts = patient_facts(actor=cast.actor("gita"), patient_id=visit.patient_id, now=now)
    assert "treating" in facts.relations
    tomorrow = patient_facts(actor=cast.actor("gita"), patient_id=visit.patient_id, now=now + timedelta(hours=25))
    assert "treating" not in tomorrow.relations
    with pytest.raises(NotOnTheStaff):
        commands.invite_participant(**invite, person_id=cast.id("eve"), role="nurse")
    with pytest.raises(NotAGuestRole):
        commands.invite_participant(**invite, person_id=cast.id("diaz"), role="clinician")
    admitted = commands.admit_participant(actor=cast.actor("gita"), now=now, visit_id=visit.id, participant_id=ben.id)
    assert admitted.admitted_at == now


def test_a_patient_is_never_put_out_and_a_guest_is_for_good(cast, now):
    visit = arrive(cast, now, upto="in_call")
    chen = cast.actor("chen")
    patient = place_of(visit, visit.patient_id)
    for command in (commands.remove_participant, commands.deny_participant):
        with pytest.raises(PatientStays):
            command(actor=chen, now=now, visit_id=visit.id, participant_id=patient.id)
    ben = commands.invite_participant(actor=chen, now=now, visit_id=visit.id, person_id=cast.id("ben"), role="family")
    commands.deny_participant(actor=chen, now=now, visit_id=visit.id, participant_id=ben.id)
    with pytest.raises(NotFound):
        commands.issue_ticket(actor=cast.actor("ben"), now=now, visit_id=visit.id, session_key="k")


def test_a_ticket_is_for_one_person_one_session_one_minute_and_one_use(cast, now):
    visit = arrive(cast, now)
    ada = cast.actor("ada")

    def issue():
        return commands.issue_ticket(actor=ada, now=now, visit_id=visit.id, session_key="k").token

    def redeem(token, *, actor=ada, at=now, key="k"):
        return redeem_ticket(actor=actor, now=at, token=token, session_key=key)

    token = issue()
    assert not Ticket.objects.filter(token_sha256=token).exists()
    for bad in (
        lambda: redeem(token, actor=cast.actor("eve")),
        lambda: redeem(token, key="another"),
        lambda: redeem(token, at=now + timedelta(seconds=60)),
        lambda: redeem(token + "x"),
        lambda: redeem(""),
    ):
        with pytest.raises(TicketNotGood):
            bad()
    assert redeem(token).role == "patient"
    with pytest.raises(TicketNotGood):
        redeem(token)


def test_relay_credentials_run_out_within_the_hour_and_name_the_participant(settings, now):
    settings.TURN_URLS, settings.TURN_SECRET, settings.STUN_URLS = ["turn:t.example"], "s", ["stun:t.example"]
    pid = new_id()
    stun, turn = ice_servers(pid, now)
    expires, named = turn["username"].split(":", 1)
    assert named == str(pid)
    assert 0 < int(expires) - now.timestamp() <= 3600
    assert "credential" not in stun
    settings.TURN_SECRET = ""
    assert len(ice_servers(pid, now)) == 1


def test_chat_is_ordered_recognised_and_bounded(cast, now):
    visit = arrive(cast, now)
    ada, chen = cast.actor("ada"), cast.actor("chen")
    same = new_id()

    def say(actor, body, client_id=None, **more):
        return commands.send_chat_message(
            actor=actor, now=now, visit_id=visit.id, client_id=client_id or new_id(), body=body, **more
        )

    assert say(ada, "one", same).seq == 1
    assert say(chen, "two\x00").seq == 2
    assert say(ada, "one again", same).body == "one"
    for body, refusal in (("", ChatEmpty), ("\x00 ", ChatEmpty), ("x" * 4001, ChatTooLong)):
        with pytest.raises(refusal):
            say(ada, body)
    with pytest.raises(AttachmentBad):
        say(ada, "look", attachment_id=new_id())
    assert say(ada, "שלום 🌻 " + "y" * 3990).seq == 3
    lines = queries.chat_since(actor=chen, visit_id=visit.id, seq=1, now=now)
    assert [line.seq for line in lines] == [2, 3]
    assert lines[0].body == "two"
    assert lines[0].name == "Lin Chen"


@pytest.mark.slow
def test_a_thousand_lines_keep_their_order_and_none_is_lost(cast, now):
    visit = arrive(cast, now)
    ids = [new_id() for _ in range(200)]
    for n, client_id in enumerate(ids):
        for _ in range(1 + n % 3):
            commands.send_chat_message(
                actor=cast.actor("ada"), now=now, visit_id=visit.id, client_id=client_id, body=str(n)
            )
    kept = list(ChatMessage.objects.order_by("seq").values_list("seq", "body"))
    assert kept == [(n + 1, str(n)) for n in range(200)]


def test_receipts_only_go_forward_and_not_past_the_end(cast, now):
    visit = arrive(cast, now)
    chen = cast.actor("chen")
    for n in range(3):
        commands.send_chat_message(actor=cast.actor("ada"), now=now, visit_id=visit.id, client_id=new_id(), body=str(n))
    for asked, kept in ((2, 2), (1, 2), (99, 3), (-4, 3)):
        receipt = commands.mark_read(actor=chen, now=now, visit_id=visit.id, up_to_seq=asked)
        assert receipt.read_up_to_seq == kept


def photo():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    out.seek(0)
    return out


def test_a_file_in_the_chat_is_open_to_the_people_of_the_visit(cast, now, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    visit = arrive(cast, now)
    stored = commands.attach_file(actor=cast.actor("ada"), now=now, visit_id=visit.id, stream=photo(), name="a.jpg")
    commands.send_chat_message(
        actor=cast.actor("ada"), now=now, visit_id=visit.id, client_id=new_id(), body="", attachment_id=stored.id
    )
    [line] = queries.chat_since(actor=cast.actor("chen"), visit_id=visit.id, seq=0, now=now)
    assert line.attachment["type"] == "image/jpeg"
    assert open_file(actor=cast.actor("chen"), now=now, file_id=stored.id).file == stored
    for who in ("eve", "diaz", "hal"):
        with pytest.raises(NotFound):
            open_file(actor=cast.actor(who), now=now, file_id=stored.id)
    with pytest.raises(AttachmentBad):
        commands.send_chat_message(
            actor=cast.actor("chen"), now=now, visit_id=visit.id, client_id=new_id(), body="x", attachment_id=stored.id
        )
