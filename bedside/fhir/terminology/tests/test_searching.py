"""What searches ask: the codes behind :in, :not-in, :above and :below."""

from __future__ import annotations

import pytest

from bedside.fhir.asking import answer
from bedside.fhir.faults import DocumentRefused
from bedside.fhir.terminology import searching
from bedside.fhir.terminology.faults import TerminologyMissing
from bedside.fhir.terminology.searching import ancestors, codes_of_value_set, descendants

from .conftest import Load

pytestmark = pytest.mark.django_db

GENDER, SNOMED = "http://hl7.org/fhir/administrative-gender", "http://snomed.info/sct"
ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"


def test_the_codes_of_a_value_set_come_with_their_systems() -> None:
    found = answer(codes_of_value_set("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1"))
    assert found == [(GENDER, "male"), (GENDER, "female"), (GENDER, "other"), (GENDER, "unknown")]


def test_below_is_a_code_and_all_under_it() -> None:
    found = answer(descendants(ROLES, "PRN"))
    assert (ROLES, "PRN") in found
    assert (ROLES, "MTH") in found
    assert (ROLES, "CHILD") not in found
    assert len(found) == len(set(found))


def test_above_is_a_code_and_all_over_it(load: Load) -> None:
    load("snomed")
    assert sorted(answer(ancestors(SNOMED, "1004"))) == [(SNOMED, one) for one in ("1001", "1002", "1003", "1004")]
    assert answer(descendants(SNOMED, "1002")) == [(SNOMED, "1002"), (SNOMED, "1004")]


def test_a_code_nobody_knows_stands_for_itself() -> None:
    assert answer(descendants(ROLES, "nobody")) == [(ROLES, "nobody")]


def test_more_codes_than_a_search_may_stand_for_are_refused(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    load("snomed")
    monkeypatch.setattr(searching, "MOST_CODES", 3)
    with pytest.raises(DocumentRefused):
        answer(descendants(SNOMED, "1001"))
    with pytest.raises(DocumentRefused):
        answer(codes_of_value_set(f"{SNOMED}?fhir_vs"))


def test_what_is_not_here_is_said() -> None:
    with pytest.raises(TerminologyMissing):
        answer(codes_of_value_set("http://example.org/none"))
    with pytest.raises(TerminologyMissing):
        answer(descendants("http://example.org/none", "a"))
