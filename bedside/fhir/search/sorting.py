"""The order of the matches, and where in it a page begins.

Shape: without a key, the order in which resources were first stored, which no write changes: over all pages nothing
comes twice and nothing is lost. With keys, what has no value comes last, and what is equal keeps that order.
"""

from __future__ import annotations

from bedside.fhir.indexing.keys import param_number
from bedside.fhir.indexing.words import canonical_code

from .keys import numbers_of
from .query import Cursor, Param, SortKey
from .statement import Statement

_FIRST_OF = {"string": ("fhir_string", "norm"), "date": ("fhir_date", "from_at"), "number": ("fhir_number", "low")}


def sort_expressions(sorts: tuple[SortKey, ...], alias: str, made: Statement) -> list[str]:
    """Return what each key is worth for a row."""
    return [_worth(key, alias, made) for key in sorts]


def _worth(key: SortKey, alias: str, made: Statement) -> str:
    if key.param is None:
        return {"_id": f"{alias}.id", "_lastUpdated": f"{alias}.stored_at"}[key.code]
    if key.path:
        return _first_word(key.path, alias, made)
    if key.param.chief:
        return f"{alias}.at_from"
    if key.param.sort == "quantity":
        same_units = [param_number(kind, canonical_code(key.param.code)) for kind in key.param.kinds]
        return f"COALESCE({_extreme(key, same_units, alias, made)}, {_extreme(key, _own(key.param), alias, made)})"
    return _extreme(key, _own(key.param), alias, made)


def _own(param: Param) -> list[int]:
    return numbers_of(param)


def _extreme(key: SortKey, params: list[int], alias: str, made: Statement) -> str:
    """Return the first of several values in the direction of the sort."""
    assert key.param is not None
    table, column = _FIRST_OF.get(key.param.sort, _FIRST_OF["number"])
    row, one = made.alias("o"), "max" if key.is_descending else "min"
    asked = f"{row}.rid = {alias}.rid AND {row}.param = ANY({made.put(params, 'int[]')})"
    return f"(SELECT {one}({row}.{column}) FROM {table} {row} WHERE {asked})"


def _first_word(path: str, alias: str, made: Statement) -> str:
    """Return the first code, identifier, uri or reference at a place in the document."""
    first = f"jsonb_path_query_first({alias}.body::jsonb, {made.put(path, 'text')}::jsonpath)"
    return (
        f"(SELECT COALESCE(x #>> '{{coding,0,code}}', x ->> 'code', x ->> 'value', x ->> 'reference', x ->> 'text',"
        f" CASE WHEN jsonb_typeof(x) IN ('object', 'array') THEN NULL ELSE x #>> '{{}}' END)"
        f' COLLATE "C" FROM {first} x)'
    )


def order_by(sorts: tuple[SortKey, ...], alias: str, *, found_first: bool) -> str:
    """Return the order, over columns k0, k1 and so on.

    `found_first` says that few are left by what is looked for, though the database cannot know it beforehand. Why
    something is then added to the number: else it reads a whole type in the order of an index, in the hope that one in
    ten is what is looked for.
    """
    keys = [f"k{at} {_direction(key)}" for at, key in enumerate(sorts)]
    number = f"({alias}.rid + 0)" if found_first else f"{alias}.rid"
    return ", ".join([*keys, f"{number}{' DESC' if falls(sorts) else ''}"])


def _direction(key: SortKey) -> str:
    if key.param is None:  # Every resource has an id and a time it was stored at; the index of times is read backwards.
        return "DESC" if key.is_descending else "ASC"
    return f"{'DESC' if key.is_descending else 'ASC'} NULLS LAST"


def falls(sorts: tuple[SortKey, ...]) -> bool:
    """Say whether what is equal comes latest first: as its first key does."""
    return bool(sorts) and sorts[0].is_descending


def after(cursor: Cursor, sorts: tuple[SortKey, ...], worth: list[str], alias: str, made: Statement) -> str:
    """Return that a row comes after the one a page ended with."""
    equal: list[str] = []
    arms: list[str] = []
    for key, value, column in zip(sorts, cursor.keys, worth, strict=True):
        if value is None:
            equal.append(f"{column} IS NULL")
            continue
        given = made.put(value, _type_of(key))
        beyond = f"{column} {'<' if key.is_descending else '>'} {given}"
        arms.append(" AND ".join([*equal, f"({beyond} OR {column} IS NULL)"]))
        equal.append(f"{column} = {given}")
    rid = made.put(cursor.rid, "bigint")
    arms.append(" AND ".join([*equal, f"{alias}.rid {'<' if falls(sorts) else '>'} {rid}"]))
    return f"({' OR '.join(f'({arm})' for arm in arms)})" if len(arms) > 1 else arms[0]


def _type_of(key: SortKey) -> str:
    if key.code == "_lastUpdated" or (key.param is not None and key.param.sort == "date"):
        return "timestamptz"
    if key.param is not None and key.param.sort in {"number", "quantity"}:
        return "float8"
    return "text"
