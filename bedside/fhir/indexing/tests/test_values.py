"""What is indexed and what is asked for pass through one form."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.fhir.definitions import registry
from bedside.fhir.indexing.keys import patient_uuid
from bedside.fhir.indexing.terms import PRINCIPAL_DATE
from bedside.fhir.indexing.values import UCUM, canonical_quantity, norm
from bedside.fhir.indexing.words import UNIONS, token_words


@pytest.mark.parametrize(
    ("text", "form"),
    [("  José   MÜLLER ", "jose muller"), ("Straße", "strasse"), ("ﬁn", "fin"), ("한국", "한국"), ("İ", "i"), ("", "")],
)
def test_letters_lose_case_accents_and_double_spaces(text: str, form: str) -> None:
    assert norm(text) == form


@given(st.text())
def test_a_form_is_its_own_form(text: str) -> None:
    assert norm(norm(text)) == norm(text)


def test_a_quantity_is_brought_to_base_units_where_they_are_known() -> None:
    assert canonical_quantity(Decimal("5.4"), UCUM, "mg") == (Decimal("0.0054"), "g")
    assert canonical_quantity(Decimal("5.4"), "http://example.org/units", "mg") == (Decimal("5.4"), "mg")
    assert canonical_quantity(Decimal("3"), UCUM, "no such unit") == (Decimal("3"), "no such unit")


def test_a_patient_keeps_their_key_where_the_id_is_one() -> None:
    own = "0197c0de-0000-7000-8000-000000000001"
    assert patient_uuid(own) == UUID(own)
    assert patient_uuid("ada") == patient_uuid("ada") != patient_uuid("ADA")
    assert patient_uuid(own.upper()) != UUID(own), "ids are told apart by case"


def test_every_chief_date_is_a_date_that_can_be_searched_for() -> None:
    search = registry().search
    assert [kind for kind, code in PRINCIPAL_DATE.items() if search[kind][code].kind != "date"] == []


def test_what_joins_two_parameters_joins_two_of_its_own_sort() -> None:
    for kind, unions in UNIONS.items():
        params = registry().search[kind]
        for code, parts in unions.items():
            assert {params[part].kind for part in parts} == {params[code].kind}, code


def test_a_coding_is_found_with_its_system_without_it_and_by_its_system_alone() -> None:
    assert token_words("http://loinc.org", "8480-6") == ["http://loinc.org|8480-6", "8480-6", "http://loinc.org|"]
    assert token_words(None, "male") == ["male", "|male"]
    assert token_words("urn:x", None) == ["urn:x|"]
    assert token_words("", "") == []
