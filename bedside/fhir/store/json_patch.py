"""JSON Patch, strictly: one wrong operation and the document stays as it was.

Why not a library: the one that is kept up compares with Python's `==`, for which true is 1, so that a test passes
that should fail; here digits, order of members and kinds of values are those of JSON.
Source: RFC 6902 (JSON Patch), RFC 6901 (JSON Pointer).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from bedside.fhir.documents import Document

from .refusals import RequestUnclear

#: More operations than any edit of one document needs.
MOST_OPERATIONS = 1000
#: More values than the copies of one patch may add. Why: a list copied into itself twice as long each time has no end.
MOST_COPIED = 50_000
_INDEX = re.compile(r"0|[1-9][0-9]*\Z")
_NEEDS = {"add": "value", "replace": "value", "test": "value", "move": "from", "copy": "from", "remove": ""}


def _refuse(number: int, words: str) -> RequestUnclear:
    return RequestUnclear(f"Operation {number} of the patch: {words}", status=422)


def json_patch(document: Document, operations: Sequence[Any]) -> Document:
    """Return the document with the operations applied in order; the one given is not touched.

    Raises: RequestUnclear, which names the operation by its number, from 0.
    """
    if not isinstance(operations, list):
        raise RequestUnclear("A JSON Patch is an array of operations.")
    if len(operations) > MOST_OPERATIONS:
        raise RequestUnclear(f"A JSON Patch has at most {MOST_OPERATIONS} operations.")
    root: dict[str, Any] = {"": deepcopy(document)}
    copied = 0
    for number, operation in enumerate(operations):
        if not isinstance(operation, Mapping):
            raise _refuse(number, "it is not an object.")
        if operation.get("op") == "copy" and "from" in operation:
            copied += _count(_value(root, _pointer(operation["from"], number), number))
            if copied > MOST_COPIED:
                raise RequestUnclear(f"The copies of a JSON Patch add at most {MOST_COPIED} values.", status=422)
        _apply(root, operation, number)
    patched = root.get("")
    if not isinstance(patched, dict):
        raise RequestUnclear("After the patch there is no resource left.", status=422)
    return patched


def _count(value: Any) -> int:
    """Return how many values there are in one, itself among them."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_count, inner))


def _apply(root: dict[str, Any], operation: Mapping[str, Any], number: int) -> None:
    name = operation.get("op")
    if not isinstance(name, str) or name not in _NEEDS:
        raise _refuse(number, "“op” is one of add, remove, replace, move, copy, test.")
    needed = _NEEDS[name]
    if needed and needed not in operation:
        raise _refuse(number, f"“{name}” needs “{needed}”.")
    place = _pointer(operation.get("path"), number)
    if name == "test":
        if not same(_value(root, place, number), operation["value"]):
            raise _refuse(number, "the value is not the one tested for.")
    elif name == "remove":
        _take(root, place, number)
    elif name == "replace":
        _replace(root, place, deepcopy(operation["value"]), number)
    elif name == "add":
        _add(root, place, deepcopy(operation["value"]), number)
    else:
        source = _pointer(operation["from"], number)
        if name == "move":
            if place[: len(source)] == source and len(place) > len(source):
                raise _refuse(number, "a value cannot be moved into itself.")
            _add(root, place, _take(root, source, number), number)
        else:
            _add(root, place, deepcopy(_value(root, source, number)), number)


def _pointer(text: object, number: int) -> list[str]:
    """Return the steps of a JSON Pointer, from the root's own holder on."""
    if not isinstance(text, str) or (text and not text.startswith("/")) or re.search(r"~(?![01])", text):
        raise _refuse(number, "a place is a JSON Pointer such as “/name/0/given”.")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")]


def _holder(root: dict[str, Any], place: list[str], number: int) -> Any:
    value: Any = root
    for part in place[:-1]:
        value = _child(value, part, number)
    if not isinstance(value, dict | list):
        raise _refuse(number, "the place is inside a value that holds nothing.")
    return value


def _child(value: Any, part: str, number: int) -> Any:
    if isinstance(value, dict) and part in value:
        return value[part]
    if isinstance(value, list):
        return value[_index(value, part, number)]
    raise _refuse(number, "there is nothing at that place.")


def _index(items: list[Any], part: str, number: int, beyond: int = 0) -> int:
    if not _INDEX.fullmatch(part) or len(part) > 9 or int(part) >= len(items) + beyond:
        raise _refuse(number, "there is nothing at that place in the list.")
    return int(part)


def _value(root: dict[str, Any], place: list[str], number: int) -> Any:
    return _child(_holder(root, place, number), place[-1], number)


def _add(root: dict[str, Any], place: list[str], value: Any, number: int) -> None:
    holder, last = _holder(root, place, number), place[-1]
    if isinstance(holder, dict):
        holder[last] = value
    else:
        holder.insert(len(holder) if last == "-" else _index(holder, last, number, beyond=1), value)


def _replace(root: dict[str, Any], place: list[str], value: Any, number: int) -> None:
    holder, last = _holder(root, place, number), place[-1]
    _child(holder, last, number)
    holder[last if isinstance(holder, dict) else int(last)] = value


def _take(root: dict[str, Any], place: list[str], number: int) -> Any:
    holder, last = _holder(root, place, number), place[-1]
    _child(holder, last, number)
    return holder.pop(last if isinstance(holder, dict) else int(last))


def same(one: Any, other: Any) -> bool:
    """Say whether two values are equal as JSON: numbers by what they say, objects in any order, true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal):
        return one == other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)
