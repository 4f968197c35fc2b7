"""Which search parameters there are, as the parser asks for them: what is defined, and what the indexes make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol, cast

from bedside.fhir.indexing.words import UNIONS

from .query import Param, Sort
from .refusal import Misread, nearby


class Definition(Protocol):
    """A search parameter as it is defined. `definitions.SearchParameter` is one."""

    @property
    def code(self) -> str:
        """Its name in a search."""

    @property
    def kind(self) -> str:
        """What sort of values it has: token, date and so on."""

    @property
    def expression(self) -> str:
        """Where its values stand, "" where nowhere."""

    @property
    def targets(self) -> tuple[str, ...]:
        """The types it may refer to."""

    @property
    def components(self) -> tuple[tuple[str, str], ...]:
        """The parts of a composite, by code."""


#: Parameters of the standard that hold no values: they are read by name, or not at all.
BY_NAME = {"_id", "_lastUpdated", "_text", "_content", "_query", "near"}


@dataclass(frozen=True, eq=False)
class Schema:
    """The types, their parameters, which of these is a type's chief date, and what puts a type into a chart."""

    types: tuple[str, ...]
    search: Mapping[str, Mapping[str, Definition]]
    chief_dates: Mapping[str, str]
    of_patient: Mapping[str, tuple[str, ...]]
    #: What was worked out before, for one type each.
    known: dict[tuple[str, str], Param] = field(default_factory=dict, compare=False)
    standing: dict[tuple[str, str], bool] = field(default_factory=dict, compare=False)

    def find(self, kind: str, code: str) -> Definition:
        """Return a parameter of a type. Raises: Misread, with those that are like it."""
        found = self.search[kind].get(code)
        if found is None:
            raise Misread(f"{kind} has no search parameter “{code}”. {nearby(code, self.search[kind])}")
        if code in {"_query", "near"}:
            raise Misread(f"the parameter “{code}” is not supported", code="not-supported")
        return found

    def param(self, kinds: tuple[str, ...], code: str) -> Param:
        """Return a parameter as it is asked of some types, which must all have it, of one sort. Raises: Misread."""
        if len(kinds) != 1:
            return self._param(kinds, code)
        known = self.known.get((kinds[0], code))
        if known is None:
            known = self.known[kinds[0], code] = self._param(kinds, code)
        return known

    def _param(self, kinds: tuple[str, ...], code: str) -> Param:
        found = [self.find(kind, code) for kind in kinds]
        sorts = {definition.kind for definition in found}
        if len(sorts) > 1:
            raise Misread(f"“{code}” is not the same in all these types; search one type at a time")
        targets = {target for definition in found for target in definition.targets}
        if any(not definition.targets for definition in found):
            targets = set()
        return Param(
            kinds=kinds,
            code=code,
            sort=cast(Sort, found[0].kind),
            targets=tuple(sorted(targets)),
            chief=frozenset(kind for kind in kinds if self.chief_dates.get(kind) == code),
        )

    def union(self, kinds: tuple[str, ...], code: str) -> tuple[str, ...]:
        """Return the parameters that this one only joins, or nothing."""
        return UNIONS.get(kinds[0], {}).get(code, ()) if len(kinds) == 1 else ()

    def is_of_patient(self, param: Param) -> bool:
        """Say whether whatever has a patient in this parameter stands in that patient's compartment."""
        return all(self._stands(kind, param) for kind in param.kinds)

    def _stands(self, kind: str, param: Param) -> bool:
        known = self.standing.get((kind, param.code))
        if known is None:
            known = self.standing[kind, param.code] = _stands(self, kind, param)
        return known


def _stands(schema: Schema, kind: str, param: Param) -> bool:
    codes = schema.of_patient.get(kind, ())
    if param.code in codes:
        return True
    # "patient" is "subject" narrowed to patients; the compartments name only one of the two.
    own = schema.search[kind][param.code].expression.split(".where(resolve()")[0]
    return any(own == schema.search[kind][code].expression.split(".where(resolve()")[0] for code in codes)


@cache
def whole_schema() -> Schema:
    """Return all of R4 and the parameters US Core adds."""
    from bedside.fhir.definitions import registry
    from bedside.fhir.indexing.terms import PRINCIPAL_DATE

    found = registry()
    return Schema(found.resource_types, found.search, PRINCIPAL_DATE, found.compartments["Patient"])
