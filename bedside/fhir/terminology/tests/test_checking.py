"""$validate-code, $lookup and $subsumes."""

from __future__ import annotations

from typing import Any

import pytest

from bedside.fhir.faults import DocumentRefused
from bedside.fhir.terminology.faults import TerminologyMissing

from .asked import ANIMALS, ask, said, value_set
from .conftest import Load

pytestmark = pytest.mark.django_db

GENDER = "http://hl7.org/fhir/administrative-gender"
GENDERS = "http://hl7.org/fhir/ValueSet/administrative-gender"
ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
UCUM, SNOMED, LOINC = "http://unitsofmeasure.org", "http://snomed.info/sct", "http://loinc.org"


def check(kind: str, **given: Any) -> tuple[bool, str]:
    found = said(ask(kind, "$validate-code", **given))
    return found["result"], found.get("message", "")


@pytest.mark.parametrize(
    ("given", "valid", "words"),
    [
        ({"code": "male", "system": GENDER}, True, ""),
        ({"code": "male"}, True, ""),
        ({"code": "Male", "system": GENDER}, False, "is not in"),
        ({"code": "male", "system": "http://example.org/other"}, False, "is not in"),
        ({"code": "male", "system": GENDER, "display": " MALE "}, True, ""),
        ({"code": "male", "system": GENDER, "display": "Man"}, False, "it is called “Male”"),
        ({"coding": {"system": GENDER, "code": "female"}}, True, ""),
        (
            {"codeableConcept": {"coding": [{"system": "x", "code": "y"}, {"system": GENDER, "code": "other"}]}},
            True,
            "",
        ),
        ({"codeableConcept": {"coding": [{"system": "x", "code": "y"}]}}, False, "The code y of x is not in"),
    ],
)
def test_a_code_is_checked_against_a_value_set(given: dict[str, Any], valid: bool, words: str) -> None:
    result, message = check("ValueSet", url=GENDERS, **given)
    assert result is valid
    assert words in message


def test_a_value_set_of_several_systems_needs_to_be_told_which() -> None:
    both = value_set({"system": GENDER}, {"system": ROLES})
    assert check("ValueSet", valueSet=both, code="male") == (
        False,
        "http://example.org/vs draws on 2 code systems: say the system of male.",
    )


def test_what_a_value_set_leaves_out_is_not_in_it() -> None:
    some = value_set({"system": GENDER}, exclude=[{"system": GENDER, "concept": [{"code": "other"}]}])
    assert check("ValueSet", valueSet=some, code="male")[0]
    assert not check("ValueSet", valueSet=some, code="other")[0]


def test_a_concept_that_only_groups_is_chosen_only_where_that_is_said() -> None:
    roles = value_set(
        {
            "system": ROLES,
            "filter": [{"property": "concept", "op": "is-a", "value": "_ServiceDeliveryLocationRoleType"}],
        }
    )
    told = {"valueSet": roles, "system": ROLES, "code": "_DedicatedServiceDeliveryLocationRoleType"}
    assert "only groups" in check("ValueSet", **told)[1]
    assert check("ValueSet", **told, abstract=True)[0]
    assert check("ValueSet", valueSet=roles, system=ROLES, code="HOSP")[0]


def test_units_are_checked_by_their_grammar() -> None:
    assert check("CodeSystem", url=UCUM, code="mg/dL")[0]
    assert check("CodeSystem", url=UCUM, code="mmHg") == (False, f"mmHg is not a code of {UCUM}.")
    assert check("ValueSet", url="http://hl7.org/fhir/ValueSet/ucum-units", code="mm[Hg]", system=UCUM)[0]
    canonical = {"property": "canonical", "op": "=", "value": "s"}
    times = value_set({"system": UCUM, "filter": [canonical]})
    assert check("ValueSet", valueSet=times, code="min")[0]
    assert not check("ValueSet", valueSet=times, code="kg")[0]


@pytest.mark.parametrize(
    ("system", "code", "valid"),
    [
        ("urn:ietf:bcp:47", "es-MX", True),
        ("urn:ietf:bcp:47", "not a language", False),
        ("urn:ietf:bcp:13", "application/fhir+json; charset=utf-8", True),
        ("urn:ietf:bcp:13", "application", False),
        ("urn:iso:std:iso:4217", "USD", True),
        ("urn:iso:std:iso:4217", "DEM", False),
        ("urn:iso:std:iso:3166", "MX", True),
        ("urn:iso:std:iso:3166", "MEX", True),
        ("urn:iso:std:iso:3166", "484", True),
        ("urn:iso:std:iso:3166", "DDR", False),
        ("https://www.iana.org/time-zones", "America/Mexico_City", True),
        ("http://example.org/none", "a", False),
    ],
)
def test_codes_of_common_systems_are_checked(system: str, code: str, valid: bool) -> None:
    assert check("CodeSystem", url=system, code=code)[0] is valid


def test_a_code_system_can_be_sent_along() -> None:
    assert check("CodeSystem", codeSystem=ANIMALS, code="cat", display="Gato")[0]
    assert check("CodeSystem", codeSystem=ANIMALS, code="dodo") == (True, "The code dodo is not in use any more.")
    assert not check("CodeSystem", codeSystem=ANIMALS, code="unicorn")[0]
    coding = {"system": "http://example.org/other", "code": "cat"}
    assert not check("CodeSystem", codeSystem=ANIMALS, coding=coding)[0]


def test_a_pack_says_what_is_in_a_value_set(load: Load) -> None:
    load("snomed")
    play = value_set({"system": SNOMED, "filter": [{"property": "concept", "op": "is-a", "value": "1001"}]})
    assert check("ValueSet", valueSet=play, code="1004", display="Fatigue of both (disorder)")[0]
    assert not check("ValueSet", valueSet=play, code="1005")[0]
    assert check("ValueSet", valueSet=value_set({"system": SNOMED}), code="1006") == (
        True,
        "The code 1006 is not in use any more.",
    )


def test_a_value_set_that_needs_a_pack_we_do_not_have_says_so() -> None:
    with pytest.raises(TerminologyMissing) as caught:
        check("ValueSet", url=f"{LOINC}/vs", system=LOINC, code="90001-1")
    assert "can be loaded" in caught.value.words


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("ValueSet", {"code": "male"}, "needs “url”"),
        ("ValueSet", {"url": GENDERS}, "one of code, coding"),
        ("ValueSet", {"url": GENDERS, "code": "male", "coding": {"code": "male"}}, "one of code, coding"),
        ("ValueSet", {"url": [GENDERS, GENDERS], "code": "male"}, "given once"),
        ("ValueSet", {"url": GENDERS, "coding": {"display": "x"}}, "a Coding with a code"),
        ("ValueSet", {"url": GENDERS, "code": 5}, "“code” of"),
        ("ValueSet", {"url": GENDERS, "code": "male", "abstract": "perhaps"}, "true or false"),
        ("ValueSet", {"url": GENDERS, "code": "male", "colour": "blue"}, "takes no “colour”"),
        ("ValueSet", {"valueSet": ANIMALS, "code": "male"}, "A ValueSet is asked for here, not a CodeSystem"),
        ("CodeSystem", {"code": "male"}, "needs “url”"),
    ],
)
def test_what_was_asked_badly_is_refused_in_words(kind: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises(DocumentRefused) as caught:
        check(kind, **given)
    assert words in caught.value.faults[0].words


def test_a_code_is_looked_up_with_all_that_is_said_of_it() -> None:
    found = ask("CodeSystem", "$lookup", system=ROLES, code="HOSP")
    parts = said(found)
    assert (parts["name"], parts["display"]) == ("v3 Code System RoleCode", "Hospital")
    assert "acute care" in parts["definition"]
    properties = [one["part"] for one in found["parameter"] if one["name"] == "property"]
    told = {(one[0]["valueCode"], next(iter(one[1].items() - {("name", "value")}))[1]) for one in properties}
    assert ("parent", "_DedicatedClinicalLocationRoleType") in told
    assert ("child", "PSYCHF") in told
    assert ("inactive", False) in told


def test_only_the_properties_asked_for_are_told() -> None:
    found = ask("CodeSystem", "$lookup", system=ROLES, code="HOSP", property=["child"])
    names = {one["part"][0]["valueCode"] for one in found["parameter"] if one["name"] == "property"}
    assert names == {"child"}


def test_a_code_of_a_pack_is_looked_up_in_a_language(load: Load) -> None:
    load("loinc")
    found = said(ask("CodeSystem", "$lookup", system=LOINC, code="90001-1", displayLanguage="es"))
    assert found["display"] == "Zuckerina en suero"
    assert found["version"] == "2.78"
    with pytest.raises(TerminologyMissing):
        ask("CodeSystem", "$lookup", system=LOINC, code="no such")


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ("HOSP", "HOSP", "equivalent"),
        ("HOSP", "PSYCHF", "subsumes"),
        ("PSYCHF", "HOSP", "subsumed-by"),
        ("_ServiceDeliveryLocationRoleType", "PSYCHF", "subsumes"),
        ("HOSP", "MTH", "not-subsumed"),
    ],
)
def test_two_codes_stand_to_each_other(first: str, second: str, outcome: str) -> None:
    assert said(ask("CodeSystem", "$subsumes", system=ROLES, codeA=first, codeB=second)) == {"outcome": outcome}


def test_two_codes_of_a_pack_stand_to_each_other(load: Load) -> None:
    load("snomed")
    first, second = {"system": SNOMED, "code": "1001"}, {"system": SNOMED, "code": "1004"}
    assert said(ask("CodeSystem", "$subsumes", codingA=first, codingB=second)) == {"outcome": "subsumes"}
    with pytest.raises(TerminologyMissing):
        ask("CodeSystem", "$subsumes", system=SNOMED, codeA="1001", codeB="9")
    with pytest.raises(DocumentRefused):
        ask("CodeSystem", "$subsumes", codingA=first, codingB={"system": ROLES, "code": "HOSP"})
