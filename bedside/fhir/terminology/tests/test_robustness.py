"""Whatever is sent to an operation is answered or refused, and never breaks it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedside.fhir.asking import answer
from bedside.fhir.faults import DocumentRefused
from bedside.fhir.terminology.faults import TerminologyMissing
from bedside.fhir.terminology.operations import OPERATIONS, operate

from .asked import NOW

pytestmark = pytest.mark.django_db

_WORDS = st.sampled_from(
    ["", "a", "male", "is-a", "regex", "=", "in", "code", "concept", "http://hl7.org/fhir/administrative-gender", "[a",
     "\x00", "\ud800", "http://snomed.info/sct?fhir_vs=isa/1", "http://hl7.org/fhir/ValueSet/administrative-gender",
     "http://snomed.info/sct", "true", "-1", "ü' | & !"]
)  # fmt: skip
_NAMES = st.sampled_from(
    ["system", "version", "concept", "filter", "valueSet", "code", "display", "property", "op", "value", "designation",
     "language", "use", "include", "exclude", "compose", "resourceType", "group", "element", "target", "coding",
     "content", "dependsOn", "product", "unmapped", "mode", "url", "equivalence", "source",
     "hierarchyMeaning", "caseSensitive"]
)  # fmt: skip
_LEAVES = st.one_of(_WORDS, st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=3))
_JSON = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5), max_leaves=25
)
_PART = {"system": _WORDS, "concept": st.lists(st.fixed_dictionaries({"code": _WORDS}), max_size=2)}
_FILTER = st.fixed_dictionaries({"property": _WORDS, "op": _WORDS, "value": _WORDS})
_INCLUDE = st.fixed_dictionaries(
    {}, optional=_PART | {"filter": st.lists(_FILTER), "valueSet": st.lists(_WORDS, max_size=2)}
)
_SENT = st.one_of(
    st.builds(lambda inner: {"resourceType": "ValueSet", "compose": inner}, _JSON),
    st.builds(
        lambda parts: {"resourceType": "ValueSet", "compose": {"include": parts}}, st.lists(_INCLUDE, max_size=3)
    ),
    st.builds(lambda inner: {"resourceType": "CodeSystem", "url": "a", "concept": inner}, _JSON),
    st.builds(lambda inner: {"resourceType": "ConceptMap", "group": inner}, _JSON),
    _JSON,
)


@st.composite
def _calls(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    kind, name = draw(st.sampled_from(sorted(OPERATIONS)))
    known = sorted(OPERATIONS[(kind, name)][1])
    parts = [
        {
            "name": draw(st.sampled_from(known)),
            draw(st.sampled_from(["valueString", "resource", "valueCoding", "part"])): value,
        }
        for value in draw(st.lists(st.one_of(_WORDS, _SENT), max_size=5))
    ]
    return kind, name, {"parameter": parts}


@given(_calls())
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_no_call_breaks_an_operation(call: tuple[str, str, dict[str, Any]]) -> None:
    kind, name, parameters = call
    try:
        found = answer(operate(kind, name, parameters, now=NOW))
    except (DocumentRefused, TerminologyMissing) as refusal:
        found = {"resourceType": "Parameters" if refusal.faults[0].words else ""}
    assert found["resourceType"] in ("Parameters", "ValueSet")
