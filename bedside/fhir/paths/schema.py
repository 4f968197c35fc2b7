"""What the definitions say of types, as a path needs it: what an element's name leads to, and which type is which."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bedside.fhir.definitions import Element, registry

#: Types that say nothing of the type a value really has: it is looked up when a path runs.
OPEN = frozenset({"Resource", "DomainResource", "Element", "BackboneElement"})

#: The types of System, and the FHIR type each is the same as.
_SYSTEM = {
    "Boolean": "boolean",
    "String": "string",
    "Integer": "integer",
    "Decimal": "decimal",
    "Date": "date",
    "DateTime": "dateTime",
    "Time": "time",
    "Quantity": "Quantity",
}


@dataclass(frozen=True, slots=True)
class Branch:
    """One way an element's name can be met in JSON. Shape: `kind` None is only known by what stands there."""

    name: str
    kind: str | None
    is_primitive: bool


def is_known(kind: str | None) -> bool:
    """Say whether the elements of a type are known before a path runs."""
    return kind is not None and kind not in OPEN and kind in registry().types


@lru_cache(maxsize=20_000)
def branches(kind: str, name: str) -> tuple[Branch, ...]:
    """Return what a name leads to from a type: several for a choice, none where there is no such element.

    Why: a choice may also be named as in JSON (`valueDateTime`), as US Core's search parameters do.
    """
    elements = registry().types[kind].elements
    chosen = tuple(_branch(element) for element in elements.values() if element.choice == name)
    return chosen or ((_branch(elements[name]),) if name in elements else ())


@lru_cache(maxsize=20_000)
def member(kind: str, name: str) -> Branch | None:
    """Return what a member of JSON holds, by the name it has there."""
    element = registry().types[kind].elements.get(name)
    return _branch(element) if element else None


def _branch(element: Element) -> Branch:
    kind = element.content_type or element.type
    return Branch(element.name, None if kind in OPEN else kind, is_primitive(kind))


@lru_cache(maxsize=2_000)
def is_primitive(kind: str | None) -> bool:
    """Say whether a type's values stand in JSON as text, a number, true or false."""
    definition = registry().types.get(kind) if kind else None
    return definition is not None and definition.kind == "primitive"


@lru_cache(maxsize=20_000)
def is_a(kind: str | None, wanted: str) -> bool:
    """Say whether a type is another one or made from it, as code is made from string."""
    types = registry().types
    while kind is not None:
        if kind == wanted:
            return True
        definition = types.get(kind)
        kind = definition.base if definition else None
    return False


@lru_cache(maxsize=2_000)
def named_type(name: str) -> str | None:
    """Return the type a type specifier names (`Patient`, `FHIR.string`, `System.Boolean`), None for no type of R4."""
    space, _, own = name.rpartition(".")
    if space == "System":
        return _SYSTEM.get(own)
    if space not in {"", "FHIR"}:
        return None
    own = own.strip("`")
    return own if own in registry().types else _SYSTEM.get(own)


@lru_cache(maxsize=2_000)
def is_resource(kind: str) -> bool:
    """Say whether a type is a resource."""
    definition = registry().types.get(kind)
    return definition is not None and definition.kind == "resource"
