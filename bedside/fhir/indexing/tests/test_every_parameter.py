"""Every search parameter of every type puts among the entries exactly what its path finds, in any document.

The paths themselves are checked against another implementation (`paths/tests/test_answers.py`); here the one walk over
a document is checked against each path run by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedside.fhir.definitions import SearchParameter, registry
from bedside.fhir.documents import read_document
from bedside.fhir.indexing import entries_of, param_key, param_number, reference_key, token_key
from bedside.fhir.indexing.entries import Entries
from bedside.fhir.indexing.terms import PRINCIPAL_DATE
from bedside.fhir.indexing.texts import texts_of
from bedside.fhir.indexing.tokens import pairs_of, reference_text
from bedside.fhir.indexing.values import norm
from bedside.fhir.indexing.words import UNIONS, token_words
from bedside.fhir.paths import compile_path
from bedside.fhir.paths.steps import kind_of
from bedside.fhir.paths.values import plain
from bedside.fhir.tests.examples import example_data, us_core_examples
from bedside.fhir.tests.made_up import made_up

pytestmark = pytest.mark.slow

NOT_HERE = {"_id", "_lastUpdated", "_text", "_content", "_query", "near"}


def params_of(kind: str) -> Iterator[SearchParameter]:
    for code, param in registry().search[kind].items():
        if param.expression and param.kind != "composite" and code not in NOT_HERE | UNIONS.get(kind, {}).keys():
            yield param


def values_of(param: SearchParameter, document: dict[str, Any]) -> list[tuple[Any, str | None]]:
    path = compile_path(param.expression, kind=param.type)
    found = [(plain(item), kind_of(item, path.code.kind)) for item in path.items(document)]
    return [(value, type) for value, type in found if value is not None]


def disagreements(document: dict[str, Any]) -> Iterator[str]:
    """Yield the parameters of which the entries say something else than their path."""
    kind = document["resourceType"]
    found = entries_of(document)
    for param in params_of(kind):
        values = values_of(param, document)
        if not _agrees(param, values, found, set(found.tokens)):
            yield f"{kind}?{param.code}: {values}"


def _agrees(param: SearchParameter, values: list[tuple[Any, str | None]], found: Entries, tokens: set[int]) -> bool:
    kind, code = param.type, param.code
    number = param_number(kind, code)
    is_there = token_key(kind, code, "") in tokens
    if param.kind == "token":
        words = {w for value, type in values for pair in pairs_of(value, type) for w in token_words(*pair)}
        return all(token_key(kind, code, each) in tokens for each in words) and is_there == bool(values)
    if param.kind in {"reference", "uri"}:
        types = {"Reference", "canonical", "uri", "url"}
        texts = {reference_text(value) for value, type in values if type in types or type in param.targets}
        return is_there == bool(texts) and all(_stands(kind, code, text, tokens) for text in texts)
    if param.kind == "string":
        wanted = {norm(text) for value, type in values for text in texts_of(value, type)}
        return {entry.norm for entry in found.strings if entry.param == number} == wanted - {""}
    if param.kind == "date":
        dated = any(type in {"date", "dateTime", "instant", "Period", "Timing"} for _, type in values)
        if PRINCIPAL_DATE.get(kind) == code:
            return (found.at_from is not None or found.at_to is not None) == dated
        return any(entry.param == number for entry in found.dates) == dated
    return {entry.param for entry in found.numbers} >= ({number} if values else set())


def _stands(kind: str, code: str, text: str, tokens: set[int]) -> bool:
    """Say whether a reference or url stands among the tokens: one of this server by its type and id."""
    if not text or text.startswith("#"):
        return True
    own = text.partition("/_history/")[0]
    target, _, id = own.partition("/")
    if target in registry().resource_types:
        return reference_key(target, id) ^ param_key(kind, code) in tokens
    return token_key(kind, code, text) in tokens


@pytest.mark.parametrize("kind", registry().resource_types)
def test_the_walk_finds_what_the_paths_find(kind: str) -> None:
    for variant in range(6):
        assert list(disagreements(made_up(kind, variant))) == []


def test_the_walk_finds_what_the_paths_find_in_the_examples_of_us_core() -> None:
    examples = [read_document(text) for text in us_core_examples().values()]
    found = [each for document in examples for each in disagreements(document)]
    assert (len(examples) > 100, found) == (True, [])


@pytest.mark.slow
def test_the_walk_finds_what_the_paths_find_in_the_bundles_of_synthea() -> None:
    documents = 0
    for place in sorted(example_data("synthea-r4").glob("*.json")):
        for entry in read_document(place.read_bytes())["entry"]:
            documents += 1
            assert list(disagreements(entry["resource"])) == []
    assert documents > 1_000


ODD = st.recursive(
    st.sampled_from([None, True, False, 0, 10**500, Decimal("1E+999999"), Decimal("-0.0"), "", "\ud800", "x" * 500]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(
        st.sampled_from(["coding", "system", "code", "value", "reference", "identifier", "type", "start", "end", "low",
                         "high", "given", "family", "origin", "data", "factor", "event", "repeat", "boundsPeriod",
                         "resourceType", "id", "tag", "profile", "url", "extension", "currency", "comparator"]),
        inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    st.sampled_from(["Patient", "Observation", "ValueSet", "Group", "RiskAssessment", "Bundle", "Invoice"]), st.data()
)
def test_no_document_however_odd_makes_indexing_fail(kind: str, data: st.DataObject) -> None:
    names = list(registry().types[kind].elements)
    document = data.draw(st.dictionaries(st.sampled_from(names), ODD, max_size=4))
    entries_of({"resourceType": kind, **document})


@pytest.mark.parametrize("document", [{}, {"resourceType": 7}, {"resourceType": "Nothing"}, {"resourceType": []}])
def test_what_is_no_resource_is_found_by_nothing(document: dict[str, Any]) -> None:
    assert entries_of(document) == Entries()


def test_entries_are_the_same_for_the_same_document_read_twice() -> None:
    text = json.dumps(made_up("Observation", 3), default=str)
    assert entries_of(read_document(text)) == entries_of(read_document(text))
