"""What holds of every type and every document, however odd."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.fhir.definitions import registry
from bedside.fhir.faults import Fault
from bedside.fhir.validation import validate

from .documents import bundle, containing, observation, patient
from .smallest import smallest

pytestmark = pytest.mark.slow

TYPES = registry().resource_types
NUMBERS = st.integers() | st.decimals() | st.floats()
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(alphabet=st.characters(exclude_categories=())) | st.just("")
NAMES = st.sampled_from(
    ["id", "extension", "url", "reference", "coding", "value", "_value", "div", "contained", "meta", "resourceType",
     "entry", "resource", "type", "system", "code", "period", "start", "end", "valueString", "item", "text", "given",
     "_given", "name", "status", "request", "security", "low", "high"]
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=5),
    max_leaves=25,
)


def objects_of(value: Any, path: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield every object of a document with its place as in JSON."""
    if isinstance(value, dict):
        yield value, path
        for name, item in value.items():
            yield from objects_of(item, f"{path}.{name}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from objects_of(item, f"{path}[{at}]")


def places(faults: list[Fault]) -> list[str]:
    """Return where faults are, as in JSON, from the beginning of their words."""
    return [fault.words.split(":")[0].split(" ")[0] for fault in faults]


@pytest.mark.parametrize("kind", TYPES)
def test_the_smallest_document_of_a_type_has_the_right_shape(kind):
    """What else must hold of one (an organization has a name) may be missing from the smallest."""
    assert [fault for fault in validate(smallest(kind)) if fault.code != "invariant"] == []


@pytest.mark.parametrize("kind", TYPES)
def test_a_required_element_taken_away_is_missed(kind):
    elements = registry().types[kind].elements.values()
    for element in elements:
        document = smallest(kind)
        if element.min and document.pop(element.name, None) is not None:
            place = f"{kind}.{element.choice or element.name}"
            assert (place, "required") in [(fault.path, fault.code) for fault in validate(document)]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_an_unknown_element_anywhere_is_found_there(data):
    document = smallest(data.draw(st.sampled_from(TYPES)))
    found, path = data.draw(st.sampled_from(list(objects_of(document, document["resourceType"]))))
    found["unheardOf"] = data.draw(JSON)
    assert f"{path}.unheardOf" in places(validate(document))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_nothing_raises_whatever_the_elements_hold(data):
    kind = data.draw(st.sampled_from(TYPES))
    names = st.sampled_from([*registry().types[kind].elements, "_status", "_id", "contained"])
    document = {"resourceType": kind} | data.draw(st.dictionaries(names, JSON, max_size=6))
    assert all(isinstance(fault, Fault) for fault in validate(document))


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_nothing_raises_whatever_the_document_is(document):
    assert validate(document)


WHOLE = [
    patient(), observation(), containing({"resourceType": "Organization", "id": "o", "name": "x"}),
    bundle("transaction", {"resource": patient(), "request": {"method": "POST", "url": "Patient"}}),
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_nothing_raises_when_one_value_of_a_right_document_is_replaced(data):
    document = copy.deepcopy(data.draw(st.sampled_from([*WHOLE, smallest(data.draw(st.sampled_from(TYPES)))])))
    found, _ = data.draw(st.sampled_from(list(objects_of(document, ""))))
    found[data.draw(st.sampled_from([*found, "x"]))] = data.draw(JSON)
    for fault in validate(document):
        fault.words.encode()
        fault.path.encode()


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30))
def test_any_decimal_one_can_measure_is_right(number):
    assert validate(observation(valueQuantity={"value": number})) == []


@given(st.dates())
def test_any_day_of_the_calendar_is_right(day):
    assert validate(patient(birthDate=day.isoformat())) == []


@given(st.integers(1, 9999), st.integers(1, 12), st.integers(1, 31))
def test_a_day_is_right_exactly_when_the_calendar_has_it(year, month, day):
    try:
        date(year, month, day)
        is_there = True
    except ValueError:
        is_there = False
    assert (validate(patient(birthDate=f"{year:04}-{month:02}-{day:02}")) == []) is is_there


@pytest.mark.parametrize(
    "number", [10**300, -(10**5000), Decimal("1e999999999"), Decimal("-1e-999999999")], ids=range(4)
)
def test_a_number_without_measure_is_refused_wherever_it_stands(number):
    assert validate(observation(valueQuantity={"value": number}))
    assert validate(patient(multipleBirthInteger=number))
    assert validate(patient(name=[{"family": number}], birthDate=number, active=number, link=number))


def test_a_number_may_be_written_in_any_of_its_forms():
    for number in (1, -1, Decimal("1.10"), Decimal("-0.0"), Decimal("1E+2"), Decimal("1e-10"), 2**60):
        assert validate(observation(valueQuantity={"value": number})) == []
