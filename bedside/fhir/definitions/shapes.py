"""The shapes of what is defined: types and their elements, search parameters, profiles. Plain values, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

TypeKind = Literal["resource", "complex", "primitive", "backbone", "abstract"]
Strength = Literal["required", "extensible", "preferred", "example"]


@dataclass(frozen=True, slots=True)
class Binding:
    """Where an element's codes come from. Shape: `value_set` is its url without a version."""

    strength: Strength
    value_set: str


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule that must hold of every value at `path`, as FHIRPath with that value as its focus."""

    key: str
    severity: Literal["error", "warning"]
    human: str
    expression: str
    path: str


@dataclass(frozen=True, slots=True)
class Element:
    """One member a type may have, by its name in JSON.

    Shape: a choice such as value[x] stands as one element for each type, all with `choice` "value"; `type` is the
    name of a type, "Resource" for any resource, or "BackboneElement" and "Element" for what is defined in place, whose
    members then stand under `content_type`, such as "Observation.component". `min` of a choice holds for the group.
    `max` None is without limit. `targets` are the types a Reference or canonical may mean, empty for any.
    """

    name: str
    type: str
    min: int
    max: int | None
    targets: tuple[str, ...] = ()
    binding: Binding | None = None
    choice: str | None = None
    content_type: str | None = None
    is_summary: bool = False
    is_modifier: bool = False
    invariants: tuple[Invariant, ...] = ()

    @property
    def is_list(self) -> bool:
        """Say whether it stands in an array in JSON."""
        return self.max is None or self.max > 1


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """A type: a resource, a complex or primitive type, or a backbone named by its path.

    Shape: `elements` stand in the order of the definition, by name in JSON, those of the base types first and
    included; `invariants` are those of the type and of its bases.
    """

    name: str
    kind: TypeKind
    base: str | None
    elements: Mapping[str, Element]
    invariants: tuple[Invariant, ...]


@dataclass(frozen=True, slots=True)
class SearchParameter:
    """A search parameter of one type.

    Shape: `expression` holds only what belongs to that type ("" where the parameter has none: _text, _content,
    _query); `components` of a composite are (code of the part, expression within one match of `expression`).
    """

    code: str
    type: str
    kind: str
    expression: str
    targets: tuple[str, ...]
    components: tuple[tuple[str, str], ...]
    url: str


@dataclass(frozen=True, slots=True)
class ProfileType:
    """A type an element of a profile may have, with the profiles it must follow or its reference must lead to."""

    code: str
    profiles: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slicing:
    """How the values at a path are told apart. Shape: `discriminators` are (kind, path), as "value", "coding.code"."""

    rules: Literal["open", "closed", "openAtEnd"]
    discriminators: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ProfileElement:
    """What a profile adds to one element.

    Shape: `id` is the element's id with its slices, as "Observation.component:systolic.code"; `path` is without;
    `fixed` and `pattern` are JSON values, None where there is none.
    """

    id: str
    path: str
    slice: str | None
    min: int
    max: int | None
    types: tuple[ProfileType, ...]
    fixed: Any
    pattern: Any
    slicing: Slicing | None
    is_must_support: bool
    binding: Binding | None


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of US Core: what it asks beyond R4, element by element, and its own invariants.

    Shape: the `path` of an invariant is the id of the element it holds for, with slices.
    """

    url: str
    name: str
    title: str
    type: str
    base: str
    elements: tuple[ProfileElement, ...]
    invariants: tuple[Invariant, ...]

    @property
    def must_support(self) -> tuple[str, ...]:
        """Return the ids of the elements a system must be able to hold and show."""
        return tuple(element.id for element in self.elements if element.is_must_support)


@dataclass(frozen=True, slots=True)
class SearchRule:
    """What US Core asks of searching one type.

    Shape: `params` and `combinations` map a code, or codes that are searched together, to SHALL, SHOULD or MAY;
    `revincludes` and `includes` are as they stand in a URL; `profiles` are the profiles supported.
    """

    type: str
    interactions: Mapping[str, str]
    params: Mapping[str, str]
    combinations: Mapping[tuple[str, ...], str]
    includes: tuple[str, ...]
    revincludes: tuple[str, ...]
    profiles: tuple[str, ...]
