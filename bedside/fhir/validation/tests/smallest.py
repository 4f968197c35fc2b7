"""The smallest document of each type that has every required element, made from the definitions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bedside.fhir.definitions import Element, registry

PRIMITIVES: dict[str, Any] = {
    "base64Binary": "QUJD",
    "boolean": True,
    "canonical": "http://example.org/c",
    "code": "x",
    "date": "2024-02-29",
    "dateTime": "2024-02-29T10:00:00Z",
    "decimal": Decimal("1.10"),
    "id": "a-1",
    "instant": "2024-02-29T10:00:00Z",
    "integer": 1,
    "markdown": "*x*",
    "oid": "urn:oid:1.2.3",
    "positiveInt": 1,
    "string": "x",
    "time": "10:00:00",
    "unsignedInt": 0,
    "uri": "http://example.org/u",
    "url": "http://example.org/",
    "uuid": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
    "xhtml": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>',
}


def smallest(kind: str) -> dict[str, Any]:
    """Return the smallest resource of a type."""
    return {"resourceType": kind} | _members(kind)


def _members(name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    chosen: set[str] = set()
    for element in registry().types[name].elements.values():
        if element.min and element.choice not in chosen:
            found[element.name] = [_value(element)] if element.is_list else _value(element)
            chosen.update([element.choice] if element.choice else [])
    return found


def _value(element: Element) -> Any:
    if element.type == "Resource":
        return smallest("Basic")
    if element.type in PRIMITIVES:
        return _code(element) if element.binding else PRIMITIVES[element.type]
    members = _members(element.content_type or element.type)
    if element.type == "Reference":
        return {"reference": f"{element.targets[0] if element.targets else 'Patient'}/1"}
    if element.type == "CodeableConcept" and element.binding and registry().concepts(element.binding.value_set):
        ((system, codes), *_) = (registry().concepts(element.binding.value_set) or {}).items()
        return {"coding": [{"system": system, "code": codes[0]}]}
    return members or {"extension": [{"url": "http://example.org/e", "valueCode": "x"}]}


def _code(element: Element) -> Any:
    codes = registry().codes(element.binding.value_set) if element.binding else None
    is_required = element.binding is not None and element.binding.strength == "required"
    return sorted(codes)[0] if codes and is_required else PRIMITIVES[element.type]
