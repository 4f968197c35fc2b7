"""Turns SearchParameters into one row for each type they serve, and CompartmentDefinitions into lists of codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .sources import Resource

VERSION = "4.0.1"
#: What every resource has is kept once.
COMMON = ("Resource", "DomainResource")


def union_of(expression: str) -> list[str]:
    """Return the parts of an expression that stand between bars, without the bars inside brackets or quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, sign in enumerate(expression):
        if sign == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif sign == "|" and depth == 0:
            parts.append(expression[start:at].strip())
            start = at + 1
    return [*parts, expression[start:].strip()]


def narrowed(expression: str, base: str) -> str:
    """Return what an expression says of one type: its parts that begin there, or all of them said of that type."""
    parts = union_of(expression)
    own = [part for part in parts if re.match(rf"\(*{base}\b", part)]
    if not own and not any(re.match(r"\(*[A-Z]\w*\b", part) for part in parts):
        own = [f"{base}.{part}" for part in parts]
    return " | ".join(own)


def search_parameters(
    official: Iterable[Resource], guide: Iterable[Resource]
) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """Return ({"Resource": rows, "DomainResource": rows}, {type: rows}), the guide's where R4 has none of that code.

    Shape: a row is [code, kind, expression, targets, [[code of the part, expression]], url].
    """
    params = [p for p in official if p["resourceType"] == "SearchParameter" and p["version"] == VERSION]
    params += [p for p in guide if p["resourceType"] == "SearchParameter" and not p["code"].startswith("_")]
    codes = {p["url"]: p["code"] for p in params}
    found: dict[str, dict[str, list[Any]]] = {base: {} for base in COMMON}
    for param in params:
        parts = [[codes[part["definition"]], part["expression"]] for part in param.get("component", [])]
        for base in sorted(param["base"]):
            said = narrowed(param["expression"], base) if "expression" in param else ""
            row = [param["code"], param["type"], said, param.get("target", []), parts, param["url"]]
            found.setdefault(base, {}).setdefault(param["code"], row)
    rows = {base: sorted(params.values()) for base, params in sorted(found.items())}
    return {base: rows.pop(base) for base in COMMON}, rows


def _codes(row: Mapping[str, Any]) -> list[str]:
    """Return the codes of a row; "{def}" is not one, it says that a compartment's own resource stands in it."""
    return [code for code in row.get("param", []) if code != "{def}"]


def compartments(profiles: Iterable[Resource]) -> dict[str, dict[str, list[str]]]:
    """Return {compartment: {type: codes of the parameters by which it stands in it}}."""
    return {
        definition["code"]: {row["code"]: codes for row in definition["resource"] if (codes := _codes(row))}
        for definition in profiles
        if definition["resourceType"] == "CompartmentDefinition"
    }
