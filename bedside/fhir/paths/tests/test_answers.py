"""Every search parameter and every invariant of R4 finds what fhirpathpy finds, on made-up documents of every type."""

from __future__ import annotations

import json
from functools import cache

import pytest

from bedside.fhir.paths import UnsupportedPath, compile_path

from .oracle import ANSWERS, Documents, documents, invariant_answers, invariants, search_answers, searches

pytestmark = pytest.mark.slow

#: Invariants of R4's own types that cannot be compiled, each with its reason. This list may only become shorter.
NOT_COMPILED = {
    ("ChargeItemDefinition", "cid-0"): "a mistake of R4: the type has no element “name”; a warning only",
    ("Resource", "dom-r4b"): "of R4B, which names types that R4 has not; a warning only",
}

#: Invariants of which we say something else than fhirpathpy, with the reason why we do.
KNOWN_DIFFERENCES = {
    "cid-0": "not compiled, see above",
    "rng-2": "two quantities of different units: an error in fhirpathpy, unknown here",
}


@cache
def made() -> Documents:
    return documents()


@cache
def theirs() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(ANSWERS.read_text())
    return found


def test_every_search_parameter_of_r4_and_us_core_finds_what_another_implementation_finds() -> None:
    mine = search_answers(lambda path, kind, item, document: compile_path(path, kind=kind)(item), made())
    assert len(mine) > 2_500
    assert {key for key in mine if mine[key] != theirs()["searches"].get(key)} == set()
    assert mine.keys() == theirs()["searches"].keys()


def test_nearly_every_search_parameter_finds_something_in_the_made_up_documents() -> None:
    empty = [
        f"{kind}?{code}"
        for kind, code, path in searches()
        if not any(compile_path(path, kind=kind)(document) for document in made()[kind])
    ]
    assert len(empty) <= 20, empty


def _ask(path: str, kind: str, item: object, document: dict[str, object]) -> list[object]:
    try:
        return compile_path(path, kind=kind)(item, resource=document)
    except UnsupportedPath:
        return ["not compiled"]


def test_every_invariant_says_what_another_implementation_says() -> None:
    mine = invariant_answers(_ask, made())
    differing = {key for key in mine if mine[key] != theirs()["invariants"].get(key)}
    keys = {key.partition("#")[2].partition("=")[0] for key in differing}
    assert keys == KNOWN_DIFFERENCES.keys()
    assert mine.keys() == theirs()["invariants"].keys()


def test_no_invariant_of_error_level_is_left_out() -> None:
    left_out = set()
    for kind, key, severity, expression in invariants():
        try:
            compile_path(expression, kind=kind)
        except UnsupportedPath:
            left_out.add((kind, key))
            assert severity == "warning"
    assert left_out == NOT_COMPILED.keys()
    assert len({(key, expression) for _, key, severity, expression in invariants() if severity == "error"}) >= 202


def test_the_invariants_are_both_true_and_false_somewhere() -> None:
    """A comparison of two implementations that always say yes would prove nothing."""
    letters = [set(answer) for answer in theirs()["invariants"].values()]
    assert sum("t" in found for found in letters) > 150
    assert sum("f" in found for found in letters) > 75
