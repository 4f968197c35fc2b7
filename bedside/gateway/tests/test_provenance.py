"""Who wrote what is found beside it, by those who may see it: US Core's `_revinclude=Provenance:target`."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from bedside.fhir.tests.examples import example_data
from bedside.platform.audit.models import AuditEvent

from .conftest import Api, pressure, treat
from .test_bundles import bundle, posting
from .test_us_core import _about, _new_patient, put
from .us_core import example_of, provenances_asked_for

pytestmark = pytest.mark.slow


def provenance(*targets: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Provenance",
        "target": [{"reference": one} for one in targets],
        "recorded": "2026-11-24T14:00:00Z",
        "agent": [{"who": {"display": "A nurse"}}],
        **more,
    }


@pytest.mark.parametrize(("kind", "profile"), provenances_asked_for() or [("", "")])
def test_whoever_treats_a_patient_finds_the_provenance_of_what_us_core_names(
    shared_api: Api, kind: str, profile: str
) -> None:
    if not kind:
        example_data("us-core/us_core_6.1.0.tgz")
    api, wanted = shared_api, example_of(kind, profile)
    patient = _new_patient(api)
    _about(wanted, patient)
    if kind == "Patient":
        wanted["id"] = patient
        wanted.pop("link", None)
    assert put(api, wanted).status in (200, 201)
    target = f"{kind}/{wanted['id']}"
    told = api.lab.post("Provenance", provenance(target))
    assert told.status == 201, told.words
    both = {wanted["id"], told.json["id"]}
    search = f"{kind}?_id={wanted['id']}&_revinclude=Provenance:target"
    assert set(api.chen.get(search).ids) == both
    assert set(api.lab.get(search).ids) == both
    assert set(api.diaz.get(search).ids) == set()
    assert api.diaz.get(f"Provenance?target={target}").ids == []
    assert api.chen.get(f"Patient/{patient}/Provenance").ids == [told.json["id"]]


def test_the_statement_of_us_core_names_it_for_most_of_its_types() -> None:
    example_data("us-core/us_core_6.1.0.tgz")
    asked = provenances_asked_for()
    assert (len({kind for kind, _ in asked}), len(asked)) == (18, 41)


def test_a_clinician_writes_what_those_in_care_of_the_patient_find(api: Api) -> None:
    ada = api.cast.id("ada")
    seen = api.chen.post("Observation", pressure(ada)).json["id"]
    told = api.chen.post("Provenance", provenance(f"Observation/{seen}"))
    assert told.status == 201, told.words
    for caller in (api.gita, api.ada):
        assert caller.get(f"Observation?_id={seen}&_revinclude=Provenance:target").ids == [seen, told.json["id"]]
    row = AuditEvent.objects.get(kind="change", resource_type="Provenance")
    assert (row.patient_id, row.reason) == (ada, "treating")
    assert api.eve.get(f"Provenance/{told.json['id']}").status == 404


def test_one_of_two_patients_is_for_those_who_treat_both_to_write_and_to_see(api: Api) -> None:
    ada, eve = api.cast.id("ada"), api.cast.id("eve")
    targets = [f"Observation/{api.lab.post('Observation', pressure(one)).json['id']}" for one in (ada, eve)]
    told = provenance(*targets)
    alone = api.chen.post("Provenance", told)
    assert (alone.status, "in your care" in alone.words) == (422, True)
    assert api.chen.post("", bundle("transaction", posting(told))).status == 422
    in_batch = api.chen.post("", bundle("batch", posting(told))).json["entry"][0]["response"]
    assert in_batch["status"].startswith("422")
    made = api.lab.post("Provenance", told).json["id"]
    assert api.chen.get(f"Provenance/{made}").status == 404
    treat(api.cast.id("chen"), eve, api.now)
    assert api.chen.get(f"Provenance/{made}").status == 200
    assert api.chen.post("Provenance", told).status == 201
    assert api.gita.get(f"Provenance/{made}").status == 404


def test_targets_of_the_same_transaction_are_asked_for_too(api: Api) -> None:
    ada, eve = api.cast.id("ada"), api.cast.id("eve")

    def both(patient: UUID) -> Any:
        name = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"
        seen = {**posting(pressure(patient)), "fullUrl": name}
        return api.chen.post("", bundle("transaction", posting(provenance(name)), seen))

    assert both(eve).status == 422
    assert both(ada).status == 200
    found = api.gita.get("Observation?_revinclude=Provenance:target").json["entry"]
    assert [one["resource"]["resourceType"] for one in found] == ["Observation", "Provenance"]
    assert json.dumps(found).count("urn:uuid:") == 0
