"""Reads the corpus of bad input: its files, and the bytes their recipes make. See corpus/README.md."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.cast import Cast

FOLDER = Path(__file__).with_name("corpus")
Case = dict[str, Any]


def cases(*, on_the_wire: bool) -> dict[str, Case]:
    """Return the cases by name: those for the app alone, or those that need a server."""
    found = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
    return {name: case for name, case in found.items() if ("wire" in case) is on_the_wire}


def bytes_of(recipe: Any, cast: Cast, token: str = "") -> bytes:
    """Return what a recipe makes, with the ids of people in their places."""
    if isinstance(recipe, list):
        return b"".join(bytes_of(part, cast, token) for part in recipe)
    if isinstance(recipe, str):
        return _filled(recipe, cast, token).encode("utf-8", "surrogatepass")
    match recipe:
        case {"repeat": part, "times": times}:
            return bytes_of(part, cast, token) * int(times)
        case {"hex": digits}:
            return bytes.fromhex(digits)
        case {"json": value}:
            return _filled(json.dumps(value), cast, token).encode()
        case {"numbers": count, "between": between}:
            return between.encode().join(str(number).encode() for number in range(count))
    raise ValueError(f"no such recipe: {recipe}")


def _filled(text: str, cast: Cast, token: str) -> str:
    def named(match: re.Match[str]) -> str:
        return token if match[1] == "token" else str(cast.id(match[1]))

    return re.sub(r"\{(token|ada|ben|chen|diaz|eve|gita)\}", named, text)
