"""The plans of common searches, kept in plans.txt: no search reads the table of resources from end to end.

To see what changed and keep it: BEDSIDE_KEEP_PLANS=1 bin/test bedside/fhir/search/tests/test_plans.py, then read the
difference.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from django.db import connection

from bedside.fhir.asking import Ask
from bedside.fhir.search import parse, search_steps
from bedside.fhir.search.page import Row, included_by
from bedside.fhir.search.schema import whole_schema
from bedside.platform.statements import numbered
from tests.database import TestDatabase

from .facts import BEGINNING, Hiding, Thing, insert

pytestmark = pytest.mark.slow
KEPT = Path(__file__).parent / "plans.txt"
LOINC = "http://loinc.org"
PATIENTS = 250
#: The planner's choices are those of one release.
RELEASE = 18


def clinic() -> Iterator[Thing]:
    """Make a clinic: few enough rows for ANALYZE to read them all, so that the same plans come every time."""
    for number in range(5):
        yield Thing("Organization", f"org{number}", strings={"name": [f"House {number}"]})
        refs = {"organization": [("Organization", f"org{number}")]}
        yield Thing(
            "Practitioner", f"dr{number}", strings={"name": [f"Doctor {number}"], "family": [f"Doctor {number}"]}
        )
        yield Thing("PractitionerRole", f"role{number}", refs=refs)
    for number in range(PATIENTS):
        yield from _chart(f"p{number}", number)


def _chart(id: str, number: int) -> Iterator[Thing]:
    born = BEGINNING - timedelta(days=97 * number)
    yield Thing(
        "Patient",
        id,
        patients=(id,),
        strings={"name": [f"Family{number}", f"Given{number % 40}"], "family": [f"Family{number}"]},
        tokens={"identifier": [("urn:mrn", str(number))], "gender": [("", "female" if number % 2 else "male")]},
        typed={"identifier": [("urn:types", "MR", str(number))]},
        refs={"general-practitioner": [("Practitioner", f"dr{number % 5}")]},
        dates={"birthdate": [(born, born + timedelta(days=1))]},
    )
    me = {"subject": [("Patient", id)], "patient": [("Patient", id)]}
    for visit in range(5):
        at = BEGINNING + timedelta(days=30 * visit, minutes=number)
        yield Thing(
            "Encounter",
            f"{id}-e{visit}",
            patients=(id,),
            tokens={"status": [("", "finished")], "class": [("urn:class", "AMB" if visit else "EMER")]},
            refs={**me, "service-provider": [("Organization", f"org{number % 5}")]},
            dates={"date": [(at, at + timedelta(hours=1))]},
        )
        for measured in range(10):
            yield _observation(id, f"{id}-e{visit}-o{measured}", visit, measured, at, me)
    for problem in range(5):
        start = BEGINNING - timedelta(days=100 * problem)
        yield Thing(
            "Condition",
            f"{id}-c{problem}",
            patients=(id,),
            tokens={
                "code": [("urn:icd", f"E{problem + number % 30}")],
                "clinical-status": [("urn:clinical", "active")],
            },
            refs=me,
            dates={
                "onset-date": [(start, start + timedelta(days=1))],
                "recorded-date": [(start, start + timedelta(days=1))],
            },
        )


def _observation(patient: str, id: str, visit: int, measured: int, at: Any, me: dict[str, Any]) -> Thing:
    code = (LOINC, f"{measured}-1" if visit or measured else f"rare-{patient}")
    value = (100 + measured + visit, "http://unitsofmeasure.org", "mm[Hg]")
    parts = [(LOINC, "8480-6")] if measured == 1 else []
    return Thing(
        "Observation",
        id,
        patients=(patient,),
        tokens={
            "code": [code],
            "category": [("urn:category", "vital-signs" if measured < 5 else "laboratory")],
            "status": [("", "final")],
            "component-code": parts,
        },
        refs={**me, "encounter": [("Encounter", id.rpartition("-")[0])]},
        dates={"date": [(at, at + timedelta(seconds=1))]},
        quantities={"value-quantity": [] if parts else [value], "component-value-quantity": [value] if parts else []},
        pairs={"component-code-value-quantity": [(part, value) for part in parts]},
        body={"status": "final", "filler": "x" * 400},
    )


#: Two indexes that begin with the type.
BY_TYPE = ("fhir_by_time_stored", "fhir_of_type")
MINE = "patient=p7&"
SEARCHES = [
    "Patient?_id=p7",
    "Patient?identifier=urn:mrn|7",
    "Patient?identifier=7",
    "Patient?identifier:of-type=urn:types|MR|7",
    "Patient?name=family7",
    "Patient?name:exact=Family77",
    "Patient?name:contains=amily77",
    "Patient?family=family7&gender=female",
    "Patient?birthdate=2020-05-01",
    "Patient?birthdate=gt2024&gender=male",
    "Patient?general-practitioner=Practitioner/dr1",
    "Patient?general-practitioner.name=doctor",
    "Patient?_has:Observation:patient:code=http://loinc.org|rare-p9",
    "Patient?organization:missing=true&family=family7",
    f"Observation?{MINE}_sort=-date",
    f"Observation?{MINE}code=http://loinc.org|3-1",
    f"Observation?{MINE}code=http://loinc.org|3-1,http://loinc.org|4-1&_sort=-date",
    f"Observation?{MINE}category=vital-signs&_sort=-date",
    f"Observation?{MINE}category=laboratory&date=ge2026-02&_sort=-date",
    f"Observation?{MINE}category=laboratory&status=final,amended&_total=accurate",
    f"Observation?{MINE}code:not=3-1",
    f"Observation?{MINE}value-quantity=gt105",
    f"Observation?{MINE}encounter.class=EMER",
    "Observation?subject=Patient/p7&code=3-1",
    "Observation?patient=p7,p8&code=3-1",
    "Observation?code=http://loinc.org|rare-p9",
    "Observation?code=http://loinc.org|3-1",
    "Observation?code=http://loinc.org|3-1&_sort=-date",
    "Observation?encounter=p7-e1",
    "Observation?value-quantity=103.0|http://unitsofmeasure.org|mm[Hg]",
    "Observation?code-value-quantity=http://loinc.org|3-1$gt106||mm[Hg]",
    "Observation?component-code-value-quantity=http://loinc.org|8480-6$gt104||mm[Hg]",
    "Observation?subject:Patient.family=family77",
    "Observation?patient.identifier=urn:mrn|7&code=3-1",
    "Observation?date=2026-02-01",
    "Observation?_lastUpdated=gt2026-01-03",
    "Observation?_sort=-_lastUpdated",
    "Observation?",
    f"Condition?{MINE}clinical-status=urn:clinical|active",
    f"Condition?{MINE}onset-date=ge2025",
    "Condition?onset-date=2025-06-15",
    f"Encounter?{MINE}date=ge2026-02&date=le2026-04",
    "Encounter?_has:Observation:encounter:code=http://loinc.org|rare-p9",
]


def plan_of(ask: Ask) -> list[str]:
    """Return the plan of a statement: its nodes, tables and indexes, without what it costs.

    What is not planned for its values is planned for any, as on the connections of the gateway.
    """
    with connection.cursor() as cursor:
        if ask.prepare is False:
            cursor.execute(f"EXPLAIN (FORMAT JSON, COSTS OFF) {ask.sql}", ask.values)
        else:
            cursor.execute(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON, COSTS OFF) {numbered(ask.sql)[0].decode()}")
        plan = cursor.fetchone()[0]
    return list(_nodes((orjson.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"], 1))


def _nodes(node: dict[str, Any], depth: int) -> Iterator[str]:
    index = node.get("Index Name")
    if node["Node Type"] == "Bitmap Index Scan" and index in BY_TYPE:
        index = " or ".join(BY_TYPE)  # To find all of a type both cost the same, and a sample of the rows decides.
    words = [node["Node Type"], node.get("Relation Name"), index]
    yield "  " * depth + " ".join(word for word in words if word)
    for inner in node.get("Plans", []):
        yield from _nodes(inner, depth + 1)


def asks_of(search: str) -> Iterator[tuple[str, Ask]]:
    """Return the statements a search asks before anything is found."""
    kind, _, words = search.partition("?")
    query = parse(kind, [tuple(pair.split("=", 1)) for pair in words.split("&") if pair])  # type: ignore[misc]
    steps = search_steps(query, Hiding(frozenset({"p7", "p8", "p9"})))
    yield search, next(steps)
    if query.total != "none":
        rows: list[Any] = [(0, "Observation", "x", "{}", None, None)] * (query.count + 1)
        yield f"{search} (the total)", steps.send(rows)


def along() -> Iterator[tuple[str, Ask]]:
    """Return the statements that bring resources along."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rid, id FROM fhir_resource WHERE type = 'Patient' ORDER BY rid LIMIT 20")
        rows = [Row(rid, "Patient", id, "", ()) for rid, id in cursor.fetchall()]
    for name, value in [
        ("_include", "Patient:general-practitioner"),
        ("_include", "*"),
        ("_revinclude", "Observation:patient"),
        ("_revinclude", "Encounter:*"),
    ]:
        (include,) = parse("Patient", [(name, value)]).includes
        ask = included_by(include, rows, [row.rid for row in rows], Hiding(frozenset({"p7"})), whole_schema(), 1000)
        assert ask is not None
        yield f"20 of Patient?{name}={value}", ask


@pytest.fixture
def planned(transactional_db: None, test_database: TestDatabase) -> int:
    """Have the clinic in the database, counted by the one whose tables they are. Returns the database's release."""
    insert(clinic())
    with psycopg.connect(test_database.owner_address, autocommit=True) as owner:
        # Whole and packed, so that what other tests left behind does not tell the planner anything.
        for table in ("fhir_resource", "fhir_date", "fhir_string", "fhir_number"):
            owner.execute(f"VACUUM (FULL, ANALYZE) {table}")
        return owner.info.server_version // 10_000


def test_common_searches_find_their_rows_by_an_index(planned: int) -> None:
    asked = [found for search in SEARCHES for found in asks_of(search)] + list(along())
    plans = {name: plan_of(ask) for name, ask in asked}
    assert len(plans) >= 30
    assert [name for name, plan in plans.items() if any("Seq Scan fhir_resource" in node for node in plan)] == []
    charts = {name: plan for name, plan in plans.items() if MINE in name}
    assert [name for name, plan in charts.items() if not any("fhir_of_patient" in node for node in plan)] == []
    if planned == RELEASE:
        text = "".join(f"{name}\n{chr(10).join(plan)}\n\n" for name, plan in plans.items())
        if os.environ.get("BEDSIDE_KEEP_PLANS"):
            KEPT.write_text(text)
        assert text == KEPT.read_text()


def test_no_index_gives_the_order_of_what_is_found_first() -> None:
    """A small clinic does not show it: on a million resources one chart took 9 s, walked in that order."""
    asked = {search: next(asks_of(search))[1].sql for search in SEARCHES}
    found_first = {search for search, sql in asked.items() if "(r.rid + 0)" in sql.rpartition("ORDER BY")[2]}
    linked = {search for search in SEARCHES if "_has:" in search or ".name" in search or ".identifier" in search}
    assert found_first >= {search for search in SEARCHES if MINE in search} | linked
    assert "Observation?code=http://loinc.org|3-1" not in found_first
