"""The values a path works on: those of a document as they stand, and a typed value where the type must be kept.

A value of a document is an int, Decimal, str, bool, dict or list. A primitive that has an extension or an id beside it
(`_birthDate`), and any value whose type is only known when a path runs, is held in a `Typed`.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from .moments import MOMENTS, Moment, moment_of

Items = list[Any]
Comparable = Any

EMPTY: Items = []
TRUE: Items = [True]
FALSE: Items = [False]

#: Types whose values are compared as an amount of a unit.
QUANTITIES = frozenset({"Quantity", "SimpleQuantity", "MoneyQuantity", "Age", "Count", "Distance", "Duration"})


class Typed:
    """A value with its FHIR type. Shape: `more` is the object beside a primitive; `value` None has only that."""

    __slots__ = ("kind", "more", "value")

    def __init__(self, value: Any, kind: str | None, more: dict[str, Any] | None = None) -> None:
        """Keep the value, its type and what stands beside it."""
        self.value = value
        self.kind = kind
        self.more = more


def plain(item: Any) -> Any:
    """Return the value of an item as it stands in the document, None when it has none."""
    return item.value if type(item) is Typed else item


def plain_all(items: Items) -> Items:
    """Return the values of items as they stand in the document, without those that have none."""
    return [value for item in items if (value := plain(item)) is not None]


def lift(item: Any, kind: str | None) -> Comparable:
    """Return an item as something that can be compared: a number, text, Moment or Amount. None has no value."""
    if type(item) is Typed:
        kind, item = item.kind or kind, item.value
    if isinstance(item, str):
        return (moment_of(item) or item) if kind in MOMENTS else item
    if isinstance(item, dict) and (kind in QUANTITIES or (kind is None and "value" in item and "unit" in item)):
        return Amount(item)
    return item


class Amount:
    """A quantity as an amount of a unit. Two units that are written differently are not comparable."""

    __slots__ = ("unit", "value")

    def __init__(self, quantity: dict[str, Any]) -> None:
        """Keep the number, and the unit by its code or, without one, by its name."""
        value = quantity.get("value")
        self.value = value if is_number(value) else None
        unit = quantity.get("code") or quantity.get("unit") or "1"
        self.unit = str(unit)


def is_number(value: object) -> bool:
    """Say whether a value is a number; true and false are none."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def same(left: Comparable, right: Comparable) -> bool | None:
    """Say whether two lifted values are equal, None where that cannot be told."""
    if left is None or right is None:
        return None
    if isinstance(left, Moment | str) and isinstance(right, Moment | str) and not type(left) is type(right) is str:
        order = _moments(left, right)
        return None if order is None else order == 0
    if isinstance(left, Amount) or isinstance(right, Amount):
        order = _amounts(left, right)
        return None if order is None else order == 0
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right)


def order_of(left: Comparable, right: Comparable) -> int | None:
    """Return -1, 0 or 1 for two lifted values, None where they cannot be put in order."""
    if isinstance(left, Moment) or isinstance(right, Moment):
        return _moments(left, right)
    if isinstance(left, Amount) or isinstance(right, Amount):
        return _amounts(left, right)
    if (is_number(left) and is_number(right)) or (isinstance(left, str) and isinstance(right, str)):
        return int(left > right) - int(left < right)
    return None


def _moments(left: Comparable, right: Comparable) -> int | None:
    left = moment_of(left) if isinstance(left, str) else left
    right = moment_of(right) if isinstance(right, str) else right
    return left.compare(right) if isinstance(left, Moment) and isinstance(right, Moment) else None


def _amounts(left: Comparable, right: Comparable) -> int | None:
    left = Amount({"value": left}) if is_number(left) else left
    right = Amount({"value": right}) if is_number(right) else right
    if not (isinstance(left, Amount) and isinstance(right, Amount)) or left.unit != right.unit:
        return None
    if left.value is None or right.value is None:
        return None
    return int(left.value > right.value) - int(left.value < right.value)


def frozen(item: Any) -> Any:
    """Return something hashable that is equal for equal items."""
    item = plain(item)
    if isinstance(item, dict):
        return frozenset((name, frozen(value)) for name, value in item.items())
    if isinstance(item, list):
        return tuple(frozen(value) for value in item)
    return ("boolean", item) if isinstance(item, bool) else item


def distinct(items: Iterable[Any]) -> Items:
    """Return items without those that equal an earlier one."""
    seen: dict[Any, Any] = {}
    for item in items:
        seen.setdefault(frozen(item), item)
    return list(seen.values())


def truth(items: Items) -> bool | None:
    """Return a collection as true, false or None for unknown: one item that is no boolean is true.

    Source: FHIRPath N1, 4.5 (singleton evaluation). Where it stops with an error, for more than one item, this says
    unknown.
    """
    if len(items) != 1:
        return None
    value = plain(items[0])
    return value if isinstance(value, bool) else (None if value is None else True)


def said(truth: bool | None) -> Items:
    """Return true, false or unknown as a collection. Nobody changes what is returned."""
    return TRUE if truth is True else FALSE if truth is False else EMPTY


def single(items: Items) -> Any:
    """Return the value of the one item there is, or None."""
    return plain(items[0]) if len(items) == 1 else None
