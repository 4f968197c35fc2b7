"""Makes up documents of any type from the definitions: every element filled, each choice taken in turn.

What they say means nothing, and many break an invariant: they exercise paths and search parameters, not validation.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bedside.fhir.definitions import Element, registry

#: How many documents show every member of the largest choice (Extension.value aside) and most codes of a binding.
VARIANTS = 12
_SKIPPED = {"extension", "modifierExtension", "contained", "text", "implicitRules"}
_DEEPEST = 6
_TEXTS = {
    "uri": "http://example.org/uri/{n}",
    "url": "http://example.org/url/{n}",
    "canonical": "http://example.org/canonical/{n}|2.{n}",
    "oid": "urn:oid:1.2.{n}",
    "uuid": "urn:uuid:00000000-0000-4000-8000-0000000000{n:02d}",
    "date": "20{n:02d}-0{m}-1{m}",
    "dateTime": "20{n:02d}-0{m}-1{m}T1{m}:30:00+02:00",
    "instant": "20{n:02d}-0{m}-1{m}T1{m}:30:00.123Z",
    "time": "1{m}:30:00",
    "base64Binary": "aGFs",
    "xhtml": '<div xmlns="http://www.w3.org/1999/xhtml">{n}</div>',
    "id": "id-{n}",
}


def made_up(kind: str, variant: int) -> dict[str, Any]:
    """Return the variant-th document of a resource type."""
    return {"resourceType": kind, **_Maker(variant).members(kind, ())}


class _Maker:
    def __init__(self, variant: int) -> None:
        self.variant = variant
        self.n = variant

    def members(self, kind: str, above: tuple[str, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for element in self.chosen(kind):
            inner = element.content_type or element.type
            if element.name in _SKIPPED or inner in above or len(above) > _DEEPEST:
                continue
            values = [
                self.value(element, (*above, kind), at) for at in range(2 if element.is_list and len(above) < 2 else 1)
            ]
            if all(value is not None for value in values):
                found[element.name] = values if element.is_list else values[0]
        return found

    def chosen(self, kind: str) -> Iterator[Element]:
        groups: dict[str, list[Element]] = {}
        for element in registry().types[kind].elements.values():
            groups.setdefault(element.choice or element.name, []).append(element)
        for members in groups.values():
            yield members[self.variant % len(members)]

    def value(self, element: Element, above: tuple[str, ...], at: int) -> Any:
        kind = element.content_type or element.type
        definition = registry().types.get(kind)
        self.n += 1
        if kind == "Reference":
            return self.reference(element, at)
        if definition is not None and definition.kind == "primitive":
            return self.primitive(kind, element, at)
        if kind in {"Resource", "Extension", "Element", "BackboneElement"}:
            return None
        return self.members(kind, above) or None

    def reference(self, element: Element, at: int) -> dict[str, Any]:
        targets = [target for target in element.targets if target != "Resource"] or ["Patient", "Practitioner"]
        kind = targets[(self.variant + at) % len(targets)]
        base = ["", "https://elsewhere.example/fhir/", ""][self.n % 3]
        version = "/_history/3" if self.n % 5 == 0 else ""
        return {"reference": f"{base}{kind}/id-{self.n}{version}", "display": f"Someone {self.n}"}

    def primitive(self, kind: str, element: Element, at: int) -> Any:
        binding = element.binding
        codes = registry().codes(binding.value_set) if binding and binding.strength == "required" else None
        if codes and kind == "code":
            return sorted(codes)[(self.variant + at) % len(codes)]
        if kind == "boolean":
            return self.variant % 2 == 0
        if kind in {"integer", "positiveInt", "unsignedInt"}:
            return self.n + 1
        if kind == "decimal":
            return Decimal(f"{self.n}.50")
        words = _TEXTS.get(kind, "{kind} {n}")
        return words.format(n=self.n % 60 + 10, m=self.n % 9 + 1, kind=kind.title())
