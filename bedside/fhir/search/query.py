"""What was asked, as a tree: nothing here knows SQL, and nothing in it has touched the database.

Shape: a `Query` is one page of a search. Its clauses all hold; a clause about another resource holds clauses about it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

Prefix = Literal["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]
Sort = Literal["token", "reference", "string", "date", "number", "quantity", "uri", "composite", "special"]


@dataclass(frozen=True, slots=True)
class Param:
    """A search parameter as it is asked of some types.

    Shape: `kinds` are the types it is asked of, one in a search of one type. `chief` are those of them whose chief
    date it is, which stands in the row itself.
    """

    kinds: tuple[str, ...]
    code: str
    sort: Sort
    targets: tuple[str, ...] = ()
    chief: frozenset[str] = frozenset()


# --- Values ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Words:
    """A token or a uri. Shape: one of the forms of `indexing.words.token_words`, or the uri."""

    words: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference: to a resource here, of any of these types, or by a url of elsewhere."""

    kinds: tuple[str, ...] = ()
    id: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Letters to look for, as they were sent."""

    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A date, as the half-open range of instants it can mean."""

    prefix: Prefix
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class Amount:
    """A number or quantity.

    Shape: `low` and `high` are the half-open range its digits can mean; `system` None and `code` None ask for any unit.
    """

    prefix: Prefix
    value: Decimal
    low: Decimal
    high: Decimal
    system: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A value of a composite: one value for each of its parts."""

    parts: tuple[Value, ...]


Value: TypeAlias = Words | Ref | Text | Span | Amount | Pair


# --- Clauses ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Match:
    """One of the values is found in the parameter.

    Shape: `modifier` is "" or exact, contains, not, text, of-type, identifier, above, below.
    """

    param: Param
    values: tuple[Value, ...]
    modifier: str = ""
    parts: tuple[Param, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class CodesOf:
    """A code of a value set, or above or below one, is found in the parameter (or, `is_not`, none is)."""

    param: Param
    relation: Literal["in", "above", "below"]
    values: tuple[str, ...]
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """The parameter finds nothing at all in the resource, or does."""

    param: Param
    is_missing: bool


@dataclass(frozen=True, slots=True)
class IdIs:
    """The resource has one of these ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """The resource was last stored at one of these times."""

    values: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """A resource this one refers to is as said. Shape: `branches` are (type of the other, what is said of it)."""

    param: Param
    branches: tuple[tuple[str, Clause], ...]


@dataclass(frozen=True, slots=True)
class Has:
    """A resource of a type refers to this one by a parameter, and is as said."""

    param: Param
    clause: Clause


@dataclass(frozen=True, slots=True)
class OfPatients:
    """The resource stands in the compartment of one of these patients. Shape: their ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reads:
    """The words stand in the document, or in its narrative. Found by reading the documents the other clauses leave."""

    place: Literal["text", "content"]
    text: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these hold."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these holds."""

    clauses: tuple[Clause, ...]


Clause: TypeAlias = (
    Match | CodesOf | Missing | IdIs | Stored | Chain | Has | OfPatients | Reads | AllOf | AnyOf
)  # fmt: skip


# --- What is wanted of the matches -----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SortKey:
    """One key to sort by. Shape: `param` None is what `column` says; `path` is where a token stands in the JSON."""

    code: str
    is_descending: bool = False
    param: Param | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Include:
    """What to bring along: what the matches refer to, or (`is_reverse`) what refers to them.

    Shape: `source` is the type that holds the reference; `codes` its parameters; `targets` the types it may lead to,
    empty for any; `is_iterating` asks it of what was brought along as well.
    """

    source: str
    codes: tuple[str, ...]
    targets: tuple[str, ...] = ()
    is_reverse: bool = False
    is_iterating: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the last page ended: its last row's keys to sort by, and its number."""

    keys: tuple[Any, ...]
    rid: int


Total = Literal["none", "estimate", "accurate"]
Summary = Literal["", "true", "text", "data", "count", "false"]


@dataclass(frozen=True, slots=True)
class Query:
    """One page of a search.

    Shape: `kind` None searches the types in `kinds`, or all where that is empty; `warnings` say what was left out
    of a search that may be read leniently; `applied` are the pairs that were understood, for the self link.
    """

    kind: str | None
    kinds: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    sorts: tuple[SortKey, ...] = ()
    includes: tuple[Include, ...] = ()
    count: int = 50
    total: Total = "none"
    summary: Summary = ""
    elements: tuple[str, ...] = ()
    after: Cursor | None = None
    applied: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = field(default=())
