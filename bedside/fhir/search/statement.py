"""One statement in the making: its values apart from its words, its aliases, and what is reached at each of them."""

from __future__ import annotations

from typing import Any

from bedside.fhir.indexing.keys import patient_uuid
from bedside.fhir.reach import Reach


class Statement:
    """Gathers the values of a statement, and says what every alias of a resource must be."""

    def __init__(self, reach: Reach) -> None:
        """Begin a statement for what someone reaches."""
        self.reach = reach
        self.values: dict[str, Any] = {}
        self._aliases = 0
        self._patients: dict[tuple[str, ...], str] = {}

    def put(self, value: Any, sort: str) -> str:
        """Keep a value, and return what stands for it in the words. Shape: `sort` is its type in PostgreSQL."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"%({name})s::{sort}"

    def patients(self, ids: tuple[str, ...]) -> str:
        """Keep the ids of patients, once, and return the array of them in the words.

        Why one by one: then the database knows how many there are before it knows who they are.
        """
        if ids not in self._patients:
            named = ", ".join(self.put(patient_uuid(id), "uuid") for id in ids)
            self._patients[ids] = f"ARRAY[{named}]"
        return self._patients[ids]

    def alias(self, letter: str) -> str:
        """Return a name for a table that no other has in this statement."""
        self._aliases += 1
        return f"{letter}{self._aliases}"

    def rows(self, alias: str, kinds: tuple[str, ...], patients: tuple[str, ...] = ()) -> str:
        """Return the condition every row of `fhir_resource` must meet, at every alias: its type, living, reached.

        `patients` are ids the statement keeps to by another condition.
        """
        kind = kinds[0] if len(kinds) == 1 else None
        reached = self.reach.condition(alias, kind, self.patients(patients) if patients else "")
        self.values.update(reached.values)
        if kind is not None:
            of_type = f"{alias}.type = {self.put(kind, 'text')} AND "
        else:
            of_type = f"{alias}.type = ANY({self.put(list(kinds), 'text[]')}) AND " if kinds else ""
        return f"{of_type}NOT {alias}.is_deleted AND ({reached.sql})"
