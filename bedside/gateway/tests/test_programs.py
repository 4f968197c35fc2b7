"""What a program that is let in may write: what others have made, and never what a room of this house keeps."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from bedside.accounts.models import Person, Program, RoleGrant
from bedside.fhir.models import Resource
from bedside.gateway.terms import OWNED
from bedside.platform.audit.models import AuditEvent
from bedside.portal.queries import who_looked
from bedside.record.queries import get_chart
from bedside.scheduling.models import Appointment

from .conftest import Api, pressure, treat

pytestmark = pytest.mark.slow

PATIENT = {
    "resourceType": "Patient",
    "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"]},
    "extension": [{"url": "http://example.org/race", "valueString": "x"}],
    "identifier": [{"system": "urn:hospital", "value": "7"}],
    "name": [
        {"use": "maiden", "family": "Soto", "given": ["Luz"]},
        {"use": "official", "family": "Ruiz", "given": ["Luz", "Ana"], "prefix": ["Mrs."]},
    ],
    "telecom": [
        {"system": "email", "value": "luz@example.org"},
        {"system": "phone", "value": "555-1234", "use": "mobile"},
    ],
    "gender": "female",
    "birthDate": "1991-04-05",
    "address": [{"city": "Austin"}],
    "maritalStatus": {"text": "Married"},
    "multipleBirthBoolean": False,
    "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "es"}], "text": "Spanish"}}],
}


def bare(document: dict[str, Any]) -> dict[str, Any]:
    """A document without what the store stamps on it."""
    meta = {name: value for name, value in document["meta"].items() if name not in ("versionId", "lastUpdated")}
    kept = {name: value for name, value in document.items() if name not in ("id", "meta")}
    return {**kept, "meta": meta} if meta else kept


def test_a_patient_who_is_brought_is_a_person_with_a_chart(api: Api, now: datetime) -> None:
    made = api.lab.post("Patient", PATIENT)
    assert made.status == 201, made.body
    person = Person.objects.get(pk=made.json["id"])
    assert (person.given_name, person.family_name, person.sex) == ("Luz Ana", "Ruiz", "female")
    assert (str(person.birth_on), person.language, person.phone) == ("1991-04-05", "es", "555-1234")
    treat(api.cast.id("chen"), person.pk, now)
    chart = get_chart(actor=api.cast.actor("chen"), patient_id=person.pk, now=now)
    assert chart.patient.name == "Luz Ana Ruiz"
    assert api.chen.get(f"Patient/{person.pk}").json == made.json
    assert api.diaz.get(f"Patient/{person.pk}").status == 404


def test_the_face_of_one_who_was_brought_is_as_it_came(api: Api) -> None:
    id = api.lab.post("Patient", PATIENT).json["id"]
    found = api.lab.get(f"Patient/{id}")
    assert (bare(found.json), found.headers["etag"]) == (PATIENT, 'W/"1"')


def test_what_is_changed_here_is_put_in_place_and_nothing_else(api: Api) -> None:
    id = api.lab.post("Patient", PATIENT).json["id"]
    Person.objects.filter(pk=id).update(family_name="Ruiz-Vega", phone="555-9999")
    found = api.lab.get(f"Patient/{id}")
    assert found.headers["etag"] == 'W/"2"'
    here = {"use": "official", "text": "Luz Ana Ruiz-Vega", "family": "Ruiz-Vega", "given": ["Luz Ana"]}
    telecom = [PATIENT["telecom"][0], {"system": "phone", "value": "555-9999", "use": "home"}]
    assert bare(found.json) == {**PATIENT, "name": [PATIENT["name"][0], here], "telecom": telecom}
    assert api.lab.get(f"Patient/{id}").headers["etag"] == 'W/"2"'


def test_a_transaction_brings_a_patient_with_what_is_known_of_them(api: Api, now: datetime) -> None:
    url = f"urn:uuid:{uuid4()}"
    entries = [
        {"fullUrl": url, "resource": PATIENT, "request": {"method": "POST", "url": "Patient"}},
        {
            "resource": {**pressure(uuid4()), "subject": {"reference": url}},
            "request": {"method": "POST", "url": "Observation"},
        },
    ]
    done = api.lab.post("", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert done.status == 200, done.body
    person = Person.objects.get(family_name="Ruiz")
    treat(api.cast.id("chen"), person.pk, now)
    found = api.chen.get(f"Observation?patient={person.pk}")
    assert len(found.ids) == 1
    entries[1]["resource"] = {**pressure(uuid4()), "status": "maybe"}
    refused = api.lab.post("", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    assert (refused.status, Person.objects.filter(family_name="Ruiz").count()) == (422, 1)


def test_in_a_batch_one_who_is_refused_leaves_no_person(api: Api) -> None:
    people = Person.objects.count()
    staff = str(api.cast.id("gita"))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({**PATIENT, "id": staff}, f"Patient/{staff}"),
        ({**PATIENT, "id": "seven"}, "Patient/seven"),
        ({**PATIENT, "gender": "x"}, "Patient"),
    ]
    entries = [
        {"resource": body, "request": {"method": "PUT" if "/" in url else "POST", "url": url}} for body, url in wrong
    ]
    entries.append({"resource": PATIENT, "request": {"method": "POST", "url": "Patient"}})
    done = api.lab.post("", {"resourceType": "Bundle", "type": "batch", "entry": entries})
    assert [one["response"]["status"][:3] for one in done.json["entry"]] == ["409", "422", "422", "201"]
    assert Person.objects.count() == people + 1


@pytest.mark.parametrize("id", ["seven", "0192F8A4-6C3E-7B1A-9C56-2F6D8F0E4B7A", "0192f8a46c3e7b1a9c562f6d8f0e4b7a"])
def test_the_id_of_a_patient_is_a_uuid(api: Api, id: str) -> None:
    people = Person.objects.count()
    answer = api.lab.put(f"Patient/{id}", {**PATIENT, "id": id})
    assert (answer.status, answer.json["issue"][0]["code"]) == (422, "business-rule")
    assert "UUID" in answer.words
    assert Person.objects.count() == people
    own = str(uuid4())
    assert api.lab.put(f"Patient/{own}", {**PATIENT, "id": own}).status == 201
    assert Person.objects.filter(pk=own).exists()


def test_the_id_of_somebody_here_is_taken(api: Api) -> None:
    gita = api.cast.id("gita")
    answer = api.lab.put(f"Patient/{gita}", {**PATIENT, "id": str(gita)})
    assert (answer.status, answer.json["issue"][0]["code"]) == (409, "duplicate")
    assert Person.objects.get(pk=gita).family_name == "Rao"


def test_a_correction_changes_the_person_as_long_as_they_have_no_login(api: Api) -> None:
    id = api.lab.post("Patient", PATIENT).json["id"]
    changed = {**PATIENT, "id": id, "birthDate": "1991-04-06", "telecom": []}
    del changed["telecom"]
    done = api.lab.put(f"Patient/{id}", changed)
    assert (done.status, done.headers["etag"]) == (200, 'W/"2"')
    person = Person.objects.get(pk=id)
    assert (str(person.birth_on), person.phone) == ("1991-04-06", "")
    patch = b'[{"op":"replace","path":"/gender","value":"other"}]'
    assert api.lab("PATCH", f"Patient/{id}", patch, content_type="application/json-patch+json").status == 200
    assert Person.objects.get(pk=id).sex == "other"
    assert api.lab.get(f"Patient/{id}").headers["etag"] == 'W/"3"', "the face had nothing to change"
    ada = str(api.cast.id("ada"))
    refused = api.lab.put(f"Patient/{ada}", {**PATIENT, "id": ada})
    assert (refused.status, "signs in here" in refused.words) == (403, True)
    RoleGrant.objects.create(person_id=id, role="nurse", starts_at=api.now)
    assert api.lab.put(f"Patient/{id}", {**PATIENT, "id": id}).status == 403
    assert Person.objects.get(pk=ada).family_name == "Reyes"


def test_nobody_is_deleted_from_outside(api: Api) -> None:
    id = api.lab.post("Patient", PATIENT).json["id"]
    answer = api.lab.delete(f"Patient/{id}")
    assert (answer.status, "Nobody is deleted" in answer.words) == (403, True)
    assert api.lab.get(f"Patient/{id}").status == 200


def test_what_comes_from_elsewhere_is_created_changed_and_deleted_as_a_document_of_its_own(api: Api) -> None:
    ada = {"reference": f"Patient/{api.cast.id('ada')}"}
    code = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
    bodies = [
        {"resourceType": "Organization", "name": "Hospital of Y"},
        {"resourceType": "Practitioner", "name": [{"family": "Elsewhere"}]},
        {"resourceType": "Location", "name": "Ward 7"},
        {"resourceType": "Encounter", "status": "finished", "class": code, "subject": ada},
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": "x"},
            "subject": ada,
        },
    ]
    for body in bodies:
        kind = body["resourceType"]
        assert kind in OWNED
        made = api.lab.post(kind, body)
        assert made.status == 201, made.body
        path = f"{kind}/{made.json['id']}"
        assert api.lab.put(path, {**made.json, "language": "en"}).status == 200
        other = api.program(name="Another program")
        assert other.put(path, {**made.json, "language": "es"}).status == 200
        assert api.chen.get(path).json["language"] == "es"
        assert api.chen.delete(path).status == 403, "a person's token keeps the rule of the house"
        assert api.lab.delete(path).status == 204
        assert api.lab.get(path).status == 410


def test_what_is_drawn_from_the_houses_own_tables_is_not_changed_from_outside(api: Api, now: datetime) -> None:
    cast, start = api.cast, now + timedelta(minutes=20)
    booked = Appointment.objects.create(
        patient=cast.ada, practitioner=cast.chen.practitioner, organization=cast.clinic,
        during=(start, start + timedelta(minutes=20)), starts_at=start, ends_at=start + timedelta(minutes=20),
        practitioner_zone="America/Chicago", status="booked", reason="Pain", fee_minor=0, currency="USD",
        created_at=now,
    )  # fmt: skip
    for path in (
        f"Appointment/{booked.pk}",
        f"Practitioner/{cast.chen.pk}",
        f"PractitionerRole/{cast.chen.pk}",
        f"Schedule/{cast.chen.pk}",
        f"Organization/{cast.clinic.pk}",
    ):
        face = api.lab.get(path).json
        for answer in (api.lab.put(path, {**face, "language": "en"}), api.lab.delete(path)):
            assert (answer.status, answer.json["issue"][0]["code"]) == (403, "business-rule"), path
            assert "Bedside's own" in answer.words
        entry = {"request": {"method": "DELETE", "url": path}}
        assert api.lab.post("", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}).status == 403
        assert api.lab.get(path).headers["etag"] == 'W/"1"'


def test_a_prescription_written_here_is_not_changed_from_outside(api: Api) -> None:
    body = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "x"},
        "subject": {"reference": f"Patient/{api.cast.id('ada')}"},
    }
    made = api.house.post("MedicationRequest", body).json
    Resource.objects.filter(id=made["id"]).update(author_id=api.cast.id("chen"))
    path = f"MedicationRequest/{made['id']}"
    assert api.lab.put(path, {**made, "status": "stopped"}).status == 403
    assert api.lab.delete(path).status == 403
    patch = b'[{"op":"replace","path":"/status","value":"stopped"}]'
    assert api.lab("PATCH", path, patch, content_type="application/json-patch+json").status == 403
    assert api.chen.get(path).json["status"] == "active"


def test_the_log_and_free_times_are_never_written(api: Api) -> None:
    event = {
        "resourceType": "AuditEvent",
        "type": {"code": "rest"},
        "recorded": "2026-11-24T15:00:00Z",
        "agent": [{"requestor": True}],
        "source": {"observer": {"display": "x"}},
    }
    slot = {
        "resourceType": "Slot",
        "schedule": {"reference": "Schedule/1"},
        "status": "free",
        "start": "2026-11-24T15:00:00Z",
        "end": "2026-11-24T15:20:00Z",
    }
    for body in (event, slot):
        answer = api.lab.post(body["resourceType"], body)
        assert (answer.status, answer.json["issue"][0]["code"]) == (403, "business-rule"), answer.body


def test_scopes_hold_for_programs_as_for_people(api: Api) -> None:
    narrow = api.program("system/Observation.cr")
    made = narrow.post("Observation", pressure(api.cast.id("ada")))
    assert made.status == 201
    assert narrow.get(f"Observation/{made.json['id']}").status == 200
    assert narrow.get("Observation").status == 403
    refused = narrow.put(f"Observation/{made.json['id']}", made.json)
    assert refused.status == 403
    assert 'scope="system/Observation.u"' in refused.headers["www-authenticate"]
    assert narrow.post("Patient", PATIENT).status == 403
    entry = {"resource": PATIENT, "request": {"method": "POST", "url": "Patient"}}
    assert narrow.post("", {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}).status == 403
    assert not Person.objects.filter(family_name="Ruiz").exists()


def test_patients_read_the_programs_name_in_their_log(api: Api, now: datetime) -> None:
    ada = api.cast.id("ada")
    made = api.lab.post("Observation", pressure(ada)).json["id"]
    api.lab.get(f"Observation/{made}")
    program = Program.objects.get()
    rows = AuditEvent.objects.filter(patient_id=ada, actor_id=program.pk).order_by("id")
    assert [(row.actor_name, row.action, row.reason) for row in rows] == [
        (program.name, "gateway.create_resource", "program"),
        (program.name, "gateway.read_resource", "program"),
    ]
    looked = who_looked(actor=api.cast.actor("ada"), patient_id=ada, now=now)
    told = [deed for day in looked.days for deed in day.deeds]
    assert {(deed.name, deed.is_house) for deed in told} == {(program.name, False)}
    assert all(str(deed.why) for deed in told)
    assert Resource.objects.get(type="Observation").author_id == program.pk


def test_two_who_bring_one_patient_at_once_bring_one_person(api: Api) -> None:
    import asyncio

    id, caller = str(uuid4()), api.lab
    body = json.dumps({**PATIENT, "id": id}).encode()

    async def race() -> list[int]:
        asked = [caller.ask("PUT", f"Patient/{id}", body, if_none_match="*") for _ in range(10)]
        return [reply.status for reply in await asyncio.gather(*asked)]

    assert sorted(api.run(race())) == [201] + [412] * 9
    assert Person.objects.filter(pk=UUID(id)).count() == 1
