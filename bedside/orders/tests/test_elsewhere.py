"""What others wrote stands before a prescription as what we wrote does; what we do not understand is looked at."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from bedside.fhir.commands import store_resource
from bedside.fhir.queries import find_resources
from bedside.kernel.ids import new_id
from bedside.kernel.time import utc_now
from bedside.orders.commands import PrescriptionStopped, PrescriptionWarned, prescribe_medicine
from bedside.orders.queries import prescriptions_of_visit
from bedside.orders.rules import check_prescription, known_allergies, make_order
from bedside.platform.audit.models import AuditEvent
from bedside.record.commands import record_allergy
from bedside.record.reading import allergy_of
from bedside.record.terms.elsewhere import SYSTEMS
from bedside.record.tests.conftest import VISIT, put_in_care

AMOXICILLIN = {"product": "amoxicillin:capsule:500mg", "frequency": "bid", "days": 5}
CLARITHROMYCIN = {"product": "clarithromycin:tablet:500mg", "frequency": "bid", "days": 5}


@pytest.fixture
def ids(care, now):
    return {"actor": care.actor("chen"), "now": now, "patient_id": care.ada.id, "visit_id": VISIT}


@pytest.fixture
def brought(care, now):
    """Store what another house wrote about Ada."""

    def store(resource, about):
        document = {**resource, about: {"reference": f"Patient/{care.ada.id}"}}
        return store_resource(actor=care.actor("chen"), now=now, resource=document, patient_id=care.ada.id, at=now)

    return store


def allergy(*, status="active", **code):
    system = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"system": system, "code": status}]},
        "code": code,
    }


def taking(**concept):
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": concept,
        "authoredOn": "2026-11-01",
    }


def written(care):
    resources = find_resources(type="MedicationRequest", patient_id=care.ada.id)
    return [one for one in resources if "dispenseRequest" in one]


def test_an_allergy_that_was_imported_with_a_code_of_rxnorm_stops_it(care, ids, brought):
    coding = {"system": SYSTEMS["rxnorm"], "code": "7984", "display": "Penicillin V"}
    brought(allergy(coding=[coding], text="Penicillin V"), "patient")
    with pytest.raises(PrescriptionStopped) as stopped:
        prescribe_medicine(**ids, **AMOXICILLIN)
    (check,) = stopped.value.checks
    assert (check.level, check.kind, check.title.es) == ("stop", "allergy", "Alergia: Penicillin V")
    shown = prescriptions_of_visit(actor=care.actor("chen"), patient_id=care.ada.id, visit_id=VISIT, now=ids["now"])
    ((_, found),) = shown.preview(AMOXICILLIN["product"], {}, stopped.value)["stops"]
    assert found.name.en == "Penicillin V"
    assert written(care) == []


def test_an_allergy_nobody_understands_is_shown_by_name_and_must_be_looked_at(care, ids, brought):
    brought(allergy(text="Quillaia bark"), "patient")
    with pytest.raises(PrescriptionWarned) as warned:
        prescribe_medicine(**ids, **AMOXICILLIN)
    (check,) = warned.value.checks
    assert check.title.en == "Allergy not checked: Quillaia bark"
    assert check.title.es == "Alergia no comprobada: Quillaia bark"
    assert "Amoxicilina" in check.why.es
    assert written(care) == []
    prescribe_medicine(**ids, **AMOXICILLIN, has_seen_warnings=True)
    row = AuditEvent.objects.get(action="orders.prescribe_medicine", kind="change")
    assert row.detail == {"overridden": [], "looked_at": ["warn.unchecked_allergy.unknown"]}


@pytest.mark.parametrize("status", ["resolved", "inactive"])
def test_an_allergy_that_is_over_does_not_count(ids, brought, status):
    brought(allergy(text="Penicillin", status=status), "patient")
    brought(allergy(text="Quillaia bark", status=status), "patient")
    assert prescribe_medicine(**ids, **AMOXICILLIN)


def test_what_we_wrote_ourselves_is_understood(care, ids, now):
    record_allergy(actor=care.actor("gita"), now=now, patient_id=care.ada.id, substance="peanut")
    assert prescribe_medicine(**ids, **AMOXICILLIN)


def test_a_medicine_of_elsewhere_does_not_go_with_it(ids, brought):
    coding = {"system": SYSTEMS["rxnorm"], "code": "312961", "display": "Simvastatin 20 MG Oral Tablet"}
    brought(taking(coding=[coding]), "subject")
    with pytest.raises(PrescriptionStopped):
        prescribe_medicine(**ids, **CLARITHROMYCIN)


def test_a_medicine_nobody_knows_is_named_as_not_checked(ids, brought):
    brought(taking(text="Astemizole 10 MG Oral Tablet"), "subject")
    brought(taking(coding=[{"system": SYSTEMS["rxnorm"], "code": "99999999"}]), "subject")
    with pytest.raises(PrescriptionWarned) as warned:
        prescribe_medicine(**ids, **CLARITHROMYCIN)
    titles = {check.title for check in warned.value.checks}
    assert {one.en for one in titles} == {"Not checked: Astemizole 10 MG Oral Tablet", "Not checked: 99999999"}
    assert {one.es for one in titles} == {"No comprobada: Astemizole 10 MG Oral Tablet", "No comprobada: 99999999"}
    assert prescribe_medicine(**ids, **CLARITHROMYCIN, has_seen_warnings=True)


def test_an_allergy_without_any_name_is_shown_all_the_same():
    said = {**allergy(), "id": str(new_id()), "meta": {"versionId": "1", "lastUpdated": "2026-11-01T00:00:00Z"}}
    known = known_allergies([allergy_of(said)])
    order = make_order(amount=Decimal(1), quantity=None, refills=0, **AMOXICILLIN)
    titles = [check.title.es for check in check_prescription(order, allergies=known, taking=[])]
    assert titles == ["Alergia no comprobada: sin nombre"]


def test_the_pane_shows_what_could_not_be_checked_and_the_button_to_have_looked(cast, client):
    now, ada = utc_now(), cast.ada.id
    put_in_care(cast, "chen", now)
    said = {**allergy(text="Quillaia bark"), "patient": {"reference": f"Patient/{ada}"}}
    store_resource(actor=cast.actor("chen"), now=now, resource=said, patient_id=ada, at=now)
    client.force_login(cast.people["chen"].user)
    form = {**AMOXICILLIN, "prescription_id": str(new_id()), "amount": "1"}
    page = client.post(reverse("orders:visit_prescriptions", args=[ada, VISIT]), form)
    assert page.status_code == 409
    text = page.content.decode()
    assert "Allergy not checked: Quillaia bark" in text
    assert 'name="has_seen_warnings" value="1"' in text
    assert "banner-stop" not in text
