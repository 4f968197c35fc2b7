"""Whatever is cut off in the middle leaves nothing half."""

from __future__ import annotations

import psycopg
import pytest

from bedside.fhir.asking import answer
from bedside.fhir.reach import EVERYTHING
from bedside.fhir.store import create, read_body, transaction_bundle

from .conftest import by_identifier, fetch_one, observation, patient
from .test_transactions import entry

pytestmark = pytest.mark.slow

TABLES = ("fhir_resource", "fhir_version", "fhir_date", "fhir_string", "fhir_number")


def counts(raw):
    sql = " UNION ALL ".join(f"SELECT count(*) FROM {table}" for table in TABLES)
    return [count for (count,) in raw.execute(sql).fetchall()]


def run_until(steps, raw, asks):
    """Run so many questions of some steps; say whether they had more."""
    rows = None
    for _ in range(asks):
        try:
            ask = steps.send(rows)
        except StopIteration:
            return False
        cursor = raw.execute(ask.sql, ask.values)
        rows = cursor.fetchall() if cursor.description else []
    return True


@pytest.mark.django_db(transaction=True)
def test_a_transaction_whose_connection_is_killed_after_any_statement_leaves_nothing(writer, test_database):
    old = answer(create(writer, patient("old")))
    kept = answer(create(writer, patient("kept")))
    entries = [
        entry("DELETE", f"Patient/{old.id}"),
        entry("POST", "Patient", patient("new"), "urn:uuid:1", ifNoneExist="identifier=urn:x|new"),
        entry("POST", "Observation", observation("urn:uuid:1")),
        entry("PUT", f"Patient/{kept.id}", patient("changed")),
        entry("PUT", "Patient/chosen", patient("chosen")),
        entry("GET", f"Patient/{kept.id}"),
    ]
    with psycopg.connect(test_database.app_address, autocommit=True) as other:
        before, asks, more = counts(other), 0, True
        while more:
            asks += 1
            bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
            steps = transaction_bundle(writer, bundle, match=by_identifier, fetch=fetch_one)
            victim = psycopg.connect(test_database.app_address)
            more = run_until(steps, victim, asks)
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [victim.info.backend_pid])
            victim.close()
            assert counts(other) == before
    assert asks > 8
    assert answer(read_body("Patient", old.id, EVERYTHING)).version == 1
    assert answer(read_body("Patient", kept.id, EVERYTHING)).version == 1
