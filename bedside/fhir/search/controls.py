"""Reads what is wanted of the matches: how many, in which order, what along with them, how much of each.

Source: FHIR R4 4.0.1, 3.1.1.5 (managing returned resources).
"""

from __future__ import annotations

from typing import cast, get_args

from .limits import INCLUDES_MOST, PAGE_MOST, SORTS_MOST
from .paths import json_path
from .query import Include, SortKey, Summary, Total
from .refusal import Misread, nearby
from .schema import Schema

#: What the gateway reads itself, or what says what is done here anyway.
ELSEWHERE = {"_format", "_pretty"}
NAMES = {
    "_count", "_sort", "_include", "_revinclude", "_total", "_summary", "_elements", "_type", "_contained",
    "_containedType", "_score", "_filter", "_query", *ELSEWHERE,
}  # fmt: skip


def count(value: str) -> int:
    """Return how many a page may hold. More than the most is the most; 0 asks for the total alone."""
    if not (value.isascii() and value.isdigit()) or len(value) > 9:
        raise Misread("it is a whole number, 0 or more")
    return min(int(value), PAGE_MOST)


def total(value: str) -> Total:
    """Return how the total is to be told."""
    if value not in get_args(Total):
        raise Misread("it is none, estimate or accurate")
    return cast(Total, value)


def summary(value: str) -> Summary:
    """Return how much of each resource is wanted."""
    if not value or value not in get_args(Summary):
        raise Misread("it is true, text, data, count or false")
    return cast(Summary, value)


def elements(value: str) -> tuple[str, ...]:
    """Return the elements wanted of each resource, by name, or as Type.name for those brought along."""
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    if not names or not all(part.isidentifier() for name in names for part in name.split(".")):
        raise Misread("it names elements of the resource, with commas between them")
    return names


def contained(value: str) -> None:
    """Accept that contained resources are not searched for by themselves."""
    if value != "false":
        raise Misread("searching for contained resources by themselves is not supported", code="not-supported")


def kinds(value: str, schema: Schema) -> tuple[str, ...]:
    """Return the types a search of the whole system is for."""
    found = tuple(dict.fromkeys(value.split(",")))
    for kind in found:
        if kind not in schema.search:
            raise Misread(f"there is no type “{kind}”. {nearby(kind, schema.types)}")
    return found


def sorts(value: str, kinds: tuple[str, ...], schema: Schema) -> tuple[SortKey, ...]:
    """Return the keys to sort by."""
    names = value.split(",")
    if len(names) > SORTS_MOST:
        raise Misread(f"at most {SORTS_MOST} keys can be sorted by", code="too-costly")
    if len({name.removeprefix("-") for name in names}) < len(names):
        raise Misread("a key stands in it twice")
    return tuple(_sort(name, kinds, schema) for name in names)


def _sort(name: str, kinds: tuple[str, ...], schema: Schema) -> SortKey:
    is_descending, code = name.startswith("-"), name.removeprefix("-")
    if code in {"_id", "_lastUpdated"}:
        return SortKey(code, is_descending)
    if code.startswith("_") and code not in {"_source"}:
        raise Misread(f"results cannot be sorted by “{code}”", code="not-supported")
    param = schema.param(kinds, code)
    if param.sort in {"composite", "special"}:
        raise Misread(f"“{code}” is a {param.sort} and cannot be sorted by", code="not-supported")
    if param.sort not in {"token", "reference", "uri"}:
        if schema.union(kinds, code):
            raise Misread(f"“{code}” joins two parameters; sort by one of them", code="not-supported")
        if param.chief and len(param.chief) < len(kinds):
            raise Misread(f"“{code}” cannot be sorted by across these types", code="not-supported")
        return SortKey(code, is_descending, param)
    paths = {json_path(schema.find(kind, code).expression) for kind in kinds}
    path = paths.pop()
    if path is None or paths:
        raise Misread(f"results cannot be sorted by “{code}”", code="not-supported")
    return SortKey(code, is_descending, param, path)


def include(name: str, value: str, kinds: tuple[str, ...], schema: Schema) -> Include:
    """Return one `_include` or `_revinclude`."""
    word, _, modifier = name.partition(":")
    if modifier not in {"", "iterate", "recurse"}:
        raise Misread(f"“{word}” takes :iterate, not “:{modifier}”")
    is_reverse, is_iterating = word == "_revinclude", bool(modifier)
    if value == "*":
        source, code, target = ("*" if is_reverse or is_iterating or len(kinds) != 1 else kinds[0]), "*", ""
    else:
        parts = value.split(":")
        if len(parts) not in (2, 3) or not all(parts):
            raise Misread("it is written Type:parameter, Type:parameter:Target, Type:* or *")
        source, code, target = parts[0], parts[1], parts[2] if len(parts) == 3 else ""
    for kind in {source, target} - {"*", ""}:
        if kind not in schema.search:
            raise Misread(f"there is no type “{kind}”. {nearby(kind, schema.types)}")
    if not is_reverse and not is_iterating and source != "*" and source not in kinds:
        raise Misread(f"no match is of type {source}; for what is brought along, write {word}:iterate")
    codes = () if code == "*" else (_refers(source, code, target, schema),)
    return Include(source, codes, (target,) if target else (), is_reverse, is_iterating)


def _refers(source: str, code: str, target: str, schema: Schema) -> str:
    if source == "*":
        raise Misread("a parameter belongs to a type: write Type:parameter")
    definition = schema.find(source, code)
    if definition.kind != "reference":
        known = [name for name, each in schema.search[source].items() if each.kind == "reference"]
        raise Misread(f"“{source}.{code}” is a {definition.kind}, not a reference. {nearby(code, known)}")
    if target and definition.targets and target not in definition.targets:
        raise Misread(f"“{source}.{code}” refers to {', '.join(definition.targets)}, not to {target}")
    return code


def check_includes(found: int) -> None:
    """Refuse more includes than one search may ask for."""
    if found > INCLUDES_MOST:
        raise Misread(f"one search takes at most {INCLUDES_MOST} includes", code="too-costly")
