"""$translate over the maps of R4 and over a map that is sent along."""

from __future__ import annotations

from typing import Any

import pytest

from bedside.fhir.faults import DocumentRefused
from bedside.fhir.terminology.faults import TerminologyMissing

from .asked import ask, said

pytestmark = pytest.mark.django_db

USE, V3_USE = "http://hl7.org/fhir/address-use", "http://terminology.hl7.org/CodeSystem/v3-AddressUse"
MAP_101 = "http://hl7.org/fhir/ConceptMap/101"

SENT = {
    "resourceType": "ConceptMap",
    "url": "http://example.org/map",
    "status": "active",
    "group": [
        {
            "source": "http://example.org/a",
            "target": "http://example.org/b",
            "element": [
                {"code": "1", "target": [{"code": "one", "equivalence": "wider"}]},
                {"code": "2", "target": [{"equivalence": "unmatched"}]},
                {
                    "code": "3",
                    "target": [
                        {
                            "code": "wet",
                            "equivalence": "equal",
                            "dependsOn": [{"property": "http://x/w", "value": "rain"}],
                        },
                        {
                            "code": "dry",
                            "equivalence": "equal",
                            "dependsOn": [{"property": "http://x/w", "value": "sun"}],
                        },
                    ],
                },
                {
                    "code": "4",
                    "target": [
                        {"code": "x", "equivalence": "equal", "product": [{"property": "http://x/p", "value": "y"}]}
                    ],
                },
            ],
            "unmapped": {"mode": "fixed", "code": "temp", "display": "Something else"},
        }
    ],
}


def matches(document: dict[str, Any]) -> list[tuple[str, str]]:
    parts = [one["part"] for one in document["parameter"] if one["name"] == "match"]
    return [(part[0]["valueCode"], part[1]["valueCoding"].get("code", "")) for part in parts]


def test_a_code_is_translated_by_the_map_that_is_named() -> None:
    found = ask("ConceptMap", "$translate", url=MAP_101, system=USE, code="home")
    assert said(found)["result"] is True
    assert matches(found) == [("equivalent", "H")]
    assert found["parameter"][1]["part"][1]["valueCoding"] == {"system": V3_USE, "code": "H", "display": "home"}


def test_maps_are_found_by_the_value_sets_they_join() -> None:
    sets = {
        "source": "http://hl7.org/fhir/ValueSet/address-use",
        "target": "http://terminology.hl7.org/ValueSet/v3-AddressUse",
    }
    found = ask("ConceptMap", "$translate", **sets, coding={"system": USE, "code": "work"})
    assert ("equivalent", "WP") in matches(found)


def test_a_map_is_read_backwards() -> None:
    found = ask("ConceptMap", "$translate", url=MAP_101, system=V3_USE, code="H", reverse=True)
    assert matches(found) == [("equivalent", "home")]
    assert matches(ask("ConceptMap", "$translate", conceptMap=SENT, code="one", reverse=True)) == [("narrower", "1")]


@pytest.mark.parametrize(
    ("code", "result", "expected"),
    [
        ("1", True, [("wider", "one")]),
        ("2", False, [("unmatched", "")]),
        ("3", False, []),
        ("9", True, [("relatedto", "temp")]),
    ],
)
def test_a_map_can_be_sent_along(code: str, result: bool, expected: list[tuple[str, str]]) -> None:
    found = ask("ConceptMap", "$translate", conceptMap=SENT, system="http://example.org/a", code=code)
    assert said(found)["result"] is result
    assert matches(found) == expected
    assert ("message" in said(found)) is not result


def test_a_code_of_another_system_has_no_translation() -> None:
    found = ask("ConceptMap", "$translate", conceptMap=SENT, system="http://example.org/z", code="1")
    assert said(found)["result"] is False
    other = ask("ConceptMap", "$translate", conceptMap=SENT, code="1", targetsystem="http://example.org/z")
    assert said(other)["result"] is False


def test_a_target_that_depends_on_something_needs_it() -> None:
    from bedside.fhir.asking import answer
    from bedside.fhir.terminology.operations import operate

    from .asked import NOW, parameters

    given = parameters(conceptMap=SENT, system="http://example.org/a", code="3")
    rain = {"name": "concept", "valueCodeableConcept": {"coding": [{"code": "rain"}]}}
    given["parameter"].append({"name": "dependency", "part": [{"name": "element", "valueUri": "http://x/w"}, rain]})
    assert matches(answer(operate("ConceptMap", "$translate", given, now=NOW))) == [("equal", "wet")]


def test_what_comes_with_a_translation_is_told() -> None:
    found = ask("ConceptMap", "$translate", conceptMap=SENT, system="http://example.org/a", code="4")
    names = [one["name"] for one in found["parameter"][1]["part"]]
    assert names == ["equivalence", "concept", "product", "source"]


def test_a_map_we_do_not_have_is_said_and_no_map_at_all_is_refused() -> None:
    with pytest.raises(TerminologyMissing):
        ask("ConceptMap", "$translate", url="http://example.org/none", code="1")
    with pytest.raises(DocumentRefused):
        ask("ConceptMap", "$translate", code="1")
