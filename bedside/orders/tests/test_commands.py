"""Prescribing: by physicians in care only; stops hold until a reason is written; sent twice is written once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bedside.fhir.queries import find_resources, get_resource
from bedside.kernel.errors import NotFound, Refusal
from bedside.kernel.ids import new_id
from bedside.orders.commands import (
    AlreadyEnded,
    PrescriptionStopped,
    PrescriptionWarned,
    ReasonTooShort,
    cancel_prescription,
    prescribe_medicine,
)
from bedside.orders.queries import prescriptions_of_visit
from bedside.orders.rules import DoseImpossible, QuantityImpossible
from bedside.platform.audit.models import AuditEvent
from bedside.record.commands import record_allergy, record_medicine_statement
from bedside.record.guard import NotYoursToWrite
from bedside.record.queries import get_chart, visit_record
from bedside.record.rules import TextMissing, TextTooLong, TextUnreadable
from bedside.record.tests.conftest import VISIT

DOXYCYCLINE = {"product": "doxycycline:capsule:100mg", "frequency": "bid", "days": 5}
AMOXICILLIN = {"product": "amoxicillin+clavulanate:tablet:875/125mg", "frequency": "bid", "days": 5}


@pytest.fixture
def ids(care, now):
    return {"actor": care.actor("chen"), "now": now, "patient_id": care.ada.id, "visit_id": VISIT}


@pytest.fixture
def allergic(care, now):
    return record_allergy(
        actor=care.actor("gita"), now=now, patient_id=care.ada.id, substance="penicillins", reaction="Hives"
    )


def prescriptions(cast):
    return find_resources(type="MedicationRequest", patient_id=cast.ada.id)


def test_a_prescription_is_written_with_its_sentence(care, ids, now):
    stored = prescribe_medicine(**ids, **DOXYCYCLINE, instructions="With food", pharmacy="Juniper Pharmacy", refills=1)
    body = get_resource(type="MedicationRequest", id=stored.id)
    assert (body["status"], body["intent"]) == ("active", "order")
    assert body["dosageInstruction"][0]["text"] == "Take 1 capsule by mouth twice a day for 5 days"
    assert body["dispenseRequest"]["quantity"] == {"value": 10, "unit": "capsules"}
    assert body["dispenseRequest"]["performer"] == {"display": "Juniper Pharmacy"}
    (medicine,) = visit_record(actor=care.actor("ada"), visit_id=VISIT, patient_id=care.ada.id, now=now).prescriptions
    assert medicine.sig.es == "Tome 1 cápsula por la boca dos veces al día por 5 días"
    assert medicine.name.es == "Doxiciclina 100 mg cápsula"
    row = AuditEvent.objects.get(action="orders.prescribe_medicine", kind="change")
    assert (row.reason, row.detail) == ("treating", {"overridden": []})


@pytest.mark.parametrize("who", ["gita", "tomas", "ada"])
def test_nobody_but_a_physician_prescribes_and_the_refusal_is_written_down(care, ids, who):
    with pytest.raises(NotYoursToWrite):
        prescribe_medicine(**ids | {"actor": care.actor(who)}, **DOXYCYCLINE)
    assert prescriptions(care) == []
    row = AuditEvent.objects.get(kind="refusal")
    assert (row.action, row.actor_id) == ("orders.prescribe_medicine", care.id(who))


def test_a_physician_who_is_a_stranger_finds_no_patient(care, ids):
    with pytest.raises(NotFound):
        prescribe_medicine(**ids | {"actor": care.actor("diaz")}, **DOXYCYCLINE)
    assert prescriptions(care) == []


def test_an_allergy_stops_it_and_nothing_is_written(care, ids, allergic):
    with pytest.raises(PrescriptionStopped) as stopped:
        prescribe_medicine(**ids, **AMOXICILLIN)
    (check,) = stopped.value.checks
    assert (check.kind, check.about, check.title.es) == ("allergy", "penicillins", "Alergia: Penicilina")
    assert prescriptions(care) == []


def test_a_stop_takes_a_reason_that_is_kept(care, ids, allergic):
    with pytest.raises(ReasonTooShort):
        prescribe_medicine(**ids, **AMOXICILLIN, override_reason="because")
    assert prescriptions(care) == []
    why = "Tolerated amoxicillin twice since; allergist says the label is wrong"
    stored = prescribe_medicine(**ids, **AMOXICILLIN, override_reason=why)
    (issue,) = find_resources(type="DetectedIssue", patient_id=care.ada.id)
    assert issue["mitigation"][0]["action"]["text"] == why
    assert issue["severity"] == "high"
    body = get_resource(type="MedicationRequest", id=stored.id)
    assert body["detectedIssue"] == [{"reference": f"DetectedIssue/{issue['id']}"}]
    row = AuditEvent.objects.get(action="orders.override_stop")
    assert row.detail == {"check": "stop.allergy.penicillins"}
    assert why not in str(row.detail)


def test_a_severe_interaction_stops_it(care, ids):
    record_medicine_statement(**ids, medicine="simvastatin 20 mg")
    with pytest.raises(PrescriptionStopped):
        prescribe_medicine(**ids, product="clarithromycin:tablet:500mg", frequency="bid", days=7)


def test_a_warning_waits_for_a_second_press(care, ids):
    record_medicine_statement(**ids, medicine="lisinopril")
    order = {"product": "ibuprofen:tablet:400mg", "frequency": "tid", "days": 3}
    with pytest.raises(PrescriptionWarned):
        prescribe_medicine(**ids, **order)
    assert prescriptions(care) == []
    assert prescribe_medicine(**ids, **order, has_seen_warnings=True)


def test_a_course_that_is_over_no_longer_counts(care, ids, now):
    before = now - timedelta(days=40)
    prescribe_medicine(**ids | {"now": before}, product="clarithromycin:tablet:500mg", frequency="bid", days=7)
    assert prescribe_medicine(**ids, product="simvastatin:tablet:20mg", frequency="night", days=30)
    statuses = {m.product: m.status for m in get_chart(actor=ids["actor"], patient_id=care.ada.id, now=now).medicines}
    assert statuses["clarithromycin:tablet:500mg"] == "completed"


def test_a_form_sent_twice_is_written_once(care, ids):
    same = new_id()
    first = prescribe_medicine(**ids, **DOXYCYCLINE, prescription_id=same)
    again = prescribe_medicine(**ids, **DOXYCYCLINE, prescription_id=same)
    assert first == again
    assert len(prescriptions(care)) == 1


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        ({"amount": "0"}, DoseImpossible),
        ({"amount": "-1"}, DoseImpossible),
        ({"amount": "many"}, TextUnreadable),
        ({"quantity": -10}, QuantityImpossible),
        ({"instructions": "x" * 10_000}, TextTooLong),
        ({"instructions": "nul\x00l"}, TextUnreadable),
        ({"pharmacy": "P" * 10_000}, TextTooLong),
        ({"product": "' OR 1=1"}, Refusal),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_half_done(care, ids, spoil, refusal):
    with pytest.raises(refusal):
        prescribe_medicine(**ids, **DOXYCYCLINE | spoil)
    assert prescriptions(care) == []


def test_instructions_come_back_as_typed(care, ids):
    stored = prescribe_medicine(**ids, **DOXYCYCLINE, instructions="مع الطعام 🍽️ <b>")
    body = get_resource(type="MedicationRequest", id=stored.id)
    assert body["dosageInstruction"][0]["patientInstruction"] == "مع الطعام 🍽️ <b>"


def test_a_cancelled_prescription_stays_and_says_why(care, ids, now):
    stored = prescribe_medicine(**ids, **DOXYCYCLINE)
    mine = {"actor": ids["actor"], "now": now, "patient_id": care.ada.id, "prescription_id": stored.id}
    with pytest.raises(TextMissing):
        cancel_prescription(**mine, why=" ")
    cancel_prescription(**mine, why="Wrong patient in the room")
    with pytest.raises(AlreadyEnded):
        cancel_prescription(**mine, why="Again")
    (medicine,) = prescriptions_of_visit(actor=ids["actor"], patient_id=care.ada.id, visit_id=VISIT, now=now).of_visit
    assert (medicine.status, medicine.reason.en) == ("cancelled", "Wrong patient in the room")


def test_a_nurse_cannot_cancel(care, ids, now):
    stored = prescribe_medicine(**ids, **DOXYCYCLINE)
    with pytest.raises(NotYoursToWrite):
        cancel_prescription(
            actor=care.actor("gita"), now=now, patient_id=care.ada.id, prescription_id=stored.id, why="No"
        )
