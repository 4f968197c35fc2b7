"""Reads the generated data: all of R4 at once, each type made when it is first asked for; codes and US Core later."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

import orjson

from .shapes import (
    Binding,
    Element,
    Invariant,
    Profile,
    ProfileElement,
    ProfileType,
    SearchParameter,
    SearchRule,
    Slicing,
    TypeDefinition,
)

DATA = Path(__file__).resolve().parent / "data"

Made = TypeVar("Made")

#: Types of which R4's compartments say nothing though they are about a patient, and how they stand in one all the same.
#: Why: whoever treats a patient sees their pacemaker and their tasks, and nobody else writes them.
#: Source: ours; US Core 6.1.0 asks for Device by patient, FHIR R5 has GuidanceResponse and Task in the compartment.
OF_PATIENTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Patient": {
        "Contract": ("patient",),
        "Device": ("patient",),
        "GuidanceResponse": ("patient",),
        "Task": ("patient",),
    }
}


class _Lazy(Mapping[str, Made], Generic[Made]):
    """A mapping whose values are made from the raw ones when first asked for."""

    def __init__(self, raw: Mapping[str, Any], make: Callable[[str, Any], Made]) -> None:
        self._raw, self._make = raw, make
        self._made: dict[str, Made] = {}

    def __getitem__(self, name: str) -> Made:
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = self._make(name, self._raw[name])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    def __contains__(self, name: object) -> bool:
        return name in self._raw


def read_data(name: str) -> Any:
    """Return one file of the data as plain values."""
    return orjson.loads(zlib.decompress((DATA / name).read_bytes()))


def _invariants(raw: list[list[Any]], path: str) -> tuple[Invariant, ...]:
    return tuple(Invariant(key, severity, human, expression, path) for key, severity, human, expression in raw)


def _binding(raw: list[str] | None) -> Binding | None:
    return Binding(raw[0], raw[1]) if raw else None  # type: ignore[arg-type]


def _type(name: str, raw: list[Any]) -> TypeDefinition:
    kind, base, elements, invariants = raw
    made = {
        row[0]: Element(
            name=row[0],
            type=row[1],
            min=row[2],
            max=row[3],
            targets=tuple(row[4]),
            binding=_binding(row[5]),
            choice=row[6],
            content_type=row[7],
            is_summary=bool(row[8] & 1),
            is_modifier=bool(row[8] & 2),
            invariants=_invariants(row[9], f"{name}.{row[0]}") if len(row) > 9 else (),
        )
        for row in elements
    }
    return TypeDefinition(name, kind, base, made, _invariants(invariants, name))


def _slicing(raw: list[Any] | None) -> Slicing | None:
    return Slicing(raw[0], tuple((kind, path) for kind, path in raw[1])) if raw else None


def _profile(url: str, raw: list[Any]) -> Profile:
    name, title, kind, base, rows, invariants = raw
    elements = tuple(
        ProfileElement(
            id=row["id"],
            path=row["path"],
            slice=row.get("slice"),
            min=row["min"],
            max=row["max"],
            types=tuple(ProfileType(code, tuple(own), tuple(targets)) for code, own, targets in row["types"]),
            fixed=row.get("fixed"),
            pattern=row.get("pattern"),
            slicing=_slicing(row.get("slicing")),
            is_must_support="must" in row,
            binding=_binding(row.get("binding")),
        )
        for row in rows
    )
    made = tuple(Invariant(key, severity, human, text, path) for key, severity, human, text, path in invariants)
    return Profile(url, name, title, kind, base, elements, made)


def _search_rule(kind: str, raw: dict[str, Any]) -> SearchRule:
    return SearchRule(
        type=kind,
        interactions=raw["interactions"],
        params=raw["params"],
        combinations={tuple(codes): strength for codes, strength in raw["combinations"]},
        includes=tuple(raw["includes"]),
        revincludes=tuple(raw["revincludes"]),
        profiles=tuple(raw["profiles"]),
    )


class Registry:
    """Everything that is defined. Get it by `registry()`."""

    def __init__(self) -> None:
        """Read the file of R4; the rest is read when it is first asked for."""
        raw = read_data("r4.json.z")
        self.types: Mapping[str, TypeDefinition] = _Lazy(raw["types"], _type)
        self.resource_types: tuple[str, ...] = tuple(raw["resource_types"])
        self._common: dict[str, list[list[Any]]] = raw["common_search"]
        self.search: Mapping[str, Mapping[str, SearchParameter]] = _Lazy(
            {kind: [] for kind in self.resource_types} | raw["search"], self._search
        )
        #: {"Patient": {"Observation": ("subject", "performer")}}: the parameters by which a type stands in one.
        self.compartments: Mapping[str, Mapping[str, tuple[str, ...]]] = {
            name: {**{kind: tuple(codes) for kind, codes in kinds.items()}, **OF_PATIENTS.get(name, {})}
            for name, kinds in raw["compartments"].items()
        }

    def _search(self, kind: str, own: list[list[Any]]) -> Mapping[str, SearchParameter]:
        above = ("Resource",) if self.types[kind].base == "Resource" else ("Resource", "DomainResource")
        rows = [row for base in above for row in self._common[base]]
        return {
            code: SearchParameter(
                code=code,
                type=kind,
                kind=sort,
                expression=f"{kind}.{expression[9:]}" if expression.startswith("Resource.") else expression,
                targets=tuple(targets),
                components=tuple((part, path) for part, path in components),
                url=url,
            )
            for row in [*rows, *own]
            for code, sort, expression, targets, components, url in [row]
        }

    @cached_property
    def _value_sets(self) -> dict[str, dict[str, list[str]]]:
        found: dict[str, dict[str, list[str]]] = read_data("codes.json.z")
        return found

    @cached_property
    def _us_core(self) -> dict[str, Any]:
        found: dict[str, Any] = read_data("us_core.json.z")
        return found

    def concepts(self, value_set_url: str) -> Mapping[str, list[str]] | None:
        """Return the codes of a value set by their systems, or None when they cannot be counted out here.

        Shape: those of every required binding of R4 that are enumerable, and the enumerable ones of US Core; a
        version after "|" does not matter.
        """
        url = value_set_url.partition("|")[0]
        found = self._value_sets.get(url)
        if found is None and "/us/core/" in url:
            found = self._us_core["value_sets"].get(url)
        return found

    @cached_property
    def _codes(self) -> dict[str, frozenset[str] | None]:
        return {}

    def codes(self, value_set_url: str) -> frozenset[str] | None:
        """Return the codes of a value set whatever their systems, or None when they cannot be counted out here."""
        if value_set_url not in self._codes:
            found = self.concepts(value_set_url)
            self._codes[value_set_url] = (
                None if found is None else frozenset(code for codes in found.values() for code in codes)
            )
        return self._codes[value_set_url]

    @cached_property
    def us_core(self) -> Mapping[str, Profile]:
        """The profiles and extensions of US Core 6.1, by url."""
        return _Lazy(self._us_core["profiles"], _profile)

    @cached_property
    def us_core_searches(self) -> Mapping[str, SearchRule]:
        """What US Core 6.1 asks of a server for each type, from its CapabilityStatement."""
        return _Lazy(self._us_core["searches"], _search_rule)


@cache
def registry() -> Registry:
    """Return everything that is defined; read once in a process. Units: about 30 ms the first time."""
    return Registry()
