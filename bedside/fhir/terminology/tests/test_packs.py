"""What a loaded code system answers: text, hierarchy, properties, in the tables of PostgreSQL."""

from __future__ import annotations

import pytest

from bedside.fhir.asking import answer
from bedside.fhir.faults import DocumentRefused
from bedside.fhir.terminology.faults import LOINC, SNOMED
from bedside.fhir.terminology.packs import PackSystem, find_pack
from bedside.fhir.terminology.shapes import Filter, Selection

from .conftest import Load


@pytest.fixture
def snomed(load: Load) -> PackSystem:
    load("snomed")
    found = answer(find_pack(SNOMED))
    assert found is not None
    return found


@pytest.fixture
def loinc(load: Load) -> PackSystem:
    load("loinc")
    found = answer(find_pack(LOINC))
    assert found is not None
    return found


def codes(
    system: PackSystem, *filters: Filter, words: tuple[str, ...] = (), only: tuple[str, ...] | None = None
) -> str:
    found = answer(system.select(Selection(codes=only, filters=filters, words=words)))
    assert found.total == len(found.concepts)
    return " ".join(one.code for one in found.concepts)


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        (Filter("concept", "is-a", "1001"), "1001 1002 1003 1004"),
        (Filter("concept", "descendent-of", "1001"), "1002 1003 1004"),
        (Filter("concept", "is-not-a", "1002"), "1001 1003 1005 1006"),
        (Filter("concept", "generalizes", "1004"), "1001 1002 1003 1004"),
        (Filter("concept", "in", "1005, 1001"), "1001 1005"),
        (Filter("concept", "not-in", "1005,1001"), "1002 1003 1004 1006"),
        (Filter("code", "regex", "100[1-3]"), "1001 1002 1003"),
        (Filter("display", "regex", ".*fatigue"), "1003"),
        (Filter("363698007", "=", "1005"), "1003"),
        (Filter("363698007", "exists", "true"), "1003"),
        (Filter("363698007", "exists", "false"), "1001 1002 1004 1005 1006"),
        (Filter("parent", "=", "1001"), "1002 1003"),
        (Filter("child", "=", "1004"), "1002 1003"),
        (Filter("363698007", "in", "1005,1"), "1003"),
    ],
)
def test_a_filter_chooses_the_same_concepts_alone_and_of_a_few(
    snomed: PackSystem, filter: Filter, expected: str
) -> None:
    assert codes(snomed, filter) == expected
    everyone = ("1001", "1002", "1003", "1004", "1005", "1006")
    assert codes(snomed, filter, only=everyone) == expected


def test_several_filters_are_all_met(snomed: PackSystem) -> None:
    assert codes(snomed, Filter("concept", "is-a", "1002"), Filter("concept", "is-a", "1003")) == "1004"


def test_words_are_found_by_their_beginnings_without_accents_in_any_name(snomed: PackSystem) -> None:
    assert codes(snomed, words=("menard",)) == "1003"
    assert codes(snomed, words=("fat", "bo")) == "1004"
    assert codes(snomed, words=("weary",)) == "1002"
    assert codes(snomed, Filter("concept", "is-a", "1001"), words=("play",)) == "1002 1001"
    assert codes(snomed, words=("atigue",)) == ""


def test_a_mark_of_the_query_language_is_only_a_sign(snomed: PackSystem) -> None:
    from bedside.fhir.terminology.words import words_of

    assert codes(snomed, words=words_of("menard's & ! ':* fat\\")) == "1003"


def test_a_page_says_how_many_there_are(snomed: PackSystem) -> None:
    found = answer(snomed.select(Selection(limit=2, offset=1)))
    assert ([one.code for one in found.concepts], found.total) == (["1002", "1003"], 6)
    beyond = answer(snomed.select(Selection(limit=2, offset=50)))
    assert (beyond.concepts, beyond.total) == ([], 6)


def test_only_the_active_ones(snomed: PackSystem) -> None:
    assert answer(snomed.select(Selection(is_active_only=True))).total == 5


def test_the_hierarchy_is_walked_both_ways(snomed: PackSystem) -> None:
    assert answer(snomed.is_under("1004", "1001"))
    assert not answer(snomed.is_under("1001", "1004"))
    assert not answer(snomed.is_under("1001", "1001"))
    assert sorted(answer(snomed.below("1001", limit=10))) == ["1002", "1003", "1004"]
    assert len(answer(snomed.below("1001", limit=2))) == 2
    assert answer(snomed.children("1001")) == ["1002", "1003"]


def test_a_circle_in_the_hierarchy_ends(load: Load) -> None:
    from .made import snomed_files

    name = "sct2_Relationship_Snapshot_INT_20240801.txt"
    (text,) = [text for file, text in snomed_files().items() if file.endswith(name)]
    circle = "9\t20240801\t1\t9\t1001\t1004\t0\t116680003\t900000000000011006\t0\r\n"
    load("snomed", {name: text + circle})
    system = answer(find_pack(SNOMED))
    assert system is not None
    assert answer(system.is_under("1001", "1002"))
    assert sorted(answer(system.below("1001", limit=100))) == ["1001", "1002", "1003", "1004"]


def test_loinc_is_chosen_by_its_axes_and_its_parts(loinc: PackSystem) -> None:
    assert codes(loinc, Filter("SCALE_TYP", "=", "Qn"), Filter("STATUS", "=", "ACTIVE")) == "90001-1 90002-9"
    assert codes(loinc, Filter("ancestor", "=", "LP90000-1")) == "90001-1 90002-9 LP90001-9"
    assert codes(loinc, words=("levulose",)) == "90001-1"
    assert codes(loinc, words=("orina",)) == "90002-9"


@pytest.mark.parametrize("pattern", ["(a+)+", "a.*b.*c.*", "(?=a)", r"(a)\1", "(" * 101, "a**", "[a"])
def test_a_pattern_that_could_take_years_is_refused(snomed: PackSystem, pattern: str) -> None:
    with pytest.raises(DocumentRefused):
        codes(snomed, Filter("code", "regex", pattern))


def test_an_operator_nobody_knows_is_refused(snomed: PackSystem) -> None:
    with pytest.raises(DocumentRefused, match="FHIR"):
        codes(snomed, Filter("code", "near", "1001"))
