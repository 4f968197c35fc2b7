"""FHIRPath Patch: a resource of type Parameters says what to add, insert, delete, replace or move.

Source: FHIR R4 4.0.1, 3.1.0.8.3 (FHIRPath Patch).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from bedside.fhir.definitions import registry
from bedside.fhir.definitions.shapes import Element
from bedside.fhir.documents import Document
from bedside.fhir.paths import Place, UnsupportedPath, compile_places

from .refusals import RequestUnclear

#: More operations than any edit of one document needs.
MOST_OPERATIONS = 1000
_KINDS = ("add", "insert", "delete", "replace", "move")

Part = Mapping[str, Any]


def _refuse(number: int, words: str) -> RequestUnclear:
    return RequestUnclear(f"Operation {number} of the patch: {words}", f"Parameters.parameter[{number}]", status=422)


def fhirpath_patch(document: Document, parameters: Mapping[str, Any]) -> Document:
    """Return the document with the operations applied in order; the one given is not touched.

    Raises: RequestUnclear, which names the operation by its number, from 0.
    """
    operations = parameters.get("parameter")
    if parameters.get("resourceType") != "Parameters" or not isinstance(operations, list) or not operations:
        raise RequestUnclear("A FHIRPath Patch is a Parameters resource whose parameters are named “operation”.")
    if len(operations) > MOST_OPERATIONS:
        raise RequestUnclear(f"A FHIRPath Patch has at most {MOST_OPERATIONS} operations.")
    patched = deepcopy(document)
    for number, operation in enumerate(operations):
        _Operation(number, operation, patched).apply()
    return patched


class _Operation:
    """One operation about to be applied to a document."""

    def __init__(self, number: int, operation: object, document: Document) -> None:
        self.number, self.document = number, document
        if not isinstance(operation, Mapping) or operation.get("name") != "operation":
            raise _refuse(number, "it is not named “operation”.")
        parts = operation.get("part")
        if not isinstance(parts, list) or not all(isinstance(part, Mapping) for part in parts):
            raise _refuse(number, "it has no parts.")
        self.parts: dict[str, Part] = {str(part.get("name")): part for part in parts}
        if len(self.parts) != len(parts):
            raise _refuse(number, "a part stands twice.")

    def apply(self) -> None:
        kind = self._word("type", "valueCode")
        if kind not in _KINDS:
            raise _refuse(self.number, f"its type is one of {', '.join(_KINDS)}.")
        expression = self._word("path", "valueString")
        try:
            found = compile_places(expression, kind=str(self.document.get("resourceType")))(self.document)
        except UnsupportedPath as error:
            raise _refuse(self.number, f"its path cannot be used: {error}") from error
        getattr(self, f"_{kind}")(found)

    def _word(self, name: str, value: str) -> str:
        word = self.parts.get(name, {}).get(value)
        if not isinstance(word, str) or not word:
            raise _refuse(self.number, f"it needs a part “{name}” with a {value}.")
        return word

    def _index(self, name: str, most: int) -> int:
        index = self.parts.get(name, {}).get("valueInteger")
        if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index <= most:
            raise _refuse(self.number, f"“{name}” is a valueInteger from 0 to {most}.")
        return index

    def _one(self, found: Sequence[Place]) -> Place:
        if len(found) != 1:
            raise _refuse(self.number, f"its path leads to {len(found)} places, where it must be one.")
        return found[0]

    def _add(self, found: list[Place]) -> None:
        place = self._one(found)
        if not isinstance(place.value, dict):
            raise _refuse(self.number, "nothing can be added to a value without elements.")
        name, element = self._element(place, self._word("name", "valueString"))
        value = self._value(element)
        if element is None or not element.is_list:
            if name in place.value:
                raise _refuse(self.number, f"“{name}” is there already; replace it.")
            place.value[name] = value
        else:
            place.value.setdefault(name, []).append(value)

    def _insert(self, found: list[Place]) -> None:
        items, place = self._list(found)
        items.insert(self._index("index", len(items)), self._value(_element_of(place)))

    def _delete(self, found: list[Place]) -> None:
        if not found:
            return
        place = self._one(found)
        owner = self._owner(place)
        if place.index is None:
            owner.pop(place.name, None)
        else:
            owner[place.name].pop(place.index)
        if place.index is None or not owner[place.name]:
            owner.pop(place.name, None)
            owner.pop(f"_{place.name}", None)
        elif isinstance(owner.get(f"_{place.name}"), list):
            del owner[f"_{place.name}"][place.index : place.index + 1]

    def _replace(self, found: list[Place]) -> None:
        place = self._one(found)
        owner, value = self._owner(place), self._value(_element_of(place))
        if place.index is None:
            owner[place.name] = value
        else:
            owner[place.name][place.index] = value

    def _move(self, found: list[Place]) -> None:
        items, _ = self._list(found)
        source = self._index("source", len(items) - 1)
        items.insert(self._index("destination", len(items) - 1), items.pop(source))

    def _owner(self, place: Place) -> dict[str, Any]:
        if place.owner is None:
            raise _refuse(self.number, "the resource itself is not changed by a patch; update it.")
        return place.owner

    def _list(self, found: list[Place]) -> tuple[list[Any], Place]:
        if not found or any(
            place.owner is not found[0].owner or place.name != found[0].name or place.index is None for place in found
        ):
            raise _refuse(self.number, "its path does not lead to a list.")
        items = self._owner(found[0])[found[0].name]
        if len(items) != len(found):
            raise _refuse(self.number, "its path leads to a part of a list.")
        if f"_{found[0].name}" in (found[0].owner or {}):
            raise _refuse(self.number, "a list of values with extensions is replaced as a whole; update the resource.")
        return items, found[0]

    def _element(self, place: Place, name: str) -> tuple[str, Element | None]:
        """Return the member an element is in JSON, such as valueQuantity for “value”, and what is known of it."""
        definition = registry().types.get(place.kind or str(place.value.get("resourceType")))
        if definition is None:
            return name, None
        if name in definition.elements:
            return name, definition.elements[name]
        _, suffix = self._given()
        for element in definition.elements.values():
            if element.choice == name and element.name == name + suffix:
                return element.name, element
        raise _refuse(self.number, f"“{name}” is no element of {definition.name}.")

    def _given(self) -> tuple[Any, str]:
        """Return the value of the part “value” and the ending of its name: ("x", "String") of valueString."""
        part = self.parts.get("value", {})
        for key, value in part.items():
            if key.startswith("value") and len(key) > len("value"):
                return value, key.removeprefix("value")
        if "resource" in part:
            return part["resource"], ""
        return None, ""

    def _value(self, element: Element | None) -> Any:
        value, _ = self._given()
        if value is not None:
            return deepcopy(value)
        parts = self.parts.get("value", {}).get("part")
        if not isinstance(parts, list) or not parts or element is None:
            raise _refuse(self.number, "it needs a part “value” with a value.")
        return self._built(parts, element.content_type or element.type)

    def _built(self, parts: list[Any], kind: str) -> dict[str, Any]:
        """Return an element put together from the parts that stand for its members."""
        elements = registry().types[kind].elements if kind in registry().types else {}
        made: dict[str, Any] = {}
        for part in parts:
            name = str(part.get("name")) if isinstance(part, Mapping) else ""
            given = [(key, value) for key, value in part.items() if key.startswith("value")] if name else []
            if given and name not in elements:
                name += given[0][0].removeprefix("value")
            element = elements.get(name)
            if element is None:
                raise _refuse(self.number, f"“{name}” is no element of {kind}.")
            if given:
                value = deepcopy(given[0][1])
            elif isinstance(part.get("part"), list):
                value = self._built(part["part"], element.content_type or element.type)
            else:
                raise _refuse(self.number, f"the part “{name}” has no value.")
            if element.is_list:
                made.setdefault(name, []).append(value)
            else:
                made[name] = value
        return made


def _element_of(place: Place) -> Element | None:
    """Return what is known of the element at a place, as far as its value's type says it."""
    if place.kind is None or place.kind not in registry().types:
        return None
    return Element(name=place.name, type=place.kind, min=0, max=None)
