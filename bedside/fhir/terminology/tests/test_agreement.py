"""Checking a code and counting the codes out are two ways through the code, and always say the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedside.fhir.asking import answer
from bedside.fhir.terminology.compose import Wanted, member, members_of, page_of
from bedside.fhir.terminology.packs import find_pack

from .asked import value_set
from .conftest import Load

pytestmark = pytest.mark.slow

GENDER, USE = "http://hl7.org/fhir/administrative-gender", "http://hl7.org/fhir/address-use"
SNOMED = "http://snomed.info/sct"
GENDERS = "http://hl7.org/fhir/ValueSet/administrative-gender"
CODES = {
    GENDER: ["male", "female", "other", "unknown", "no such"],
    USE: ["home", "work", "temp", "old", "billing"],
    SNOMED: ["1001", "1002", "1003", "1004", "1005", "1006", "9"],
}


@st.composite
def _includes(draw: st.DrawFn) -> dict[str, Any]:
    system = draw(st.sampled_from(sorted(CODES)))
    part: dict[str, Any] = {"system": system}
    code = st.sampled_from(CODES[system])
    how = draw(st.sampled_from(["all", "listed", "filtered", "twice", "met"]))
    if how == "listed":
        part["concept"] = [{"code": one} for one in draw(st.lists(code, min_size=1, max_size=4))]
    if how in ("filtered", "twice"):
        ops = st.sampled_from(["is-a", "descendent-of", "is-not-a", "generalizes", "=", "in", "not-in"])
        part["filter"] = [
            {"property": "concept", "op": draw(ops), "value": draw(code)} for _ in range(1 if how == "filtered" else 2)
        ]
    if how == "met":
        part["valueSet"] = [GENDERS]
    return part


@pytest.mark.django_db
@given(include=st.lists(_includes(), min_size=1, max_size=3), exclude=st.lists(_includes(), max_size=2))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_code_is_in_a_value_set_when_it_is_counted_out(
    load: Load, include: list[dict[str, Any]], exclude: list[dict[str, Any]]
) -> None:
    if answer(find_pack(SNOMED)) is None:
        load("snomed")
    document = value_set(*include, exclude=exclude)
    listed = [(one.system, one.concept.code) for one in answer(members_of(document, Wanted()))]
    assert len(listed) == len(set(listed))
    for system, codes in CODES.items():
        for code in codes:
            assert (answer(member(document, system, code)) is not None) == ((system, code) in listed), code
    paged = [answer(page_of(document, Wanted(), limit=2, offset=at)).members for at in range(0, len(listed) + 2, 2)]
    assert sorted((one.system, one.concept.code) for page in paged for one in page) == sorted(listed)
