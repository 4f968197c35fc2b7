"""A clinic's own code systems, value sets and maps are used like those of R4."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from bedside.fhir.documents import write_document
from bedside.fhir.indexing.keys import reference_key, token_key
from bedside.fhir.terminology.faults import TerminologyMissing

from .asked import ANIMALS, NOW, ask, codes, said, value_set

pytestmark = pytest.mark.django_db


def keep(document: dict[str, Any], **canonicals: str) -> None:
    """Put a resource where the store would, found by its url and by what it refers to."""
    kind, id = document["resourceType"], f"x{abs(hash(str(document)))}"
    tokens = [token_key(kind, name, url) for name, url in {"url": document["url"], **canonicals}.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fhir_resource (key, stored_at, version, type, id, tokens, body) VALUES (%s,%s,1,%s,%s,%s,%s)",
            [reference_key(kind, id), NOW, kind, id, sorted(tokens), write_document(document)],
        )


def test_its_code_system_and_value_set_are_found_by_url() -> None:
    keep(ANIMALS)
    keep(value_set({"system": ANIMALS["url"], "filter": [{"property": "concept", "op": "is-a", "value": "mammal"}]}))
    assert codes(ask("ValueSet", "$expand", url="http://example.org/vs")) == ["mammal", "bat", "cat"]
    assert codes(ask("ValueSet", "$expand", url="http://example.org/vs", filter="gat")) == ["cat"]
    found = said(ask("CodeSystem", "$lookup", system=ANIMALS["url"], code="cat", displayLanguage="de"))
    assert (found["display"], found["definition"]) == ("Büsi", "Sleeps.")
    wings = value_set({"system": ANIMALS["url"], "filter": [{"property": "wings", "op": "=", "value": "2"}]})
    assert codes(ask("ValueSet", "$expand", valueSet=wings)) == ["bat", "bird"]


def test_a_version_that_is_named_is_the_one_that_is_used() -> None:
    keep(ANIMALS)
    keep(ANIMALS | {"version": "8", "concept": [{"code": "fish"}]})
    assert codes(ask("ValueSet", "$expand", valueSet=value_set({"system": ANIMALS["url"], "version": "8"}))) == ["fish"]
    with pytest.raises(TerminologyMissing):
        ask("ValueSet", "$expand", valueSet=value_set({"system": ANIMALS["url"], "version": "9"}))


def test_one_that_is_retired_is_not_used() -> None:
    keep(value_set({"system": ANIMALS["url"]}) | {"status": "retired"})
    with pytest.raises(TerminologyMissing):
        ask("ValueSet", "$expand", url="http://example.org/vs")


def test_its_maps_are_found_by_what_they_join() -> None:
    group = {
        "source": "a",
        "target": "b",
        "element": [{"code": "1", "target": [{"code": "2", "equivalence": "equal"}]}],
    }
    source = "http://example.org/from"
    keep(
        {"resourceType": "ConceptMap", "url": "http://example.org/m", "status": "active", "sourceCanonical": source}
        | {"group": [group]},
        source=source,
    )
    for given in ({"url": "http://example.org/m"}, {"source": source}):
        found = said(ask("ConceptMap", "$translate", **given, system="a", code="1"))
        assert found["result"] is True
