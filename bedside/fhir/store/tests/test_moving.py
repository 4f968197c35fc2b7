"""What was kept before the tables changed is there after, with its numbers, its bytes and its removals."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from django.core.management import call_command

from bedside.config.database import connected_as
from bedside.fhir.indexing import reference_key, token_key

ADA = UUID(int=1)
KEPT, REMOVED = UUID(int=11), UUID(int=12)
NOW_KEPT = '{"resourceType":"Condition","onsetString":"Ünwell","recordedDate":"2025-06-07","b":1.10}'
BEFORE = """
INSERT INTO fhir_resource (id, type, version, patient_id, code, at, body, author_id, stored_at, is_deleted) VALUES
    (%(kept)s, 'Condition', 2, %(ada)s, 's|1', '2026-01-02T03:04:05Z', %(body)s, %(ada)s, '2026-01-03', false),
    (%(removed)s, 'Task', 2, %(ada)s, 's|2', NULL, '{"c": 1}', NULL, '2026-01-04', true);
"""
VERSIONS = """
INSERT INTO fhir_resource_version (resource_id, type, version, body, author_id, stored_at, is_deleted) VALUES
    (%(kept)s, 'Condition', 1, '{"b": 1.0}', NULL, '2026-01-01', false),
    (%(removed)s, 'Task', 1, '{"c": 1}', NULL, '2026-01-01', false),
    (%(kept)s, 'Condition', 2, %(body)s, %(ada)s, '2026-01-03', false),
    (%(removed)s, 'Task', 2, '{"c": 1}', NULL, '2026-01-04', true);
"""


@pytest.fixture
def moved(test_database, django_db_setup, django_db_blocker) -> Iterator[psycopg.Connection]:
    """Yield a connection to a schema that was filled as it was before, and then migrated."""
    owner = test_database.owner | {"OPTIONS": {"options": "-c search_path=moving"}}
    with psycopg.connect(test_database.owner_address, autocommit=True) as raw, django_db_blocker.unblock():
        raw.execute("CREATE SCHEMA moving")
        raw.execute("SET search_path = moving")
        try:
            with connected_as(owner):
                call_command("migrate", "fhir", "0002", verbosity=0)
                names = {"body": NOW_KEPT, "kept": KEPT, "removed": REMOVED, "ada": ADA}
                raw.execute(BEFORE, names)
                raw.execute(VERSIONS, names)
                call_command("migrate", "fhir", verbosity=0)
            yield raw
        finally:
            raw.execute("DROP SCHEMA moving CASCADE")


@pytest.mark.slow
def test_every_resource_moves_with_every_version(moved) -> None:
    rows = moved.execute("SELECT type, id, version, key, patient_id, is_deleted, body FROM fhir_resource ORDER BY rid")
    assert rows.fetchall() == [
        ("Condition", str(KEPT), 2, reference_key("Condition", str(KEPT)), ADA, False, NOW_KEPT),
        ("Task", str(REMOVED), 2, reference_key("Task", str(REMOVED)), ADA, True, '{"c": 1}'),
    ]
    found = moved.execute(
        "SELECT r.id, v.version, v.method, v.body FROM fhir_version v JOIN fhir_resource r USING (rid)"
    )
    assert sorted(found.fetchall()) == [
        (str(KEPT), 1, "POST", '{"b": 1.0}'),
        (str(KEPT), 2, "PUT", NOW_KEPT),
        (str(REMOVED), 1, "POST", '{"c": 1}'),
        (str(REMOVED), 2, "DELETE", '{"c": 1}'),
    ]
    coded = moved.execute("SELECT id FROM fhir_resource WHERE tokens @> %s", [[token_key("Condition", "code", "s|1")]])
    assert coded.fetchall() == [(str(KEPT),)]


@pytest.mark.slow
def test_what_moves_is_found_by_all_that_stands_in_it(moved) -> None:
    assert moved.execute("SELECT norm FROM fhir_string").fetchall() == [("unwell",)]
    assert moved.execute("SELECT at_from::date::text FROM fhir_resource WHERE NOT is_deleted").fetchall() == [
        ("2025-06-07",)
    ]


@pytest.mark.slow
def test_a_version_that_moved_is_still_beyond_change(moved) -> None:
    for sql in ("UPDATE fhir_version SET body = ''", "DELETE FROM fhir_version"):
        with pytest.raises(psycopg.errors.RestrictViolation, match="never changed"):
            moved.execute(sql)
