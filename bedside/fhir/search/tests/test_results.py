"""How much of what is found is sent, how many there are, and what takes reading the documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from django.db import connection

from bedside.fhir.asking import Ask, Steps, answer
from bedside.fhir.documents import read_document
from bedside.fhir.reach import EVERYTHING
from bedside.fhir.search import Page, SearchRefused, parse, search_steps
from bedside.fhir.search.codes import Codes
from bedside.fhir.search.limits import CODES_MOST

from .facts import Thing, insert

pytestmark = pytest.mark.django_db

DIV = '<div xmlns="http://www.w3.org/1999/xhtml"><b>Seen</b> by the stroke team</div>'
STROKE: dict[str, Any] = {
    "text": {"status": "generated", "div": DIV},
    "meta": {"tag": [{"code": "kept"}]},
    "status": "final",
    "code": {"coding": [{"system": "urn:x", "code": "1", "display": "Aphäsia scale"}], "text": "How speech is"},
    "note": [{"text": "A long word about thrombolysis"}],
    "valueQuantity": {"value": 1.10, "unit": "x"},
    "component": [{"code": {"text": "part"}, "valueString": "y", "referenceRange": [{"text": "z"}]}],
}


def page(kind: str, words: str, **more: Any) -> Page:
    pairs = [tuple(pair.split("=", 1)) for pair in words.split("&") if pair]
    return answer(search_steps(parse(kind, pairs), EVERYTHING, **more))  # type: ignore[arg-type]


def ids(kind: str, words: str, **more: Any) -> list[str]:
    return [row.id for row in page(kind, words, **more).matches]


@pytest.fixture(autouse=True)
def chart() -> None:
    """One patient with two observations, of which one has much to say."""
    tokens = {"code": [("urn:x", "1")], "status": [("", "final")]}
    refs = {"patient": [("Patient", "ada")], "subject": [("Patient", "ada")]}
    insert(
        [
            Thing("Patient", "ada", patients=("ada",)),
            Thing("Observation", "rich", patients=("ada",), tokens=tokens, refs=refs, body=STROKE),
            Thing("Observation", "poor", patients=("ada",), tokens={"code": [("urn:x", "2")]}, refs=refs),
        ]
    )


# --- How much --------------------------------------------------------------------------------------------------
def test_a_body_comes_as_it_is_stored() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM fhir_resource WHERE id = 'rich'")
        stored = cursor.fetchone()[0]
    for words in ("_id=rich", "_id=rich&_summary=false"):
        assert page("Observation", words).matches[0].body == stored


def names(words: str) -> set[str]:
    (row,) = page("Observation", f"_id=rich&{words}").matches
    document = read_document(row.body)
    assert [tag["code"] for tag in document["meta"]["tag"]] == ["kept", "SUBSETTED"]
    return set(document)


def test_a_summary_has_the_elements_the_standard_marks() -> None:
    assert names("_summary=true") == {"resourceType", "id", "meta", "status", "code", "valueQuantity", "component"}
    (row,) = page("Observation", "_id=rich&_summary=true").matches
    assert read_document(row.body)["component"] == [{"code": {"text": "part"}, "valueString": "y"}]
    assert '"value":1.1' in row.body


def test_a_summary_of_text_data_or_nothing() -> None:
    assert names("_summary=text") == {"resourceType", "id", "meta", "text", "status", "code"}
    assert names("_summary=data") == {"resourceType", "id", "meta", *STROKE} - {"text"}
    counted = page("Observation", "patient=ada&_summary=count")
    assert (counted.matches, counted.total) == ([], 2)


def test_elements_are_those_asked_for_and_those_it_cannot_be_without() -> None:
    assert names("_elements=note,value") == {"resourceType", "id", "meta", "status", "code", "note", "valueQuantity"}


def test_the_total_is_told_as_it_was_asked() -> None:
    assert page("Observation", "patient=ada").total is None
    assert page("Observation", "patient=ada&_total=accurate&_count=1").total == 2
    assert page("Observation", "patient=ada&_total=estimate&_count=1").total == 2
    assert page("Observation", "patient=ada&_count=0").total == 2


def test_an_estimate_says_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bedside.fhir.search.steps.ESTIMATE_MOST", 2)
    found = page("Observation", "patient=ada&_total=estimate&_count=1")
    assert found.total == 2
    assert "at least 2" in found.warnings[0]


def test_what_comes_along_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bedside.fhir.search.steps.INCLUDED_MOST", 1)
    found = page("Patient", "_revinclude=Observation:patient")
    assert len(found.included) == 1
    assert "More than 1" in found.warnings[0]


# --- What takes reading ----------------------------------------------------------------------------------------
def test_the_text_of_a_code_is_found_without_case_and_accents() -> None:
    assert ids("Observation", "patient=ada&code:text=APHASIA") == ["rich"]
    assert ids("Observation", "patient=ada&code:text=speech") == ["rich"]
    assert ids("Observation", "patient=ada&code:text=thrombolysis") == []


def test_narrative_and_content_are_read_as_words() -> None:
    assert ids("Observation", "patient=ada&_text=stroke team") == ["rich"]
    assert ids("Observation", "patient=ada&_text=thrombolysis") == []
    assert ids("Observation", "patient=ada&_content=thrombolysis") == ["rich"]
    assert ids("Observation", "patient=ada&_text=xmlns") == []


# --- Codes that are looked up ----------------------------------------------------------------------------------
class Book:
    """A terminology of one value set, answered by the database as a real one is."""

    def codes_in(self, value_set: str, most: int) -> Steps[Codes | None]:
        """Return the codes of urn:set, and too many of urn:all."""
        if value_set == "urn:all":
            rows = yield Ask("SELECT 'urn:x', n::text FROM generate_series(1, %s) n", (most + 1,))
            return [(row[0], row[1]) for row in rows]
        rows = yield Ask("SELECT 'urn:x', '1'")
        return [(row[0], row[1]) for row in rows] if value_set == "urn:set" else None

    def codes_around(
        self, relation: Literal["above", "below"], system: str, code: str, most: int
    ) -> Steps[Codes | None]:
        """Return the code and 1 below it."""
        rows = yield Ask("SELECT '1'")
        return [(system, code), *([(system, rows[0][0])] if relation == "below" else [])]


def refused(words: str, **more: Any) -> str:
    with pytest.raises(SearchRefused) as refusal:
        page("Observation", words, **more)
    return refusal.value.faults[0].words


def test_a_value_set_stands_for_its_codes_at_every_link() -> None:
    book = Book()
    assert ids("Observation", "patient=ada&code:in=urn:set", terminology=book) == ["rich"]
    assert ids("Observation", "patient=ada&code:not-in=urn:set", terminology=book) == ["poor"]
    assert ids("Observation", "patient=ada&code:below=urn:x|0", terminology=book) == ["rich"]
    assert ids("Observation", "patient=ada&code:above=urn:x|0", terminology=book) == []
    assert ids("Patient", "_has:Observation:patient:code:in=urn:set", terminology=book) == ["ada"]


def test_what_cannot_be_looked_up_is_refused() -> None:
    assert "cannot be looked up" in refused("code:in=urn:set")
    assert "not known" in refused("code:in=urn:other", terminology=Book())
    assert f"more than {CODES_MOST}" in refused("code:not-in=urn:all", terminology=Book())
    assert "system|code" in refused("code:below=1", terminology=Book())


# --- Strangers' words ------------------------------------------------------------------------------------------
SLY = "x'); DROP TABLE fhir_resource; --%(v0)s{}\""


def words_of(steps: Iterator[Ask]) -> str:
    return next(steps).sql


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("Observation", "code", SLY),
        ("Observation", "code:not", SLY),
        ("Patient", "family", SLY),
        ("Patient", "family:exact", SLY),
        ("Patient", "family:contains", SLY),
        ("Observation", "subject:Patient.family", SLY),
        ("Patient", "_has:Observation:patient:code", SLY),
        ("ValueSet", "url:below", SLY),
        ("Observation", "value-quantity", f"5||{SLY}"),
        ("Observation", "component-code-value-quantity", f"{SLY}$5"),
        ("Observation", "subject", f"http://x/{SLY}"),
    ],
)
def test_no_word_of_a_stranger_stands_in_a_statement(kind: str, name: str, value: str) -> None:
    query = parse(kind, [(name, value)])
    sql = words_of(search_steps(query, EVERYTHING))
    assert "DROP" not in sql
    plain = parse(kind, [(name, value.replace(SLY, "x"))])
    assert sql == words_of(search_steps(plain, EVERYTHING)), "other values, the same words"
    found = [row.id for row in answer(search_steps(query, EVERYTHING)).matches]
    assert found == (["rich", "poor"] if name == "code:not" else [])
