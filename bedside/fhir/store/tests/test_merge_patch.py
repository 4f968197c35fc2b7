"""JSON Merge Patch: the table of its own specification, and what documents need beyond it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bedside.fhir.store.merge_patch import merge_patch


@pytest.mark.parametrize(
    ("before", "patch", "after"),
    [
        # Source: RFC 7396, appendix A, those whose target and patch are objects.
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_patch_is_merged(before: dict[str, Any], patch: dict[str, Any], after: dict[str, Any]) -> None:
    kept = repr(before)
    assert merge_patch(before, patch) == after
    assert repr(before) == kept


def test_digits_and_order_stay() -> None:
    merged = merge_patch({"b": Decimal("1.10"), "a": 1}, {"c": Decimal("2.50"), "a": 2})
    assert list(merged.items()) == [("b", Decimal("1.10")), ("a", 2), ("c", Decimal("2.50"))]
    assert str(merged["b"]) == "1.10"
