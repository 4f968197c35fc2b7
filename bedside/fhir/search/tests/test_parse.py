"""Parameters are read as R4 says, and what cannot be read is refused by name, with what there is instead."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.fhir.search import SearchRefused, parse
from bedside.fhir.search.escapes import plain, split
from bedside.fhir.search.limits import LINKS_MOST, PAGE, PAGE_MOST
from bedside.fhir.search.query import (
    AllOf,
    Amount,
    AnyOf,
    Chain,
    CodesOf,
    Has,
    IdIs,
    Match,
    OfPatients,
    Ref,
    Span,
    Words,
)


def clause(kind: str, name: str, value: str, **more: Any) -> Any:
    (found,) = parse(kind, [(name, value)], **more).clauses
    return found


def refused(kind: str | None, *pairs: tuple[str, str], **more: Any) -> str:
    with pytest.raises(SearchRefused) as refusal:
        parse(kind, pairs, **more)
    return " ".join(fault.words for fault in refusal.value.faults)


# --- Values ----------------------------------------------------------------------------------------------------
@given(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=4))
def test_what_is_escaped_comes_back_as_it_was(words: list[str]) -> None:
    def escaped(text: str) -> str:
        return "".join(f"\\{letter}" if letter in ",|$\\" else letter for letter in text)

    assert [plain(piece) for piece in split(",".join(map(escaped, words)), ",")] == words


def test_a_comma_is_an_alternative_and_a_repetition_must_hold_as_well() -> None:
    query = parse("Patient", [("gender", "male,female"), ("gender", "other")])
    first, second = query.clauses
    assert isinstance(first, Match)
    assert first.values == (Words("male"), Words("female"))
    assert isinstance(second, Match)


@pytest.mark.parametrize(
    ("value", "from_at", "to_at"),
    [
        ("2026", (2026, 1, 1), (2027, 1, 1)),
        ("2026-12", (2026, 12, 1), (2027, 1, 1)),
        ("2024-02-29", (2024, 2, 29), (2024, 3, 1)),
        ("2026-01-01T10:30", (2026, 1, 1, 10, 30), (2026, 1, 1, 10, 31)),
        ("2026-01-01T10:30:05Z", (2026, 1, 1, 10, 30, 5), (2026, 1, 1, 10, 30, 6)),
        ("2026-01-01T00:30:00+02:00", (2025, 12, 31, 22, 30), (2025, 12, 31, 22, 30, 1)),
        ("2026-01-01T00:30:00 02:00", (2025, 12, 31, 22, 30), (2025, 12, 31, 22, 30, 1)),
        ("2026-01-01T10:30:05.25Z", (2026, 1, 1, 10, 30, 5, 250_000), (2026, 1, 1, 10, 30, 5, 260_000)),
        ("2026-06-30T23:59:60Z", (2026, 7, 1), (2026, 7, 1, 0, 0, 1)),
        ("9999-12-31", (9999, 12, 31), (9999, 12, 31, 23, 59, 59, 999_999)),
    ],
)
def test_a_date_is_the_range_it_can_mean(value: str, from_at: tuple[int, ...], to_at: tuple[int, ...]) -> None:
    (span,) = clause("Observation", "date", value).values
    assert span == Span("eq", datetime(*from_at, tzinfo=UTC), datetime(*to_at, tzinfo=UTC))


@pytest.mark.parametrize("value", ["2026-02-30", "2025-02-29", "26", "gt", "2026-1-1", "2026-01-01T25:00", "xx2026"])
def test_what_is_not_a_date_is_refused(value: str) -> None:
    assert "The parameter “date” cannot be used" in refused("Observation", ("date", value))


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [("100", "99.5", "100.5"), ("100.00", "99.995", "100.005"), ("1e2", "50", "150"), ("-3", "-3.5", "-2.5")],
)
def test_a_number_is_meant_as_exactly_as_its_digits(value: str, low: str, high: str) -> None:
    assert clause("RiskAssessment", "probability", f"lt{value}").values == (
        Amount("lt", Decimal(value), Decimal(low), Decimal(high)),
    )


def test_a_quantity_has_any_unit_or_a_code_or_a_system_and_a_code() -> None:
    def unit(value: str) -> tuple[str | None, str | None]:
        (amount,) = clause("Observation", "value-quantity", value).values
        return amount.system, amount.code

    assert unit("5.4") == (None, None)
    assert unit("5.4||mg") == ("", "mg")
    assert unit("ge5.4|http://unitsofmeasure.org|mg") == ("http://unitsofmeasure.org", "mg")
    assert "needs the code" in refused("Observation", ("value-quantity", "5.4|http://unitsofmeasure.org|"))


def test_a_reference_is_a_type_and_id_an_id_alone_or_a_url() -> None:
    def ref(value: str, name: str = "subject") -> Any:
        return clause("Observation", name, value, base="https://bedside.example/fhir/R4").values

    assert ref("Group/1") == (Ref(("Group",), "1"),)
    assert ref("1") == (Ref(("Device", "Group", "Location", "Patient"), "1"),)
    assert ref("1", "subject:Device") == (Ref(("Device",), "1"),)
    assert ref("https://bedside.example/fhir/R4/Group/1") == (Ref(("Group",), "1"),)
    assert ref("https://other.example/Group/1") == (Ref(url="https://other.example/Group/1"),)
    assert "not to Encounter" in refused("Observation", ("subject", "Encounter/1"))


def test_a_patients_own_parameter_says_whose_chart_it_is_in() -> None:
    for name, value in (("patient", "ada"), ("subject", "Patient/ada"), ("subject:Patient", "ada")):
        found = clause("Observation", name, value)
        assert isinstance(found, AllOf)
        assert found.clauses[0] == OfPatients(("ada",))
    assert isinstance(clause("Observation", "subject", "ada"), Match), "it may be a device"
    assert isinstance(clause("Observation", "focus", "Patient/ada"), Match), "focus is not of the compartment"


# --- Names -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("Observation", "cod", "Did you mean “code”"),
        ("Patient", "gendre", "Did you mean “gender”"),
        ("Observation", "code:exact", "takes :missing, :not, :text, :in, :not-in, :above, :below, :of-type"),
        ("Observation", "date:not", "is a date and takes :missing, not “:not”"),
        ("Observation", "code.name", "not a reference"),
        ("Observation", "subject:Pateint.name", "Did you mean “Patient”"),
        ("Observation", "subject.nme", "has a parameter “nme”"),
        ("Patient", "_has:Observation:patient", "_has:Type:parameter-that-refers-here:parameter=value"),
        ("Patient", "_has:Observation:encounter:code", "never refers to Patient"),
        ("Patient", "_has:Observations:patient:code", "Did you mean “Observation”"),
        ("Patient", "_filter", "not supported"),
        ("Location", "near", "not supported"),
        ("Patient", "_profile:below", "not supported"),
        ("Patient", "", "no search parameter"),
        ("Patient", "_sort:desc", "takes no modifier"),
    ],
)
def test_a_name_that_means_nothing_is_refused_with_what_is_near(kind: str, name: str, words: str) -> None:
    said = refused(kind, (name, "x"))
    assert f"The parameter “{name}” cannot be used" in said
    assert words in said


def test_every_fault_is_named_not_only_the_first() -> None:
    with pytest.raises(SearchRefused) as refusal:
        parse("Patient", [("nome", "x"), ("birthdate", "yesterday"), ("family", "y")])
    assert [fault.path for fault in refusal.value.faults] == ["http.nome", "http.birthdate"]


def test_read_leniently_what_is_unknown_is_left_out_with_a_warning() -> None:
    query = parse("Patient", [("nome", "x"), ("family", "y")], lenient=True)
    assert len(query.clauses) == 1
    assert query.applied == (("family", "y"),)
    assert "“nome”" in query.warnings[0]


def test_a_limit_is_a_limit_however_it_is_read() -> None:
    assert "at most" in refused("Patient", ("_id", ",".join(["a"] * 501)), lenient=True)
    assert "longer than" in refused("Patient", ("family", "a" * 5_000), lenient=True)
    assert "at most 100 parameters" in refused("Patient", *[("family", "a")] * 101, lenient=True)


@pytest.mark.parametrize("value", ["", "a,,b", ",", "a\\", "a\\b", "\x00"])
def test_a_value_that_is_half_there_is_refused(value: str) -> None:
    assert "cannot be used" in refused("Patient", ("family", value))


# --- Links -----------------------------------------------------------------------------------------------------
def test_a_chain_goes_to_every_type_that_understands_it() -> None:
    found = clause("Observation", "subject.name", "peter")
    assert isinstance(found, Chain)
    assert [kind for kind, _ in found.branches] == ["Location", "Patient"]
    assert [kind for kind, _ in clause("Observation", "subject:Patient.name", "peter").branches] == ["Patient"]


def test_chains_and_reverse_chains_go_through_each_other() -> None:
    found = clause("Patient", "_has:Observation:patient:encounter.service-provider.name", "north")
    assert isinstance(found, Has)
    assert isinstance(found.clause, Chain)
    inner = dict(found.clause.branches)["Encounter"]
    assert isinstance(inner, Chain)
    found = clause("Observation", "patient._has:Encounter:patient:status", "finished")
    assert isinstance(found, Chain)
    assert isinstance(found.branches[0][1], Has)


def test_a_chain_has_an_end() -> None:
    name = "partof." * (LINKS_MOST + 1) + "name"
    assert "at most 5 links" in refused("Organization", (name, "x"))
    assert clause("Organization", "partof." * LINKS_MOST + "name", "x")


def test_composites_of_one_place_ask_both_parts_and_others_ask_the_pair() -> None:
    whole = clause("Observation", "code-value-quantity", "8480-6$gt140")
    assert isinstance(whole, AnyOf)
    assert isinstance(whole.clauses[0], AllOf)
    part = clause("Observation", "component-code-value-quantity", "8480-6$gt140")
    assert isinstance(part, Match)
    assert len(part.parts) == 2
    assert "with “$” between them" in refused("Observation", ("code-value-quantity", "8480-6"))


def test_what_joins_two_parameters_asks_either_and_denies_both() -> None:
    assert isinstance(clause("Observation", "combo-code", "8480-6"), AnyOf)
    assert isinstance(clause("Observation", "combo-code:not", "8480-6"), AllOf)
    assert isinstance(clause("Observation", "combo-code:missing", "true"), AllOf)
    assert isinstance(clause("Observation", "combo-code:missing", "false"), AnyOf)


def test_a_value_set_is_looked_up_later() -> None:
    assert clause("Observation", "code:not-in", "http://x/vs") == CodesOf(
        clause("Observation", "code", "x").param, "in", ("http://x/vs",), is_not=True
    )


# --- Controls --------------------------------------------------------------------------------------------------
def test_a_page_has_so_many_and_never_more_than_the_most() -> None:
    assert parse("Patient", []).count == PAGE
    assert parse("Patient", [("_count", "7")]).count == 7
    assert parse("Patient", [("_count", "99999")]).count == PAGE_MOST
    for wrong in ("-1", "x", "1.5", "٣"):
        assert "whole number" in refused("Patient", ("_count", wrong))


def test_sort_keys_are_known_and_fall_with_a_minus() -> None:
    keys = parse("Observation", [("_sort", "status,-date,_id,-_lastUpdated,value-quantity")]).sorts
    assert [(key.code, key.is_descending) for key in keys] == [
        ("status", False), ("date", True), ("_id", False), ("_lastUpdated", True), ("value-quantity", False),
    ]  # fmt: skip
    assert "Did you mean “date”" in refused("Observation", ("_sort", "dat"))
    assert "composite" in refused("Observation", ("_sort", "code-value-quantity"))
    assert "twice" in refused("Observation", ("_sort", "date,-date"))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("_include", "Patient:organization", "no match is of type Patient"),
        ("_include", "Observation:code", "is a token, not a reference"),
        ("_include", "Observation:subjekt", "Did you mean “subject”"),
        ("_include", "Observation:subject:Encounter", "not to Encounter"),
        ("_include", "Observation", "Type:parameter"),
        ("_include:deep", "Observation:subject", "takes :iterate"),
        ("_revinclude", "Provenances:target", "Did you mean “Provenance”"),
        ("_summary", "maybe", "true, text, data, count or false"),
        ("_total", "all", "none, estimate or accurate"),
        ("_elements", "a b", "names elements"),
        ("_contained", "true", "not supported"),
        ("_type", "Patient", "whole system"),
    ],
)
def test_a_control_that_means_nothing_is_refused(name: str, value: str, words: str) -> None:
    assert words in refused("Observation", (name, value))


def test_a_search_of_the_system_takes_what_all_its_types_have() -> None:
    query = parse(None, [("patient", "ada"), ("_type", "Observation,Condition")])
    assert query.kinds == ("Observation", "Condition")
    assert "Patient has no search parameter" in refused(None, ("patient", "ada"), ("_type", "Observation,Patient"))
    assert "has no search parameter" in refused(None, ("code", "x"))
    assert parse(None, [("_id", "a")]).clauses == (IdIs(("a",)),)


def test_the_link_to_a_page_of_another_search_is_refused() -> None:
    for wrong in ("", "x", "bm90IGpzb24", "WzEsW11d" * 3, "W1tdLFtdXQ"):
        assert "next page" in refused("Patient", after=wrong)
    assert "next page" in refused("Patient", ("_sort", "family"), after="WzEsW11d"), "of a search without keys"
    assert parse("Patient", [], after="WzEsW11d").after is not None


def faults_of(kind: str | None, pairs: list[tuple[str, str]], after: str | None = None) -> list[str] | None:
    """Return what is wrong with a search, None where nothing is."""
    try:
        parse(kind, pairs, after=after)
    except SearchRefused as refusal:
        return [fault.words for fault in refusal.faults]
    return None


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["Patient", "Observation", None]))
def test_whatever_is_sent_is_read_or_refused(name: str, value: str, kind: str | None) -> None:
    for pair in ((name, value), ("_sort", value), ("code", value), ("_include", value), (f"subject.{name}", value)):
        assert faults_of(kind, [pair]) != []
    assert faults_of("Patient", [], after=value) != []


@pytest.mark.parametrize("pair", [("_content", "stroke"), ("_text", "stroke"), ("code:text", "stroke")])
def test_what_reads_the_documents_is_asked_only_of_few(pair: tuple[str, str]) -> None:
    assert "together with another parameter" in refused("Condition", pair)
    assert "together with another parameter" in refused("Condition", pair, ("code:not", "x"), lenient=True)
    assert parse("Condition", [pair, ("patient", "ada")])
    assert "cannot be chained" in refused("Condition", (f"encounter:Encounter.diagnosis:Condition.{pair[0]}", pair[1]))
