"""Turns the simple expressions of search parameters into PostgreSQL's JSON paths, for what no index holds.

Shape: `Observation.value.ofType(CodeableConcept)` becomes `$.valueCodeableConcept`; `Patient.telecom.where(system =
'email')` becomes `$.telecom[*] ? (@.system == "email")`. What is not as simple has no path.
"""

from __future__ import annotations

import re
from functools import lru_cache

_STEP = re.compile(r"\.([a-z]\w*)(?!\()", re.ASCII)
_TYPED = re.compile(r"\.([a-z]\w*)\.(?:ofType|as)\((\w+)\)", re.ASCII)
_AS = re.compile(r"^\(?([\w.]+) as (\w+)\)?", re.ASCII)
_WHERE = re.compile(r"\.where\((\w+)\s*=\s*'([\w-]+)'\)", re.ASCII)
_RESOLVE = re.compile(r"\.where\(resolve\(\) is (\w+)\)", re.ASCII)


@lru_cache(maxsize=2_000)
def json_path(expression: str) -> str | None:
    """Return where a parameter's values stand in the JSON, or None where it takes more to say so."""
    text = expression.strip()
    if " | " in text or not text:
        return None
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    text = _AS.sub(r"\1.ofType(\2)", text)
    head = re.match(r"[A-Z]\w*", text, re.ASCII)
    if not head:
        return None
    at, path = head.end(), "$"
    while at < len(text):
        typed, where, resolve, step = (p.match(text, at) for p in (_TYPED, _WHERE, _RESOLVE, _STEP))
        if typed:
            path += f".{typed[1]}{typed[2][0].upper()}{typed[2][1:]}"
        elif where:
            path += f' ? (@.{where[1]} == "{where[2]}")'
        elif resolve:
            path += f' ? (@.reference starts with "{resolve[1]}/")'
        elif step:
            path += f".{step[1]}[*]"
        else:
            return None
        at = (typed or where or resolve or step).end()  # type: ignore[union-attr]
    return path


@lru_cache(maxsize=2_000)
def json_paths(expression: str) -> tuple[str, ...]:
    """Return the paths of all parts of an expression that have one."""
    return tuple(path for part in expression.split(" | ") if (path := json_path(part.strip())))
