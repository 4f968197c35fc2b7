"""Laboratory results as messages: filed once, in the order they were sent, and never lost."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta

import pytest

from bedside.fhir.queries import history
from bedside.intake.commands import NotAReason, file_kept, match_held, receive_message, reject_held, take_held
from bedside.intake.commands.held import HeldSettled
from bedside.intake.events import ResultFiled
from bedside.intake.hl7v2.files import digest_of
from bedside.intake.hl7v2.frames import framed
from bedside.intake.hl7v2.tests.samples import PID, message, order, value
from bedside.intake.models import HeldResult, LabMessage, PatientNumber
from bedside.kernel.errors import NotAllowed
from bedside.platform.access import system_actor
from bedside.platform.events import _LISTENERS, listen

from .imports import bring, counts, stored

pytestmark = pytest.mark.django_db

LINE = system_actor("intake.line")


@pytest.fixture
def ada(cast, now):
    """Ada, known to the laboratory by her number."""
    PatientNumber.objects.create(system="urn:bedside:numbers:cedar", value="4711", person=cast.ada, known_at=now)
    return cast.ada


def receive(content, now):
    return receive_message(actor=LINE, now=now, raw=content, door="line")


def sent(at: datetime, *lines, id="C1", **more) -> bytes:
    """Return a message sent at a time."""
    return message(*lines, id=id, **more).replace(b"20261124083000-0600", at.strftime("%Y%m%d%H%M%S+0000").encode())


def values():
    return [(one["valueQuantity"]["value"], one["status"], one["meta"]["versionId"]) for one in stored("Observation")]


# --- Filing ----------------------------------------------------------------------------------------------------
def test_a_result_is_filed_in_its_patients_chart_and_announced(ada, now, django_capture_on_commit_callbacks):
    told = []
    listen(ResultFiled, told.append)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            receipt = receive(message(order(), value()), now)
    finally:
        _LISTENERS[ResultFiled].remove(told.append) if told.append in _LISTENERS[ResultFiled] else None
    assert (receipt.verdict, receipt.held) == ("A", 0)
    (report,), (found,) = stored("DiagnosticReport"), stored("Observation")
    assert report["subject"] == found["subject"] == {"reference": f"Patient/{ada.id}"}
    assert report["result"] == [{"reference": f"Observation/{found['id']}"}]
    assert found["meta"]["tag"] == [{"system": "urn:bedside:source", "code": "CEDARLAB"}]
    assert [(one.patient_id, one.is_correction) for one in told] == [(ada.id, False)]
    assert LabMessage.objects.get().state == "filed"
    assert len(stored("Provenance")) == 1


def test_a_sender_without_a_name_and_one_of_several_words_are_filed(ada, now):
    receive(message(order(), value()).replace(b"|LIS|CEDARLAB|", b"|||"), now)
    receive(message(order(filler="F2"), value(), id="C2").replace(b"CEDARLAB|B", b"CEDAR LAB, TX|B"), now)
    assert [one["meta"]["tag"][0]["code"] for one in stored("Observation")] == ["unknown", "CEDAR LAB, TX"]


def test_the_same_message_again_changes_nothing_and_is_answered_as_before(ada, now):
    first = receive(message(order(), value()), now)
    again = receive(message(order(), value()), now + timedelta(hours=1))
    assert (first.verdict, again.verdict, again.is_duplicate) == ("A", "A", True)
    assert values() == [(105, "final", "1")]
    assert LabMessage.objects.count() == 1


def test_a_correction_is_the_next_version_and_the_first_stays_to_be_read(ada, now):
    receive(sent(now, order(), value()), now)
    receive(sent(now + timedelta(hours=1), order(status="C"), value("150", status="C"), id="C2"), now)
    assert values() == [(150, "corrected", "2")]
    (report,) = stored("DiagnosticReport")
    assert report["status"] == "corrected"
    older = history(type="Observation", id=stored("Observation")[0]["id"])
    assert [json.loads(one.body)["valueQuantity"]["value"] for one in older] == [150, 105]


def test_what_was_sent_earlier_and_comes_later_does_not_overwrite(ada, now):
    receive(sent(now + timedelta(hours=1), order(status="C"), value("150", status="C"), id="C2"), now)
    receipt = receive(sent(now, order(), value("105"), value("4", code="2160-0^Creatinine^LN")), now)
    assert receipt.verdict == "A"
    assert values() == [(150, "corrected", "1"), (4, "final", "1")]
    (report,) = stored("DiagnosticReport")
    assert report["status"] == "corrected"
    assert len(report["result"]) == 2


def test_a_correction_of_one_value_leaves_the_others_in_the_report(ada, now):
    receive(sent(now, order(), value("105"), value("4", code="2160-0^Creatinine^LN")), now)
    receive(sent(now + timedelta(hours=1), order(status="C"), value("150", status="C"), id="C2"), now)
    assert len(stored("DiagnosticReport")[0]["result"]) == 2


def test_a_status_alone_keeps_the_value_that_was_sent_before(ada, now):
    receive(sent(now, order(status="P"), value("105", status="P")), now)
    receive(sent(now + timedelta(hours=1), order(), value("", status="U"), id="C2"), now)
    assert values() == [(105, "final", "2")]
    assert stored("Observation")[0]["interpretation"][0]["text"] == "H"


def test_one_control_id_with_another_content_is_another_message(ada, now):
    receive(sent(now, order(), value("105")), now)
    receive(sent(now + timedelta(minutes=1), order(), value("106")), now)
    assert values() == [(106, "final", "2")]
    assert LabMessage.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "verdict", "error"),
    [
        (b"nonsense", "R", "100"),
        (message(order(), value()).replace(b"ORU^R01^ORU_R01", b"ADT^A08^ADT_A01"), "R", "200"),
        (message(order(), value()).replace(b"|P|2.5.1", b"|T|2.5.1"), "R", "202"),
        (message(), "E", "100"),
        (message(order(), value(), letters="KLINGON"), "R", "103"),
    ],
)
def test_what_cannot_be_taken_is_answered_with_why_and_kept(ada, now, content, verdict, error):
    receipt = receive(content, now)
    assert (receipt.verdict, receipt.error) == (verdict, error)
    kept = LabMessage.objects.get()
    assert (kept.state, bytes(kept.raw)) == ("refused", content)
    assert stored("Observation") == []


def test_a_message_that_was_kept_when_the_house_ended_is_filed_by_itself(ada, now):
    raw = message(order(), value())
    LabMessage.objects.create(
        facility="CEDARLAB", control_id="C1", sha256=digest_of(raw), raw=raw, door="line", received_at=now
    )
    assert file_kept(actor=LINE, now=now) == 0
    assert file_kept(actor=LINE, now=now + timedelta(minutes=2)) == 1
    assert (values(), LabMessage.objects.get().state) == ([(105, "final", "1")], "filed")
    assert receive(raw, now).is_duplicate


# --- Waiting ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("pid", "reason"),
    [
        (PID.replace("4711", "9999"), "unknown_patient"),
        (PID.replace("4711^^^CEDAR^MR", ""), "no_number"),
        (PID.replace("19850309", "19990909"), "other_birthday"),
        (PID.replace("Reyes", "Novak"), "other_name"),
        (PID.replace("4711^^^CEDAR^MR", "4711^^^CEDAR^MR~77^^^OLD^MR"), "two_people"),
        ("", "no_number"),
    ],
)
def test_a_result_whose_patient_is_not_certain_waits_with_an_owner(ada, cast, now, pid, reason):
    PatientNumber.objects.create(system="urn:bedside:numbers:old", value="77", person=cast.eve, known_at=now)
    receipt = receive(message(order(), value(), pid=pid), now)
    assert (receipt.verdict, receipt.held) == ("A", 1)
    held = HeldResult.objects.get()
    assert (held.reason, held.owner_id, held.settled_at) == (reason, cast.femi.id, None)
    assert stored("Observation") == []
    assert receive(message(order(), value(), pid=pid), now).held == 1
    assert HeldResult.objects.count() == 1


def test_a_result_for_an_order_of_ours_that_is_not_there_waits(ada, now):
    content = message(order().replace("P9^CLINIC", "P9^BEDSIDE"), value())
    assert receive(content, now).held == 1
    assert HeldResult.objects.get().reason == "unknown_order"


def test_a_result_whose_order_stands_in_another_chart_waits(ada, cast, now):
    PatientNumber.objects.create(system="urn:bedside:numbers:cedar", value="5", person=cast.eve, known_at=now)
    receive(message(order(), value()), now)
    eve = PID.replace("4711", "5").replace("Reyes^Ada^M", "Novak^Eve").replace("19850309", "19901201")
    assert receive(message(order(), value("106"), id="C2", pid=eve), now).held == 1
    assert HeldResult.objects.get().reason == "other_patient"
    assert values() == [(105, "final", "1")]


def test_whoever_runs_the_clinic_says_whose_it_is_and_the_others_follow(cast, now):
    for number in (1, 2):
        receive(message(order(filler=f"F{number}"), value(), id=f"C{number}"), now)
    first = HeldResult.objects.order_by("held_at", "id").first()
    assert match_held(actor=cast.actor("femi"), now=now, held_id=first.id, person_id=cast.ada.id) == 2
    assert {one["subject"]["reference"] for one in stored("Observation")} == {f"Patient/{cast.ada.id}"}
    assert not HeldResult.objects.filter(settled_at__isnull=True).exists()
    assert set(LabMessage.objects.values_list("state", flat=True)) == {"filed"}
    assert receive(message(order(filler="F3"), value(), id="C3"), now).held == 0
    with pytest.raises(HeldSettled):
        match_held(actor=cast.actor("femi"), now=now, held_id=first.id, person_id=cast.eve.id)


def test_a_clinician_gives_a_result_only_to_someone_they_treat(cast, now):
    receive(message(order(), value()), now)
    held = HeldResult.objects.get()
    with pytest.raises(NotAllowed):
        match_held(actor=cast.actor("diaz"), now=now, held_id=held.id, person_id=cast.ada.id)
    with pytest.raises(NotAllowed):
        take_held(actor=cast.actor("ada"), now=now, held_id=held.id)
    assert take_held(actor=cast.actor("chen"), now=now, held_id=held.id).owner_id == cast.chen.id


def test_a_result_that_is_nobodys_is_kept_with_the_reason(cast, now):
    receive(message(order(), value()), now)
    held = HeldResult.objects.get()
    with pytest.raises(NotAReason):
        reject_held(actor=cast.actor("femi"), now=now, held_id=held.id, note="no")
    reject_held(actor=cast.actor("femi"), now=now, held_id=held.id, note="Sent to us by mistake.")
    held.refresh_from_db()
    assert (held.note, held.settled_by_id, held.person_id) == ("Sent to us by mistake.", cast.femi.id, None)
    assert bytes(LabMessage.objects.get().raw) == message(order(), value())


# --- Files -----------------------------------------------------------------------------------------------------
def test_a_file_of_messages_is_imported_and_imported_again(ada, now):
    first, second = message(order(), value()), message(order(filler="F2"), value(), id="C2")
    lost = message(order(filler="F3"), value(), id="C3", pid=PID.replace("4711", "1"))
    content = b"FHS|^~\\&|LIS\rBHS|^~\\&|LIS\r" + first + second + lost + message(id="C4") + b"BTS|4\rFTS|1\r"
    (run,) = bring(content, now=now)
    assert (run.kind, run.held, counts(run)) == ("hl7v2", 1, (2, 0, 0, 1))
    assert run.inside["outcomes"] == {"new": 3, "changed": 0, "same": 0, "held": 1, "refused": 1}
    (again,) = bring(b"".join(framed(one) for one in (first, second, lost)), now=now, source="again")
    assert (again.held, counts(again)) == (0, (0, 0, 3, 0))
    assert Counter(one["resourceType"] for one in stored()) == {"DiagnosticReport": 2, "Observation": 2}
