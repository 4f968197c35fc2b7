"""What a path finds: empty stays empty, unknown is neither true nor false, dates are as precise as they are written.

The expected values are FHIRPath N1's own examples or follow from its text, section by section.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedside.fhir.definitions import registry
from bedside.fhir.documents import read_document
from bedside.fhir.paths import UnsupportedPath, compile_path, values_at

PATIENT = read_document(
    """{"resourceType": "Patient", "id": "ada", "active": true, "birthDate": "1815-12-10", "deceasedBoolean": false,
    "_birthDate": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime",
                                  "valueDateTime": "1815-12-10T05:00:00Z"}]},
    "name": [{"use": "official", "family": "Lovelace", "given": ["Ada", "Augusta"]},
             {"use": "usual", "given": ["Ada"]}],
    "_gender": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                               "valueCode": "unknown"}]},
    "telecom": [{"system": "phone", "value": "1", "rank": 2}, {"system": "email", "value": "a@b.example", "rank": 1}],
    "contained": [{"resourceType": "Practitioner", "id": "p"}],
    "generalPractitioner": [{"reference": "#p"}, {"reference": "Organization/1"}, {"display": "Someone"}]}"""
)
OBSERVATION = read_document(
    """{"resourceType": "Observation", "status": "final", "code": {"text": "x"},
    "valueQuantity": {"value": 1.10, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"},
    "component": [{"code": {"text": "a"}, "valueInteger": 3}, {"code": {"text": "b"}, "valueString": "s"}]}"""
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("Patient.name.given", ["Ada", "Augusta", "Ada"]),
        ("name.given", ["Ada", "Augusta", "Ada"]),
        ("Observation.code", []),
        ("Resource.id", ["ada"]),
        ("name[1].given", ["Ada"]),
        ("name[5]", []),
        ("name.given.distinct()", ["Ada", "Augusta"]),
        ("name.given | name.given", ["Ada", "Augusta"]),
        ("name.where(use = 'usual').given", ["Ada"]),
        ("name.first().given.last()", ["Augusta"]),
        ("name.given.tail()", ["Augusta", "Ada"]),
        ("name.given.skip(2)", ["Ada"]),
        ("name.given.take(1)", ["Ada"]),
        ("name.given.count()", [3]),
        ("name.given.isDistinct()", [False]),
        ("name.select(given.count())", [2, 1]),
        ("name.select($index)", [0, 1]),
        ("telecom.rank.aggregate($this + $total, 0)", [3]),
        ("name.given.single()", []),
        ("name.family.single()", ["Lovelace"]),
        ("name.given.combine(name.given).count()", [6]),
        ("name[0].given.intersect(name[1].given)", ["Ada"]),
        ("name[0].given.exclude(name[1].given)", ["Augusta"]),
        ("name[1].given.subsetOf(name[0].given)", [True]),
        ("name[1].given.supersetOf(name[0].given)", [False]),
        ("name.all(given.exists())", [True]),
        ("name.all(family.exists())", [False]),
        ("name.exists(use = 'usual')", [True]),
        ("maritalStatus.all(text = 'x')", [True]),
        ("iif(active, 'yes', 'no')", ["yes"]),
        ("iif(maritalStatus.exists(), 'yes')", []),
        ("name.family & ' ' & maritalStatus.text", ["Lovelace "]),
        ("name.family + maritalStatus.text", []),
        ("id in ('ada' | 'eve')", [True]),
        ("name.given contains 'Augusta'", [True]),
        ("birthDate.extension.value", ["1815-12-10T05:00:00Z"]),
        ("birthDate.extension('http://hl7.org/fhir/StructureDefinition/patient-birthTime').exists()", [True]),
        ("gender.exists()", [True]),
        ("gender.hasValue()", [False]),
        ("gender", []),
        ("birthDate.hasValue()", [True]),
        ("deceased", [False]),
        ("deceased is boolean", [True]),
        ("deceased is Boolean", [True]),
        ("deceased.ofType(dateTime)", []),
        ("deceased as boolean", [False]),
        ("deceased.exists() and deceased != false", [False]),
        ("generalPractitioner.where(resolve() is Practitioner).reference", ["#p"]),
        ("generalPractitioner.where(resolve() is Organization).reference", ["Organization/1"]),
        ("generalPractitioner.resolve().count()", [2]),
        ("contained.id", ["p"]),
        ("contained[0] is Practitioner", [True]),
        ("descendants().where($this is ContactPoint).count()", [2]),
        ("descendants().ofType(HumanName).use", ["official", "usual"]),
        ("children().ofType(boolean)", [True, False]),
        ("repeat(contained).id", ["p"]),
        ("%resource.id", ["ada"]),
        ("%ucum", ["http://unitsofmeasure.org"]),
        ("%`vs-x`", ["http://hl7.org/fhir/ValueSet/x"]),
        ("trace('who').id", ["ada"]),
        ("text.`div`", []),
        ("'it\\'s \\u0041'", ["it's A"]),
        ("{}", []),
    ],
)
def test_what_is_found_in_a_patient(path: str, found: list[Any]) -> None:
    assert values_at(path, PATIENT) == found


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("1 + 2 * 3", [7]),
        ("(1 + 2) * 3", [9]),
        ("-3 + 1", [-2]),
        ("7 div 2", [3]),
        ("7 mod 2", [1]),
        ("1 / 0", []),
        ("1 / 4", [Decimal("0.25")]),
        ("'a' + 'b'", ["ab"]),
        ("1 = 1.0", [True]),
        ("true = 1", [False]),
        ("'1' = 1", [False]),
        ("1 != 2", [True]),
        ("{} = 1", []),
        ("{} != 1", []),
        ("(1 | 2) = (1 | 2)", [True]),
        ("(1 | 2) = (2 | 1)", [False]),
        ("(1 | 2) ~ (2 | 1)", [True]),
        ("'Ada  B' ~ 'ada b'", [True]),
        ("1.23 ~ 1.2", [True]),
        ("{} ~ {}", [True]),
        ("'a' !~ 'b'", [True]),
        ("2 > 1", [True]),
        ("'b' > 'a'", [True]),
        ("'b' > 1", []),
        ("true and {}", []),
        ("false and {}", [False]),
        ("true or {}", [True]),
        ("false or {}", []),
        ("true xor {}", []),
        ("true xor true", [False]),
        ("false implies {}", [True]),
        ("{} implies true", [True]),
        ("{} implies false", []),
        ("true implies false", [False]),
        ("{}.not()", []),
        ("{}.exists()", [False]),
        ("(1 | 2).not()", []),
        ("1 and true", [True]),
        ("@2020-03 = @2020-03", [True]),
        ("@2020-03 = @2020-03-15", []),
        ("@2020-03 < @2020-04-15", [True]),
        ("@2020-03 > @2020-03-15", []),
        ("@2020 != @2021-03", [True]),
        ("@2020-03-01T10:00:00Z = @2020-03-01T11:00:00+01:00", [True]),
        ("@2020-03-01T10:00:00Z < @2020-03-01T10:00:00.5Z", [True]),
        ("@T10:30 < @T11:00", [True]),
        ("@T10:30 = @T10:30:00", []),
        ("1 'mg' = 1.0 'mg'", [True]),
        ("1 'mg' < 2 'mg'", [True]),
        ("1 'mg' < 2 'kg'", []),
        ("3 days = 3 days", [True]),
        ("'abc'.substring(1)", ["bc"]),
        ("'abc'.substring(1, 1)", ["b"]),
        ("'abc'.substring(7)", []),
        ("'abc'.indexOf('c')", [2]),
        ("'abc'.startsWith('ab')", [True]),
        ("'abc'.endsWith('bc')", [True]),
        ("'abc'.contains('x')", [False]),
        ("'abc'.upper().lower().length()", [3]),
        ("'abc'.replace('b', 'x')", ["axc"]),
        ("'abc'.matches('^a.c$')", [True]),
        ("'abc'.replaceMatches('(b)', '<$1>')", ["a<b>c"]),
        ("'ab'.toChars()", ["a", "b"]),
        ("'12'.toInteger()", [12]),
        ("'x'.toInteger()", []),
        ("'1.50'.toDecimal()", [Decimal("1.50")]),
        ("1.50.toString()", ["1.50"]),
        ("true.toString()", ["true"]),
        ("'no'.toBoolean()", [False]),
        ("'1'.convertsToInteger()", [True]),
        ("'2020-03-01'.toDate() = @2020-03-01", [True]),
        ("(-1.5).abs()", [Decimal("1.5")]),
        ("1.5.ceiling()", [2]),
        ("(-1.5).floor()", [-2]),
        ("(-1.5).truncate()", [-1]),
        ("1.25.round(1)", [Decimal("1.3")]),
        ("(true | false).anyTrue()", [True]),
        ("(true | false).allTrue()", [False]),
        ("{}.allTrue()", [True]),
        ("{}.anyTrue()", [False]),
        ("(1 | 2 | 3).where($this > 1)", [2, 3]),
        ("2 in (1 | 2) and 3 > 2", [True]),
        ("1 is Integer", [True]),
        ("1 is System.String", [False]),
        ("// a remark\n1 /* another */ + 1", [2]),
    ],
)
def test_what_an_expression_is_worth(path: str, found: list[Any]) -> None:
    assert compile_path(path, kind=None)({}) == found


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("Observation.value.value", [Decimal("1.10")]),
        ("(Observation.value as Quantity).unit", ["mg"]),
        ("Observation.value.ofType(Quantity).unit", ["mg"]),
        ("value is Quantity", [True]),
        ("value is SampledData", [False]),
        ("component.value", [3, "s"]),
        ("component.value.ofType(string)", ["s"]),
        ("component.where(value is integer).code.text", ["a"]),
        ("component.valueInteger", [3]),
        ("value > 1 'mg'", [True]),
        ("value.comparable(2 'mg')", [True]),
        ("value = 1.1 'mg'", [True]),
    ],
)
def test_a_choice_of_types(path: str, found: list[Any]) -> None:
    assert values_at(path, OBSERVATION) == found


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("Patient.nothing", "no element “nothing”"),
        ("Patient.name.nothing", "HumanName has no element"),
        ("memberOf('x')", "no function memberOf"),
        ("now()", "no function now"),
        ("name.where()", "number of arguments"),
        ("Nobody.name", "no type Nobody"),
        ("name is Nobody", "no type Nobody"),
        ("%nothing", "no constant"),
        ("$what", "no variable"),
        ("managingOrganization.resolve().name", "cannot be looked into"),
        ("name.given.matches(id)", "written out in quotes"),
        ("name.given.matches('(')", "is no pattern"),
        ("birthDate + 1 year", "dates and quantities"),
        ("name.", "a name should"),
        ("name given", "stands where the end"),
        ("(name", "should"),
        ("'open", "nothing of FHIRPath begins"),
        ("§", "nothing of FHIRPath begins"),
        ("", "should begin"),
        ("(" * 60 + "1" + ")" * 60, "nested"),
        ("id" + " & id" * 3_000, "longer than"),
    ],
)
def test_what_is_not_understood_is_refused_before_it_runs(path: str, said: str) -> None:
    with pytest.raises(UnsupportedPath, match=said):
        compile_path(path, kind="Patient")


def test_an_invariant_can_hold_be_broken_or_be_unknown() -> None:
    rule = compile_path("start.hasValue().not() or end.hasValue().not() or (start <= end)", kind="Period")
    assert rule.holds({"start": "2020-01-01", "end": "2020-01-02"}) is True
    assert rule.holds({"start": "2020-01-03", "end": "2020-01-02"}) is False
    assert rule.holds({"start": "2020-01", "end": "2020-01-02"}) is None


def test_a_path_from_inside_a_document_knows_the_document() -> None:
    rule = compile_path(
        "reference.startsWith('#').not() or reference.substring(1) in %rootResource.contained.id", kind="Reference"
    )
    assert rule.holds({"reference": "#p"}, resource=PATIENT) is True
    assert rule.holds({"reference": "#q"}, resource=PATIENT) is False


def test_a_path_that_would_never_end_ends() -> None:
    assert compile_path("repeat($this & 'a').count() > 0", kind=None)("a") == [True]


DOM_3 = next(rule for rule in registry().types["Patient"].invariants if rule.key == "dom-3").expression


def test_what_is_contained_must_be_referred_to() -> None:
    """Source: FHIR R4 4.0.1, invariant dom-3."""
    rule = compile_path(DOM_3, kind="Patient")
    assert rule.holds(PATIENT) is True
    assert rule.holds({**PATIENT, "generalPractitioner": [{"reference": "#q"}]}) is False
    outward = {"resourceType": "Practitioner", "id": "p", "identifier": [{"assigner": {"reference": "#"}}]}
    assert rule.holds({**PATIENT, "contained": [outward], "generalPractitioner": []}) is True


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "_name", "given", "_birthDate", "birthDate", "extension", "url", "contained",
                         "resourceType", "deceasedBoolean", "deceasedDateTime", "valueString", "reference", "x"]),
        inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
PATHS = [
    "Patient.name.given", "birthDate.extension('u').value", "deceased", "deceased.ofType(dateTime)",
    "contained.descendants()", "descendants().reference", "name.where(use = 'x').family", "birthDate > @2020",
    "name.given & 'x'", "generalPractitioner.where(resolve() is Patient)", "contained.name.children()",
    "(name | contact.name).given.first().upper()", "birthDate = deceased", "name.period.start <= name.period.end",
    "name.given.distinct() ~ name.family", "multipleBirth + 1", "extension.value.toString().length()",
]  # fmt: skip


MEMBERS = ["name", "birthDate", "_birthDate", "contained", "deceasedDateTime", "generalPractitioner", "extension", "id"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(MEMBERS), JSON))
def test_no_document_however_odd_makes_a_compiled_path_fail(members: dict[str, Any]) -> None:
    for path in PATHS:
        compile_path(path, kind="Patient")({"resourceType": "Patient", **members})
