"""JSON Patch by its tables: what each operation makes, and what is refused."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.fhir.documents import read_document, write_document
from bedside.fhir.store import RequestUnclear, json_patch, json_patch_of
from bedside.fhir.store.json_patch import same
from bedside.kernel.errors import Refusal

START = '{"a":1.10,"b":[1,2,3],"c":{"d":"e","~/":null},"":"empty"}'


def patched(*operations, start=START):
    return write_document(json_patch_of(json.dumps(operations))(read_document(start)))


@pytest.mark.parametrize(
    ("operation", "made"),
    [
        ({"op": "add", "path": "/x", "value": [True]}, START[:-1] + ',"x":[true]}'),
        ({"op": "add", "path": "/a", "value": 2}, '{"a":2,"b":[1,2,3],"c":{"d":"e","~/":null},"":"empty"}'),
        ({"op": "add", "path": "/b/0", "value": 0}, '{"a":1.10,"b":[0,1,2,3],"c":{"d":"e","~/":null},"":"empty"}'),
        ({"op": "add", "path": "/b/3", "value": 4}, '{"a":1.10,"b":[1,2,3,4],"c":{"d":"e","~/":null},"":"empty"}'),
        ({"op": "add", "path": "/b/-", "value": 4}, '{"a":1.10,"b":[1,2,3,4],"c":{"d":"e","~/":null},"":"empty"}'),
        ({"op": "remove", "path": "/b/1"}, '{"a":1.10,"b":[1,3],"c":{"d":"e","~/":null},"":"empty"}'),
        ({"op": "remove", "path": "/c/~0~1"}, '{"a":1.10,"b":[1,2,3],"c":{"d":"e"},"":"empty"}'),
        ({"op": "remove", "path": "/"}, '{"a":1.10,"b":[1,2,3],"c":{"d":"e","~/":null}}'),
        ({"op": "replace", "path": "/c", "value": 5}, '{"a":1.10,"b":[1,2,3],"c":5,"":"empty"}'),
        ({"op": "replace", "path": "/b/2", "value": 5}, '{"a":1.10,"b":[1,2,5],"c":{"d":"e","~/":null},"":"empty"}'),
        ({"op": "replace", "path": "", "value": {"new": 1}}, '{"new":1}'),
        ({"op": "move", "from": "/a", "path": "/b/0"}, '{"b":[1.10,1,2,3],"c":{"d":"e","~/":null},"":"empty"}'),
        ({"op": "copy", "from": "/a", "path": "/c/f"}, START.replace("null}", 'null,"f":1.10}')),
        ({"op": "test", "path": "/c", "value": {"~/": None, "d": "e"}}, START),
        ({"op": "test", "path": "/b/0", "value": 1.0}, START),
        ({"op": "move", "from": "/a", "path": "/a"}, '{"b":[1,2,3],"c":{"d":"e","~/":null},"":"empty","a":1.10}'),
    ],
)  # fmt: skip
def test_each_operation_makes_what_the_standard_says(operation, made):
    assert patched(operation) == made


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": "/b/4", "value": 0},
        {"op": "add", "path": "/b/01", "value": 0},
        {"op": "add", "path": "/b/+1", "value": 0},
        {"op": "add", "path": "/b/1e0", "value": 0},
        {"op": "add", "path": "/none/x", "value": 0},
        {"op": "add", "path": "/a/x", "value": 0},
        {"op": "add", "path": "x", "value": 0},
        {"op": "add", "path": "/~2", "value": 0},
        {"op": "add", "path": "/x"},
        {"op": "remove", "path": "/none"},
        {"op": "remove", "path": "/b/-"},
        {"op": "remove", "path": ""},
        {"op": "replace", "path": "/none", "value": 1},
        {"op": "replace", "path": "", "value": 1},
        {"op": "move", "from": "/none", "path": "/x"},
        {"op": "move", "from": "/c", "path": "/c/inside"},
        {"op": "copy", "path": "/x"},
        {"op": "test", "path": "/b/0", "value": True},
        {"op": "test", "path": "/a", "value": "1.10"},
        {"op": "test", "path": "/none", "value": None},
        {"op": "test", "path": "/c/~0~1", "value": False},
        {"op": "spam", "path": "/a"},
        {"path": "/a"},
        {"op": "add", "path": 5, "value": 1},
        "add",
    ],
)
def test_what_cannot_be_done_is_refused_and_said(operation):
    with pytest.raises(RequestUnclear):
        patched(operation)


def test_the_operation_that_failed_is_named_and_nothing_is_changed():
    document = read_document(START)
    before = write_document(document)
    operations = [{"op": "remove", "path": "/b/0"}, {"op": "test", "path": "/a", "value": 2}]
    with pytest.raises(RequestUnclear, match="Operation 1"):
        json_patch(document, operations)
    assert write_document(document) == before


@pytest.mark.parametrize(
    "text", ["", "{}", "[", '"x"', "[" * 100_000, b"\xff", '[],"more":1', '[{"op":"remove","op":"test","path":""}]']
)
def test_what_is_no_patch_is_refused(text):
    with pytest.raises(Refusal):
        json_patch_of(text)({"resourceType": "Basic"})


def test_a_copy_is_a_copy():
    made = patched({"op": "copy", "from": "/c", "path": "/x"}, {"op": "remove", "path": "/c/d"})
    assert read_document(made)["x"] == {"d": "e", "~/": None}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(values, values)
def test_sameness_is_that_of_json(one, other):
    def shape(value):
        if isinstance(value, bool) or value is None:
            return repr(value)
        if isinstance(value, int | Decimal):
            return ("number", Decimal(value))
        if isinstance(value, list):
            return ("list", tuple(map(shape, value)))
        if isinstance(value, dict):
            return ("object", frozenset((key, shape(item)) for key, item in value.items()))
        return ("text", value)

    assert same(one, one)
    assert same(one, other) == (shape(one) == shape(other))
