"""Operations: everything of a patient, a summary, a document, the last values, checks without storing."""

from __future__ import annotations

from typing import Any

import pytest

from bedside.fhir.definitions import registry
from bedside.gateway.answering import READS, WRITES
from bedside.gateway.operations import OPERATIONS

from .conftest import Api, pressure

pytestmark = pytest.mark.slow


def put(api: Api, body: dict[str, Any]) -> str:
    made = api.house.put(f"{body['resourceType']}/{body['id']}", body)
    assert made.status in (200, 201), made.body  # 200: a patient of the house has a face already
    return f"{body['resourceType']}/{body['id']}"


@pytest.fixture
def ada(api: Api) -> str:
    """Ada's record: herself, two pressures of two days, an allergy, and Eve's pressure beside it."""
    id = str(api.cast.id("ada"))
    put(api, {"resourceType": "Patient", "id": id, "name": [{"family": "Reyes"}]})
    put(api, pressure(api.cast.id("ada"), id="old", effectiveDateTime="2026-11-20T10:00:00Z"))
    put(api, pressure(api.cast.id("ada"), id="new", effectiveDateTime="2026-11-23T10:00:00Z"))
    put(api, pressure(api.cast.id("eve"), id="eves"))
    put(
        api,
        {
            "resourceType": "AllergyIntolerance",
            "id": "nuts",
            "clinicalStatus": {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
                        "code": "active",
                    }
                ]
            },
            "code": {"text": "Peanuts <b>"},
            "patient": {"reference": f"Patient/{id}"},
        },
    )
    return id


def test_everything_is_all_of_one_patient_page_by_page(api: Api, ada: str) -> None:
    assert set(api.chen.get(f"Patient/{ada}/$everything").ids) == {ada, "old", "new", "nuts"}
    assert set(api.ada.get(f"Patient/{ada}/$everything").ids) == {ada, "old", "new", "nuts"}
    assert set(api.chen.get(f"Patient/{ada}/$everything?_type=Observation").ids) == {"old", "new"}
    assert api.chen.get(f"Patient/{ada}/$everything?_since=2026-11-24T15:00:01Z").ids == []
    seen: list[str] = []
    following: str | None = f"Patient/{ada}/$everything?_count=1"
    while following:
        page = api.chen.get(following)
        seen += page.ids
        following = page.link("next")
    assert sorted(seen) == sorted([ada, "old", "new", "nuts"])
    assert api.diaz.get(f"Patient/{ada}/$everything").status == 404
    assert api.chen.get(f"Patient/{ada}/$everything?_type=Cat").status == 400


def test_the_last_values_of_each_code(api: Api, ada: str) -> None:
    assert api.chen.get(f"Observation/$lastn?patient={ada}").ids == ["new"]
    assert api.chen.get(f"Observation/$lastn?patient={ada}&max=2").ids == ["new", "old"]
    assert api.chen.get(f"Observation/$lastn?patient={ada}&code=http://loinc.org|1").ids == []
    assert api.diaz.get(f"Observation/$lastn?patient={ada}").ids == []
    assert api.chen.get("Observation/$lastn").status == 400
    assert api.chen.get(f"Observation/$lastn?patient={ada}&max=0").status == 400
    asked = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "patient", "valueReference": {"reference": f"Patient/{ada}"}},
            {"name": "max", "valueInteger": 2},
        ],
    }
    assert api.chen.post("Observation/$lastn", asked).ids == ["new", "old"]


def test_a_summary_holds_what_is_known_and_says_where_nothing_is(api: Api, ada: str) -> None:
    answer = api.chen.get(f"Patient/{ada}/$summary")
    assert answer.status == 200, answer.body
    entries = answer.json["entry"]
    composition = entries[0]["resource"]
    assert (answer.json["type"], composition["type"]["coding"][0]["code"]) == ("document", "60591-5")
    sections = {one["code"]["coding"][0]["code"]: one for one in composition["section"]}
    assert sections["48765-2"]["entry"] == [{"reference": "AllergyIntolerance/nuts"}]
    assert "Peanuts &lt;b&gt;" in sections["48765-2"]["text"]["div"]
    assert "entry" not in sections["10160-0"]
    assert sections["10160-0"]["emptyReason"]["coding"][0]["code"] == "unavailable"
    assert {entry["resource"]["id"] for entry in entries[1:]} == {ada, "old", "new", "nuts"}
    assert api.eve.get(f"Patient/{ada}/$summary").status == 404


def test_a_document_is_a_composition_and_what_it_names(api: Api, ada: str) -> None:
    put(
        api,
        {
            "resourceType": "Composition",
            "id": "note",
            "status": "final",
            "type": {"text": "Note"},
            "subject": {"reference": f"Patient/{ada}"},
            "date": "2026-11-24",
            "author": [{"display": "Dr Chen"}],
            "title": "Note",
            "section": [{"entry": [{"reference": "Observation/new"}, {"reference": "Observation/eves"}]}],
        },
    )
    answer = api.chen.get("Composition/note/$document")
    assert answer.status == 200, answer.body
    assert answer.json["type"] == "document"
    assert answer.ids[0] == "note"
    assert set(answer.ids) == {"note", ada, "new"}, "Eve's value is named, and not shown"
    assert api.diaz.get("Composition/note/$document").status == 404


def test_documents_of_a_patient(api: Api, ada: str) -> None:
    put(
        api,
        {
            "resourceType": "DocumentReference",
            "id": "letter",
            "status": "current",
            "subject": {"reference": f"Patient/{ada}"},
            "type": {"coding": [{"system": "http://loinc.org", "code": "34133-9"}]},
            "content": [{"attachment": {"contentType": "text/plain", "data": "aGVsbG8="}}],
        },
    )
    found = api.chen.get(f"DocumentReference/$docref?patient={ada}")
    assert (found.ids, found.json["total"]) == (["letter"], 1)
    assert api.chen.get(f"DocumentReference/$docref?patient={ada}&type=http://loinc.org|34133-9").ids == ["letter"]
    assert api.diaz.get(f"DocumentReference/$docref?patient={ada}").ids == []
    assert api.chen.get(f"DocumentReference/$docref?patient={ada}&on-demand=true").status == 422
    assert api.chen.get("DocumentReference/$docref").status == 400


def test_a_check_says_what_is_wrong_and_stores_nothing(api: Api) -> None:
    body = pressure(api.cast.id("ada"))
    good = api.chen.post("Observation/$validate", body)
    assert (good.status, good.json["issue"][0]["severity"]) == (200, "information")
    wrapped = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": body}]}
    assert api.chen.post("Observation/$validate", wrapped).json == good.json
    assert api.chen.post("Observation/$validate", {"resourceType": "Patient"}).status == 400
    assert api.house.get("Observation/_history").ids == []


US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"


@pytest.mark.parametrize("profile", [f"{US_CORE}/us-core-blood-pressure", f"{US_CORE}/us-core-blood-pressure|6.1.0"])
def test_a_resource_is_asked_what_a_profile_wants_of_it(api: Api, profile: str) -> None:
    body = pressure(api.cast.id("ada"))
    sent = [{"name": "resource", "resource": body}, {"name": "profile", "valueUri": profile}]
    answer = api.chen.post("Observation/$validate", {"resourceType": "Parameters", "parameter": sent})
    assert answer.status == 200, answer.body
    said = answer.json["issue"]
    assert {"error"} <= {one["severity"] for one in said}, "it has the code of a systolic pressure alone"
    assert any("Blood Pressure" in one["details"]["text"] for one in said)
    for asked in (f"profile={profile}", f"profile={profile}&mode=create"):
        assert api.chen.post(f"Observation/$validate?{asked}", body).json["issue"] == said
    made = api.chen.post("Observation", body).json["id"]
    assert api.chen.get(f"Observation/{made}/$validate?profile={profile}").json["issue"] == said


def test_what_a_profile_asks_is_found_in_a_resource_that_has_it(api: Api) -> None:
    loinc = "http://loinc.org"
    units = {"unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}
    whole = pressure(
        api.cast.id("ada"),
        code={"coding": [{"system": loinc, "code": "85354-9"}]},
        component=[
            {"code": {"coding": [{"system": loinc, "code": code}]}, "valueQuantity": {"value": value, **units}}
            for code, value in (("8480-6", 120), ("8462-4", 80))
        ],
    )
    del whole["valueQuantity"]
    answer = api.chen.post(f"Observation/$validate?profile={US_CORE}/us-core-blood-pressure", whole)
    assert [one for one in answer.json["issue"] if one["severity"] in ("error", "fatal")] == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("profile=http://example.org/mine", "“http://example.org/mine” is not known here"),
        ("profile=", "The profile is a text"),
        (f"profile={US_CORE}/us-core-bmi&profile={US_CORE}/us-core-blood-pressure", "one profile at a time"),
        ("mode=delete", "create or update"),
        ("mode=create&mode=update", "one mode at a time"),
    ],
)
def test_what_cannot_be_checked_is_refused_by_name(api: Api, query: str, said: str) -> None:
    answer = api.chen.post(f"Observation/$validate?{query}", pressure(api.cast.id("ada")))
    assert answer.status == 400
    assert said in answer.words


def test_an_operation_that_is_not_there_is_said_with_those_that_are(api: Api) -> None:
    answer = api.chen.get("Patient/1/$fly")
    assert answer.status == 404
    assert "$everything" in answer.words
    assert api.chen.get("Observation/1/$everything").status == 404


def test_the_statement_says_what_is_done_and_nobody_has_to_come_in_for_it(api: Api) -> None:
    answer = api.nobody.get("metadata")
    assert answer.status == 200
    said = answer.json
    rest = said["rest"][0]
    assert (said["fhirVersion"], said["kind"], rest["mode"]) == ("4.0.1", "instance", "server")
    assert said["implementation"]["url"] == "http://localhost:8000/fhir/R4"
    resources = {one["type"]: one for one in rest["resource"]}
    assert set(resources) == set(registry().resource_types)
    codes = {one["code"] for one in resources["Observation"]["interaction"]}
    assert codes == {
        "read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create", "search-type",
    }  # fmt: skip
    assert "create" not in {one["code"] for one in resources["Patient"]["interaction"]}
    named = {one["name"] for resource in resources.values() for one in resource.get("operation", [])}
    assert named == {one.name for one in OPERATIONS}
    assert "code" in {one["name"] for one in resources["Observation"]["searchParam"]}


def test_every_interaction_the_paths_know_is_answered() -> None:
    from typing import get_args

    from bedside.gateway.routing import Interaction

    assert set(get_args(Interaction)) - {"capabilities"} == set(READS) | set(WRITES)
    assert not set(READS) & set(WRITES)


def test_codes_are_looked_up_expanded_and_checked(api: Api) -> None:
    genders = "http://hl7.org/fhir/administrative-gender"
    found = api.eve.get(f"CodeSystem/$lookup?system={genders}&code=female")
    assert found.status == 200, found.body
    assert {"name": "display", "valueString": "Female"} in found.json["parameter"]
    whole = api.eve.get("ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender")
    assert {one["code"] for one in whole.json["expansion"]["contains"]} == {"male", "female", "other", "unknown"}
    sent = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "url", "valueUri": "http://hl7.org/fhir/ValueSet/administrative-gender"},
            {"name": "coding", "valueCoding": {"system": genders, "code": "tall"}},
        ],
    }
    checked = api.eve.post("ValueSet/$validate-code", sent)
    assert {"name": "result", "valueBoolean": False} in checked.json["parameter"]
    assert api.eve.get("ValueSet/$expand?url=http://example.org/none").status == 404
    assert api.eve.get("CodeSystem/$lookup?colour=red").status in (400, 422)


def test_a_value_set_of_ours_is_expanded_by_its_id(api: Api) -> None:
    body = {
        "resourceType": "ValueSet",
        "status": "active",
        "compose": {
            "include": [{"system": "http://hl7.org/fhir/administrative-gender", "concept": [{"code": "other"}]}]
        },
    }
    made = api.femi.post("ValueSet", body).json["id"]
    whole = api.eve.get(f"ValueSet/{made}/$expand")
    assert [one["code"] for one in whole.json["expansion"]["contains"]] == ["other"]
