"""What someone can reach, said as a condition of SQL, so that it is part of every statement about resources.

Why: a search can ask of resources it never shows: the target of a chain, the source of a `_has`, a count, a list. One
condition, at every alias, makes sure that what cannot be seen cannot be asked about either.

    where = reach.condition("r", "Observation")
    Ask(f"SELECT body FROM fhir_resource r WHERE r.type = %(kind)s AND {where.sql}", {"kind": kind, **where.values})
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Fragment:
    """A condition and its values.

    Shape: `sql` may stand after AND as it is; its values are `%(name)s`, and the names begin with the alias, so that
    the conditions of several aliases can stand in one statement.
    """

    sql: str
    values: Mapping[str, Any] = field(default_factory=dict)


class Reach(Protocol):
    """What someone can reach."""

    def condition(self, alias: str, kind: str | None, patients: str = "") -> Fragment:
        """Return what must be true of a row of `fhir_resource` (or of one joined to it) for them to reach it.

        Shape: `alias` is its name in the statement; the condition may use its columns `type`, `id`, `patient_id` and
        `more_patients`. `kind` is the one type the row can be of, or None where it may be any. `patients` stands for
        a `uuid[]` of patients another condition keeps to: whoever needs to can ask of each of them once, instead of
        once for every row. It changes nothing of what is reached.
        """


class _Everything:
    """All of it."""

    def condition(self, alias: str, kind: str | None, patients: str = "") -> Fragment:
        return Fragment("TRUE")


#: For the house's own jobs, which act for nobody, and for tests. Never for a request.
EVERYTHING: Reach = _Everything()
