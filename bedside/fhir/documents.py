"""FHIR JSON read and written without losing anything: decimals keep their digits, members keep their order.

Source: FHIR R4 4.0.1, 2.6.2 (JSON), 2.24.0.1 (decimal: the precision of what was sent is kept).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson

from .faults import DocumentRefused, Fault

Document = dict[str, Any]

#: Deeper than any document of R4 goes; a bomb of brackets goes deeper.
DEEPEST = 100


class _Twice(ValueError):
    """A member stands twice in one object: two readers would see two meanings."""


def _members(pairs: list[tuple[str, Any]]) -> Document:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found


def _not_a_number(word: str) -> Any:
    raise ValueError(f"{word} is not a number of JSON")


#: More digits than any number that was ever measured; Python reads no integer of more than 4,300.
MOST_DIGITS = 1_000


def _decimal(word: str) -> Decimal:
    try:
        return Decimal(word)
    except ArithmeticError as error:
        raise ValueError("a number has an exponent beyond all measure") from error


def _whole(word: str) -> int:
    if len(word) > MOST_DIGITS:
        raise ValueError(f"a number has more than {MOST_DIGITS:,} digits")
    return int(word)


_DECODER = json.JSONDecoder(
    parse_float=_decimal, parse_int=_whole, parse_constant=_not_a_number, object_pairs_hook=_members
)


def _refuse(words: str, path: str = "") -> DocumentRefused:
    return DocumentRefused([Fault(path=path, code="structure", words=words)])


def read_document(text: str | bytes) -> Document:
    """Return a document as Python values: numbers with a point or an exponent are Decimal, the others int.

    Raises: DocumentRefused when it is not UTF-8, not JSON, not an object, too deep, or says one thing twice.
    """
    try:
        document = _DECODER.decode(text.decode() if isinstance(text, bytes) else text)
    except UnicodeDecodeError as error:
        raise _refuse("The body is not UTF-8 text.") from error
    except _Twice as error:
        raise _refuse(f"The member “{error}” stands twice in one object. Send it once.") from error
    except RecursionError as error:
        raise _refuse("The document is nested too deeply.") from error
    except ValueError as error:
        raise _refuse(f"The body is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise _refuse("A resource is a JSON object, in braces.")
    if _is_deeper(document, DEEPEST):
        raise _refuse("The document is nested too deeply.")
    return document


def _is_deeper(document: Document, most: int) -> bool:
    """Say whether a document has more levels of objects and arrays below it than that. Level by level, for speed."""
    level: list[Any] = [document]
    for _ in range(most + 1):
        level = [
            item
            for holder in level
            for item in (holder.values() if holder.__class__ is dict else holder)
            if item.__class__ is dict or item.__class__ is list
        ]
        if not level:
            return False
    return True


def _digits(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    if isinstance(value, int):  # wider than 64 bits
        return orjson.Fragment(str(value))
    raise TypeError(f"not a value of a document: {type(value).__name__}")


def write_document(document: Mapping[str, Any]) -> str:
    """Return a document as JSON text on one line, members in the order they stand, decimals with their digits."""
    return orjson.dumps(document, default=_digits).decode()
