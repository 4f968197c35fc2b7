"""A profile as a tree of what it asks of each element and slice, and which values belong to which slice.

Source: FHIR R4 4.0.1, 5.1 (profiling), 5.1.0.15 (discriminators).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bedside.fhir.definitions import Invariant, Profile, ProfileElement, registry
from bedside.fhir.paths import Path, UnsupportedPath, compile_path

Rule = tuple[Invariant, Path]


@dataclass(slots=True)
class Node:
    """What is asked of one element or slice. Shape: `name` ends in "[x]" for a choice."""

    name: str
    element: ProfileElement | None = None
    children: dict[str, Node] = field(default_factory=dict)
    slices: dict[str, Node] = field(default_factory=dict)
    invariants: list[Invariant] = field(default_factory=list)

    def rules(self, kind: str) -> Iterator[Rule]:
        """Yield the invariants that can be asked of values of a type; one a type cannot be asked is left out."""
        for invariant in self.invariants:
            try:
                yield invariant, compile_path(invariant.expression, kind=kind)
            except UnsupportedPath:
                continue


@dataclass(slots=True)
class Found:
    """A value of an element in a document. Shape: `item` None has only extensions beside it; `kind` is its type."""

    item: Any
    kind: str
    place: str
    path: str


def _node_at(root: Node, id: str) -> Node:
    node = root
    for part in id.split(".")[1:]:
        name, _, slice_name = part.partition(":")
        node = node.children.setdefault(name, Node(name))
        if slice_name:
            node = node.slices.setdefault(slice_name, Node(name))
    return node


@lru_cache(maxsize=128)
def tree_of(url: str) -> tuple[Profile, Node]:
    """Return a profile and its tree. Raises: KeyError for one that is not known here."""
    profile = registry().us_core[url]
    root = Node(profile.type)
    for element in profile.elements:
        _node_at(root, element.id).element = element
    for invariant in profile.invariants:
        _node_at(root, invariant.path).invariants.append(invariant)
    return profile, root


def values_of(owner: dict[str, Any], name: str, kind: str) -> list[Found]:
    """Return the values of an element in an object of a type, with their types and places."""
    elements = registry().types[kind].elements
    if name.endswith("[x]"):
        choice = name[:-3]
        members = [e for e in elements.values() if e.choice == choice and (e.name in owner or f"_{e.name}" in owner)]
    else:
        members = [elements[name]] if name in elements and (name in owner or f"_{name}" in owner) else []
    found = []
    for element in members:
        inner = element.content_type or element.type
        path = f".{element.choice}.ofType({element.type})" if element.choice else f".{element.name}"
        value = owner.get(element.name)
        if not element.is_list:
            found.append(Found(value, inner, f".{element.name}", path))
            continue
        items = value if value is not None else owner[f"_{element.name}"]
        for at, item in enumerate(items):
            place = f".{element.name}[{at}]"
            found.append(Found(item if value is not None else None, inner, place, f"{path}[{at}]"))
    return found


def has_pattern(value: Any, pattern: Any) -> bool:
    """Say whether a value has at least what a pattern has."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(
            name in value and has_pattern(value[name], part) for name, part in pattern.items()
        )
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(has_pattern(item, part) for item in value) for part in pattern)
    return bool(value == pattern)


def has_code_of(value: Any, value_set: str) -> bool:
    """Say whether a code, Coding or CodeableConcept has a code of a value set that can be counted out."""
    concepts = registry().concepts(value_set) or {}
    if isinstance(value, str):
        return any(value in codes for codes in concepts.values())
    codings = value.get("coding", [value]) if isinstance(value, dict) else []
    return any(
        coding.get("code") in concepts.get(coding.get("system", ""), []) for coding in codings if coding is not None
    )


def belongs(found: Found, node: Node, discriminators: tuple[tuple[str, str], ...]) -> bool | None:
    """Say whether a value belongs to a slice, None where the profile does not let it be told."""
    element = node.element
    if found.kind == "Extension" and element is not None and any(option.profiles for option in element.types):
        urls = {url for option in element.types for url in option.profiles}
        return isinstance(found.item, dict) and found.item.get("url") in urls
    if not discriminators and "url" in node.children:
        discriminators = (("value", "url"),)
    told = [_discriminated(found, node, sort, path) for sort, path in discriminators]
    if not told or any(answer is None for answer in told):
        return None
    return all(told)


def _discriminated(found: Found, node: Node, sort: str, path: str) -> bool | None:
    if sort == "type":
        options = node.element.types if node.element is not None else ()
        return found.kind in {option.code for option in options} if path == "$this" else None
    if sort not in ("value", "pattern"):
        return None
    steps = [] if path == "$this" else path.split(".")
    return _matches([found], node, steps)


def _matches(values: list[Found], node: Node, steps: list[str]) -> bool | None:
    element = node.element
    if element is not None and element.fixed is not None:
        return any(found.item == element.fixed for found in values)
    if element is not None and element.pattern is not None:
        return any(has_pattern(found.item, element.pattern) for found in values)
    if steps:
        child = node.children.get(steps[0])
        inner = [
            deeper
            for found in values
            if isinstance(found.item, dict)
            for deeper in values_of(found.item, steps[0], found.kind)
        ]
        return None if child is None else _matches(inner, child, steps[1:])
    if element is not None and element.binding is not None and element.binding.strength == "required":
        value_set = element.binding.value_set
        if registry().concepts(value_set) is not None:
            return any(has_code_of(found.item, value_set) for found in values)
    return None
