"""What a resource is found by follows it: through changes, removal and indexing again."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection

from bedside.fhir.asking import answer
from bedside.fhir.commands import store_resource
from bedside.fhir.indexing import param_key, reference_key, token_key
from bedside.fhir.queries import find_dated
from bedside.fhir.store import create, delete, transaction_bundle, update
from bedside.fhir.store.reindexing import reindex

from .conftest import by_identifier, fetch_one, observation, patient

pytestmark = pytest.mark.django_db

BESIDE = (
    "SELECT 'date', rid, param, from_at::text, to_at::text FROM fhir_date"
    " UNION ALL SELECT 'string', rid, param, norm, raw FROM fhir_string"
    " UNION ALL SELECT 'number', rid, param, low::text, high::text FROM fhir_number"
    " UNION ALL SELECT 'row', rid, version, concat(tokens, at_from, at_to), concat(patient_id, more_patients)"
    " FROM fhir_resource ORDER BY 2, 1, 3, 4, 5"
)


def rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def strings():
    return {norm for (norm,) in rows("SELECT norm FROM fhir_string")}


def test_a_change_replaces_and_a_removal_takes_away_what_a_resource_is_found_by(writer):
    made = answer(create(writer, patient(name=[{"family": "Reyes"}], birthDate="1970-01-01")))
    assert strings() == {"reyes"}
    answer(update(writer, patient(name=[{"family": "Núñez"}]), kind="Patient", id=made.id))
    assert strings() == {"nunez"}
    assert rows("SELECT count(*) FROM fhir_date") == [(0,)]
    answer(delete(writer, kind="Patient", id=made.id))
    assert strings() == set()
    assert rows("SELECT tokens, patient_id, body FROM fhir_resource") == [([], UUID(made.id), "")]


def test_a_resource_is_kept_beside_its_patient_from_the_first(writer):
    entries = [
        {"fullUrl": "urn:uuid:1", "resource": patient(), "request": {"method": "POST", "url": "Patient"}},
        {"resource": observation("urn:uuid:1"), "request": {"method": "POST", "url": "Observation"}},
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    ada, seen = answer(transaction_bundle(writer, bundle, match=by_identifier, fetch=fetch_one))
    assert seen.patient_ids == ada.patient_ids == (UUID(ada.id),)
    mixed = reference_key("Patient", ada.id) ^ param_key("Observation", "subject")
    coded = token_key("Observation", "code", "http://loinc.org|8867-4")
    assert rows("SELECT id FROM fhir_resource WHERE tokens @> %s::bigint[]", [mixed, coded]) == [(seen.id,)]


def test_many_written_together_are_found_as_if_written_singly(writer):
    documents = [
        observation(
            f"Patient/{UUID(int=n % 7)}", valueQuantity={"value": n, "unit": "kg"}, effectiveDateTime="2026-01-02"
        )
        for n in range(30)
    ]
    entries = [{"resource": one, "request": {"method": "POST", "url": "Observation"}} for one in documents]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    answer(transaction_bundle(writer, bundle, match=by_identifier, fetch=fetch_one))
    for one in documents:
        answer(create(writer, one))
    compared = rows(
        "SELECT n.param, n.low, r.patient_id, r.at_from, r.tokens FROM fhir_number n JOIN fhir_resource r USING (rid)"
        " ORDER BY rid, n.param, n.low"
    )
    half = len(compared) // 2
    assert half >= 30
    assert compared[:half] == compared[half:]


def test_indexing_again_finds_the_same(writer, cast, now):
    answer(create(writer, patient(name=[{"family": "Reyes", "given": ["Ada"]}], birthDate="1970-01-01")))
    answer(create(writer, observation("Patient/9", valueQuantity={"value": 1, "unit": "kg"}, effectiveDateTime="2026")))
    gone = answer(create(writer, patient("gone")))
    answer(delete(writer, kind="Patient", id=gone.id))
    before = rows(BESIDE)
    rows("UPDATE fhir_resource SET tokens = '{}', at_from = NULL RETURNING 1")
    rows("DELETE FROM fhir_string RETURNING 1")
    assert rows(BESIDE) != before
    assert answer(reindex()) is None
    assert rows(BESIDE) == before
    assert rows("SELECT count(*) FROM fhir_version") == [(4,)]


def test_a_task_is_kept_under_the_day_it_is_due_however_it_came(writer, cast, now):
    task = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": "urn:s", "code": "c"}]},
        "for": {"reference": f"Patient/{cast.ada.id}"},
        "restriction": {"period": {"end": "2026-12-24"}},
        "lastModified": "2026-11-01T00:00:00Z",
    }
    day = {"first_at": datetime(2026, 12, 24, tzinfo=UTC), "last_at": datetime(2026, 12, 25, tzinfo=UTC)}
    answer(create(writer, task))
    store_resource(actor=cast.actor("chen"), now=now, resource=task, patient_id=cast.ada.id, code="urn:s|c")
    assert len(find_dated(type="Task", codes=["urn:s|c"], **day)) == 2
    assert find_dated(type="Task", codes=["urn:s|d"], **day) == []
