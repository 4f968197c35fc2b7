"""Checks what was sent along with an operation: only as far as it is read here, and down to the last list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .faults import refused
from .words import is_text

#: A text that must be there; any other text may be missing.
_NEEDED = "needed"
_TEXT = "text"
_USE = {"system": _TEXT, "code": _TEXT}
_DESIGNATION = {"language": _TEXT, "use": _USE, "value": _NEEDED}
_INCLUDE = {
    "system": _TEXT,
    "version": _TEXT,
    "valueSet": [_TEXT],
    "concept": [{"code": _NEEDED, "display": _TEXT, "designation": [_DESIGNATION]}],
    "filter": [{"property": _NEEDED, "op": _NEEDED, "value": _NEEDED}],
}
_COMMON = {"url": _TEXT, "version": _TEXT, "name": _TEXT, "title": _TEXT, "status": _TEXT}
_CONCEPT: dict[str, Any] = {
    "code": _NEEDED,
    "display": _TEXT,
    "definition": _TEXT,
    "designation": [_DESIGNATION],
    "property": [{"code": _NEEDED, "valueCode": _TEXT}],
}
_CONCEPT["concept"] = [_CONCEPT]
_TARGET = {
    "code": _TEXT,
    "display": _TEXT,
    "equivalence": _TEXT,
    "dependsOn": [{"property": _NEEDED, "value": _NEEDED}],
    "product": [{"property": _NEEDED, "system": _TEXT, "value": _NEEDED, "display": _TEXT}],
}
_GROUP = {
    "source": _TEXT,
    "target": _TEXT,
    "element": [{"code": _NEEDED, "display": _TEXT, "target": [_TARGET]}],
    "unmapped": {"mode": _TEXT, "code": _TEXT, "display": _TEXT},
}
_SHAPES: Mapping[str, Any] = {
    "ValueSet": _COMMON | {"compose": {"include": [_INCLUDE], "exclude": [_INCLUDE]}},
    "CodeSystem": _COMMON | {"content": _TEXT, "hierarchyMeaning": _TEXT, "valueSet": _TEXT, "concept": [_CONCEPT]},
    "ConceptMap": _COMMON | {"sourceUri": _TEXT, "targetUri": _TEXT, "group": [_GROUP]},
}
#: A hierarchy deeper than any there is.
_DEEPEST = 60


def check_sent(document: Mapping[str, Any], kind: str) -> None:
    """Refuse a document that is not of a type, or not of its shape.

    Raises: DocumentRefused with the place.
    """
    if document.get("resourceType") != kind:
        raise refused("invalid", f"A {kind} is asked for here, not a {document.get('resourceType')}.", "Parameters")
    _check(document, _SHAPES[kind], kind, _DEEPEST)


def _check(value: Any, shape: Any, path: str, left: int) -> None:
    if isinstance(shape, str):
        if not is_text(value) or (shape == _NEEDED and not value):
            raise refused("structure", f"{path} is a text.", path)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            raise refused("structure", f"{path} is a list.", path)
        for place, one in enumerate(value):
            _check(one, shape[0], f"{path}[{place}]", left)
    elif not isinstance(value, Mapping) or left < 0:
        raise refused("structure", f"{path} is an object, and not nested without end.", path)
    else:
        for name, inner in shape.items():
            if name in value or inner == _NEEDED:
                _check(value.get(name), inner, f"{path}.{name}", left - 1)
