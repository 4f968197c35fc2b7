"""A patient named by the whole address of their resource here is that patient: in the chart, and in who may see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from bedside.fhir.asking import answer
from bedside.fhir.models import Resource
from bedside.fhir.store.reindexing import reindex
from bedside.platform.audit.models import AuditEvent

from .conftest import Api, pressure, treat
from .test_bundles import bundle, posting

pytestmark = pytest.mark.slow

OURS = ("http://localhost:8000/fhir/R4/", "https://localhost/fhir/R4/", "HTTP://LOCALHOST:9999/fhir/R4/")
THEIRS = "https://elsewhere.example/fhir/R4/"


def about(patient: object, base: str, **more: Any) -> dict[str, Any]:
    """An Observation whose subject is named by a whole address."""
    return {**pressure(patient), "subject": {"reference": f"{base}Patient/{patient}"}, **more}  # type: ignore[arg-type]


@pytest.mark.parametrize("base", OURS)
def test_it_stands_in_the_chart_and_reads_as_it_was_sent(api: Api, base: str) -> None:
    ada = api.cast.id("ada")
    made = api.chen.post("Observation", about(ada, base))
    assert made.status == 201, made.body
    assert made.json["subject"] == {"reference": f"{base}Patient/{ada}"}
    row = AuditEvent.objects.get(action="gateway.create_resource")
    assert (row.patient_id, row.reason) == (ada, "treating")
    one = [made.json["id"]]
    for caller in (api.ada, api.gita):
        assert caller.get(f"Observation/{one[0]}").json["subject"] == {"reference": f"{base}Patient/{ada}"}
        assert caller.get(f"Observation/{one[0]}/_history").ids == one
        for query in (
            f"Observation?patient={ada}",
            f"Observation?subject=Patient/{ada}",
            f"Observation?subject={base}Patient/{ada}",
            f"Observation?subject=https://127.0.0.1/fhir/R4/Patient/{ada}",
            "Observation?patient.family=Reyes",
            f"Patient/{ada}/Observation",
        ):
            assert caller.get(query).ids == one, query
        assert one[0] in caller.get(f"Patient/{ada}/$everything").ids
        assert str(ada) in caller.get("Observation?_include=Observation:subject").ids
        assert one[0] in caller.get(f"Patient?_id={ada}&_revinclude=Observation:patient").ids
        assert str(ada) in caller.get("Patient?_has:Observation:patient:code=8480-6").ids
    assert api.eve.get(f"Observation/{one[0]}").status == 404
    assert api.diaz.get("Observation").ids == []


@pytest.mark.parametrize("base", OURS)
def test_nobody_writes_about_a_stranger_by_their_whole_address(api: Api, base: str) -> None:
    eve = api.cast.id("eve")
    alone = api.chen.post("Observation", about(eve, base))
    within = api.chen.post("", bundle("transaction", posting(about(eve, base))))
    assert (alone.status, within.status) == (422, 422)
    assert "in your care" in alone.words
    made = api.chen.post("Observation", pressure(api.cast.id("ada"))).json
    moved = api.chen.put(f"Observation/{made['id']}", about(eve, base, id=made["id"]))
    assert moved.status == 422


def test_who_may_see_one_of_two_patients_does_not_see_what_names_both(api: Api) -> None:
    ada, eve = api.cast.id("ada"), api.cast.id("eve")
    performer = [{"reference": f"{OURS[0]}Patient/{eve}"}]
    made = api.house.post("Observation", pressure(ada, performer=performer)).json["id"]
    assert api.gita.get(f"Observation/{made}").status == 404
    treat(api.cast.id("gita"), eve, api.now)
    assert api.gita.get(f"Observation/{made}").status == 200


def test_a_patient_of_another_host_is_not_ours_whatever_the_id(api: Api) -> None:
    ada = api.cast.id("ada")
    made = api.chen.post("Observation", about(ada, THEIRS))
    assert made.status == 201, made.body
    assert api.ada.get(f"Observation/{made.json['id']}").status == 404
    assert api.chen.get(f"Observation?patient={ada}").ids == []
    assert api.chen.get(f"Observation?subject={THEIRS}Patient/{ada}").ids == [made.json["id"]]
    assert Resource.objects.get(type="Observation").patient_id is None


def test_what_was_taken_for_a_stranger_is_put_into_the_chart(api: Api) -> None:
    """What the migration does with what was stored before this was understood."""
    ada = api.cast.id("ada")
    with override_settings(ALLOWED_HOSTS=["127.0.0.1"]):
        made = api.chen.post("Observation", about(ada, OURS[0]), host="127.0.0.1").json["id"]
        plain = api.chen.post("Observation", pressure(ada), host="127.0.0.1").json["id"]
    assert api.ada.get(f"Observation/{made}").status == 404
    before = Resource.objects.get(type="Observation", body__contains=plain)
    assert answer(reindex(0, keep_tokens=True, holding="/fhir/R4/")) is None
    assert api.ada.get(f"Observation/{made}").status == 200
    assert sorted(api.ada.get(f"Observation?patient={ada}").ids) == sorted([made, plain])
    assert api.ada.get(f"Observation/{made}").headers["etag"] == 'W/"1"'
    assert Resource.objects.get(rid=before.rid).tokens == before.tokens
