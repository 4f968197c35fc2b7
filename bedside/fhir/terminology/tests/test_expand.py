"""$expand: includes, excludes, filters, words, pages, languages, and what is too much to ask."""

from __future__ import annotations

from typing import Any

import pytest

from bedside.fhir.asking import answer
from bedside.fhir.faults import DocumentRefused
from bedside.fhir.terminology import library
from bedside.fhir.terminology.compose import Wanted, members_of
from bedside.fhir.terminology.faults import TerminologyMissing

from .asked import ask, codes, value_set
from .conftest import Load

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

V3 = "http://terminology.hl7.org/CodeSystem/"
GENDER = "http://hl7.org/fhir/administrative-gender"
GENDERS = "http://hl7.org/fhir/ValueSet/administrative-gender"
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"


def expanded(*include: Any, exclude: Any = None, **given: Any) -> list[str]:
    return codes(ask("ValueSet", "$expand", valueSet=value_set(*include, exclude=exclude), **given))


def test_a_value_set_of_r4_is_counted_out_by_its_url() -> None:
    found = ask("ValueSet", "$expand", url=GENDERS)
    assert codes(found) == ["male", "female", "other", "unknown"]
    assert found["url"] == GENDERS
    assert found["expansion"]["total"] == 4
    assert found["expansion"]["timestamp"] == "2026-03-01T12:00:00.000Z"
    assert found["expansion"]["contains"][0] == {"system": GENDER, "code": "male", "display": "Male"}
    assert {"name": "version", "valueUri": f"{GENDER}|4.0.1"} in found["expansion"]["parameter"]
    assert "compose" not in found


def test_nearly_every_value_set_of_r4_can_be_counted_out_without_a_pack() -> None:
    counted = 0
    for url in library.urls("ValueSet"):
        try:
            counted += bool(codes(ask("ValueSet", "$expand", url=url)))
        except (DocumentRefused, TerminologyMissing):
            continue
    assert counted >= 1_215


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([("concept", "is-a", "_ActAccountCode")], 10),
        ([("concept", "descendent-of", "_ActAccountCode")], 9),
        ([("concept", "is-a", "_ActAccountCode"), ("concept", "is-not-a", "ACCTRECEIVABLE")], 9),
        ([("code", "regex", "ACCT[A-Z]*")], 1),
    ],
)
def test_filters_are_all_met(filters: list[tuple[str, str, str]], expected: int) -> None:
    rows = [{"property": name, "op": op, "value": value} for name, op, value in filters]
    assert len(expanded({"system": V3 + "v3-ActCode", "filter": rows})) == expected


def test_what_is_excluded_is_left_out() -> None:
    left = expanded({"system": GENDER}, exclude=[{"system": GENDER, "concept": [{"code": "other"}]}])
    assert left == ["male", "female", "unknown"]


def test_value_sets_within_are_taken_in_and_met() -> None:
    assert expanded({"valueSet": [GENDERS]}) == ["male", "female", "other", "unknown"]
    met = {"system": GENDER, "concept": [{"code": "other"}, {"code": "nonsense"}], "valueSet": [GENDERS]}
    assert expanded(met) == ["other"]
    assert expanded({"valueSet": [GENDERS, "http://hl7.org/fhir/ValueSet/address-use"]}) == []


def test_a_code_named_twice_comes_once() -> None:
    assert expanded({"system": GENDER}, {"system": GENDER, "concept": [{"code": "male"}]})[:1] == ["male"]
    assert len(expanded({"system": GENDER}, {"system": GENDER})) == 4


def test_words_are_those_of_the_value_set_where_it_has_its_own() -> None:
    part = {"system": GENDER, "concept": [{"code": "female", "display": "Woman"}, {"code": "male"}]}
    found = ask("ValueSet", "$expand", valueSet=value_set(part))
    assert [one["display"] for one in found["expansion"]["contains"]] == ["Woman", "Male"]


def test_codes_of_a_system_that_is_not_here_stand_as_they_are_listed() -> None:
    part = {"system": "http://example.org/away", "concept": [{"code": "a", "display": "Apple"}, {"code": "b"}]}
    found = ask("ValueSet", "$expand", valueSet=value_set(part))
    assert [one["display"] for one in found["expansion"]["contains"]] == ["Apple", "b"]


def test_words_narrow_it_and_count_and_offset_page_it() -> None:
    whole = ask("ValueSet", "$expand", url="http://hl7.org/fhir/ValueSet/ucum-common")
    first = ask("ValueSet", "$expand", url="http://hl7.org/fhir/ValueSet/ucum-common", count=10)
    next_ = ask("ValueSet", "$expand", url="http://hl7.org/fhir/ValueSet/ucum-common", count=10, offset=10)
    assert codes(first) + codes(next_) == codes(whole)[:20]
    assert first["expansion"]["total"] == next_["expansion"]["total"] == len(codes(whole)) > 1_000
    assert (first["expansion"]["offset"], next_["expansion"]["offset"]) == (0, 10)
    some = ask(
        "ValueSet", "$expand", url="http://hl7.org/fhir/ValueSet/ucum-common", filter="MILLIGRAM per decil", count=5
    )
    assert "mg/dL" in codes(some)
    assert 0 < some["expansion"]["total"] < 30
    none = ask("ValueSet", "$expand", url=GENDERS, count=0)
    assert (codes(none), none["expansion"]["total"]) == ([], 4)


def test_a_filter_that_nobody_types_is_refused() -> None:
    with pytest.raises(DocumentRefused) as caught:
        ask("ValueSet", "$expand", url=GENDERS, filter="m" * 201)
    assert caught.value.faults[0].code == "too-long"


def test_another_language_is_spoken_where_there_is_one() -> None:
    part = {"system": "urn:iso:std:iso:4217", "concept": [{"code": "USD"}, {"code": "MXN"}]}
    found = ask("ValueSet", "$expand", valueSet=value_set(part), displayLanguage="es-MX", includeDesignations=True)
    dollar = found["expansion"]["contains"][0]
    assert dollar["display"] == "dólar estadounidense"
    assert dollar["designation"] == [{"language": "es", "value": "dólar estadounidense"}]


def test_abstract_and_inactive_concepts_are_marked_and_can_be_left_out() -> None:
    part = {"system": V3 + "v3-ActCode", "filter": [{"property": "concept", "op": "is-a", "value": "_ActAccountCode"}]}
    found = ask("ValueSet", "$expand", valueSet=value_set(part))["expansion"]["contains"]
    assert [one["code"] for one in found if one.get("abstract")] == ["_ActAccountCode"]
    classes = {"system": V3 + "v3-ActClass"}
    every = ask("ValueSet", "$expand", valueSet=value_set(classes))["expansion"]["contains"]
    retired = {one["code"] for one in every if one.get("inactive")}
    assert retired
    assert set(expanded(classes, activeOnly=True)) == {one["code"] for one in every} - retired


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"system": "http://unitsofmeasure.org"}, "no end of codes"),
        ({"valueSet": ["http://example.org/vs"]}, "value set http://example.org/vs"),
        ({}, "names a system or a value set"),
        ({"system": GENDER, "filter": [{"property": "code", "op": "regex", "value": "(a+)+"}]}, "more than Bedside"),
        ({"system": GENDER, "filter": [{"property": "code", "op": "close-to", "value": "a"}]}, "not an operator"),
        ({"system": GENDER, "filter": [{"property": "code", "op": "="}]}, "filter[0].value is a text"),
        ({"system": 5}, "include[0].system is a text"),
        ({"system": GENDER, "concept": {}}, "include[0].concept is a list"),
        ({"system": SNOMED}, "does not hold the code system http://snomed.info/sct. Its content belongs"),
        ({"system": GENDER, "version": "9"}, "version 9 of the code system"),
    ],
)
def test_what_cannot_be_counted_out_is_refused_in_words(part: Any, said: str) -> None:
    with pytest.raises((DocumentRefused, TerminologyMissing)) as caught:
        expanded(part)
    assert said in caught.value.faults[0].words


def test_too_many_codes_are_refused(load: Load) -> None:
    load("snomed")
    for parts in ([{"system": SNOMED}], [{"system": GENDER}, {"system": SNOMED}], [{"system": GENDER}] * 2):
        assert len(answer(members_of(value_set(*parts), Wanted(most=10)))) in (4, 6, 10)
    for parts in ([{"system": SNOMED}], [{"system": GENDER}, {"system": "urn:iso:std:iso:4217"}]):
        with pytest.raises(DocumentRefused) as caught:
            answer(members_of(value_set(*parts), Wanted(most=5)))
        assert caught.value.faults[0].code == "too-costly"


def test_value_sets_that_take_each_other_in_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = "http://example.org/one", "http://example.org/two"
    rings = {
        one: value_set({"valueSet": [two]}, {"system": GENDER}),
        two: value_set({"valueSet": [one]}, {"system": GENDER}),
    }
    real = library.find_document

    def find(kind: str, url: str, version: str = "") -> Any:
        return rings.get(url) or real(kind, url, version)

    monkeypatch.setattr(library, "find_document", find)
    with pytest.raises(DocumentRefused, match="FHIR") as caught:
        ask("ValueSet", "$expand", url=one)
    assert "includes itself" in caught.value.faults[0].words
    with pytest.raises(DocumentRefused):
        ask("ValueSet", "$validate-code", url=one, code="zebra", system="http://example.org/none")


def test_a_pack_is_paged_where_it_is_and_searched_by_words(load: Load) -> None:
    load("snomed")
    page = ask("ValueSet", "$expand", url=f"{SNOMED}?fhir_vs", count=2, offset=1)
    assert (codes(page), page["expansion"]["total"]) == (["1002", "1003"], 6)
    assert codes(ask("ValueSet", "$expand", url=f"{SNOMED}?fhir_vs=isa/1002")) == ["1002", "1004"]
    assert codes(ask("ValueSet", "$expand", url=f"{SNOMED}?fhir_vs", filter="menards fat")) == []
    assert codes(ask("ValueSet", "$expand", url=f"{SNOMED}?fhir_vs", filter="ménard fat", count=10)) == ["1003"]
    with pytest.raises(DocumentRefused):
        ask("ValueSet", "$expand", url=f"{SNOMED}?fhir_vs=ecl/<1001")


def test_a_pack_speaks_spanish_where_it_was_given_spanish(load: Load) -> None:
    load("loinc")
    found = ask("ValueSet", "$expand", url=f"{LOINC}/vs", displayLanguage="es", filter="zuckerine", count=5)
    shown = {one["code"]: one["display"] for one in found["expansion"]["contains"]}
    assert shown["90001-1"] == "Zuckerina en suero"
    assert "inactive" in next(one for one in found["expansion"]["contains"] if one["code"] == "90004-5")
