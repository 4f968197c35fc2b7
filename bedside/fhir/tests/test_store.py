"""The resource store keeps every version, as it was written."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from bedside.fhir.commands import (
    Entry,
    ResourceChanged,
    ResourceGone,
    ResourceMalformed,
    delete_resource,
    store_resource,
    store_resources,
)
from bedside.fhir.models import Resource, ResourceVersion
from bedside.fhir.queries import find_patient_resources, find_resources, get_resource, history
from bedside.fhir.rules import faults, is_date_time
from bedside.fhir.terms import ALLERGY_CLINICAL


def allergy(patient_id, text="Penicillin", **more):
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"system": ALLERGY_CLINICAL, "code": "active"}]},
        "code": {"text": text},
        "patient": {"reference": f"Patient/{patient_id}"},
        **more,
    }


@pytest.fixture
def stored(cast, now):
    return store_resource(
        actor=cast.actor("chen"), now=now, resource=allergy(cast.ada.id), patient_id=cast.ada.id, at=now
    )


def test_a_new_resource_gets_version_one_and_its_history(cast, stored):
    assert stored.version == 1
    body = get_resource(type="AllergyIntolerance", id=stored.id)
    assert body["id"] == str(stored.id)
    assert body["meta"]["versionId"] == "1"
    assert [v.version for v in history(type="AllergyIntolerance", id=stored.id)] == [1]


def test_a_change_adds_a_version_and_keeps_the_first_byte_for_byte(cast, stored, now):
    before = history(type="AllergyIntolerance", id=stored.id)[0].body
    changed = get_resource(type="AllergyIntolerance", id=stored.id) | {"code": {"text": "Amoxicillin"}}
    later = now + timedelta(minutes=3)
    second = store_resource(
        actor=cast.actor("diaz"), now=later, resource=changed, patient_id=cast.ada.id, expected_version=1
    )
    assert second.version == 2
    kept = history(type="AllergyIntolerance", id=stored.id)
    assert [v.version for v in kept] == [2, 1]
    assert kept[1].body == before
    assert kept[0].author_id == cast.id("diaz")
    assert Resource.objects.get(id=stored.id).body == kept[0].body


def test_a_change_made_on_an_old_version_is_refused(cast, stored, now):
    resource = get_resource(type="AllergyIntolerance", id=stored.id)
    store_resource(actor=cast.actor("chen"), now=now, resource=resource, patient_id=cast.ada.id)
    with pytest.raises(ResourceChanged):
        store_resource(actor=cast.actor("diaz"), now=now, resource=resource, patient_id=cast.ada.id, expected_version=1)
    assert len(history(type="AllergyIntolerance", id=stored.id)) == 2


def test_a_resource_never_moves_to_another_patient(cast, stored, now):
    with pytest.raises(ResourceChanged):
        store_resource(
            actor=cast.actor("chen"),
            now=now,
            resource=allergy(cast.eve.id, id=str(stored.id)),
            patient_id=cast.eve.id,
        )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE fhir_version SET body = '{}' WHERE rid = %s",
        "DELETE FROM fhir_version WHERE rid = %s",
    ],
)
def test_the_database_refuses_to_change_a_version(stored, sql):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(sql, [Resource.objects.get(id=stored.id).rid])
    assert ResourceVersion.objects.count() == 1


def test_a_deleted_resource_is_out_of_sight_and_its_versions_stay(cast, stored, now):
    delete_resource(actor=cast.actor("chen"), now=now, type="AllergyIntolerance", id=stored.id)
    with pytest.raises(ResourceGone):
        get_resource(type="AllergyIntolerance", id=stored.id)
    assert find_resources(type="AllergyIntolerance", patient_id=cast.ada.id) == []
    assert [v.is_deleted for v in history(type="AllergyIntolerance", id=stored.id)] == [True, False]


@pytest.mark.parametrize(
    "spoil",
    [
        {"code": None},
        {"clinicalStatus": {}},
        {"resourceType": "Spaceship"},
        {"recordedDate": "2026-02-30"},
        {"recordedDate": "2026-11-24T10:00:00"},
        {"code": {"text": "nul\x00l"}},
        {"patient": {"reference": f"Patient/{uuid4()}"}},
    ],
)
def test_a_malformed_resource_is_refused_whole(cast, now, spoil):
    with pytest.raises(ResourceMalformed):
        store_resource(actor=cast.actor("chen"), now=now, resource=allergy(cast.ada.id) | spoil, patient_id=cast.ada.id)
    assert not Resource.objects.exists()


def test_many_are_stored_together_or_not_at_all(cast, now):
    good = Entry(allergy(cast.ada.id), cast.ada.id, "x|1", now)
    bad = Entry({"resourceType": "Condition"}, cast.ada.id)
    with pytest.raises(ResourceMalformed):
        store_resources(actor=cast.actor("chen"), now=now, entries=[good, bad])
    assert not Resource.objects.exists()
    assert len(store_resources(actor=cast.actor("chen"), now=now, entries=[good, good])) == 2
    assert ResourceVersion.objects.count() == 2
    both = find_patient_resources(patient_id=cast.ada.id, types=["AllergyIntolerance", "Condition"])
    assert [len(both["AllergyIntolerance"]), both["Condition"]] == [2, []]
    assert len(find_resources(type="AllergyIntolerance", patient_id=cast.ada.id, code="x|1")) == 2
    assert find_resources(type="AllergyIntolerance", patient_id=cast.ada.id, code="x|2") == []


@given(st.dates())
def test_every_day_of_the_calendar_is_a_date(day):
    assert is_date_time(day.isoformat()) == (day.year >= 1)


@given(st.text())
def test_any_text_without_a_null_byte_is_kept_as_typed(text):
    patient = uuid4()
    found = faults(allergy(patient, text or "x"), patient_id=patient)
    assert bool(found) == ("\x00" in text)
    assert json.loads(json.dumps({"a": text}, ensure_ascii=False))["a"] == text
