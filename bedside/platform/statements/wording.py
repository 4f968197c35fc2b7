"""What statements are worded like on the wire: `$1, $2 …` for their values."""

from __future__ import annotations

import re
from functools import lru_cache

from psycopg.adapt import PyFormat

#: Where a value goes: `%s` or `%(name)s`, or with `b` or `t` for one that travels as bytes or as text.
_PLACE = re.compile(r"%(?:%|(?:\((\w+)\))?([sbt]))")


@lru_cache(maxsize=1000)
def numbered(sql: str) -> tuple[bytes, tuple[str, ...], tuple[PyFormat, ...]]:
    """Return the words with $1, $2 … for the values, the values' names in that order, and how each travels."""
    order: dict[str, int] = {}
    formats: list[PyFormat] = []

    def number(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%"
        name = place[1] or str(len(order))
        if name not in order:
            order[name] = len(order) + 1
            formats.append(PyFormat(place[2]))
        return f"${order[name]}"

    words = _PLACE.sub(number, sql).encode()
    return words, tuple(order), tuple(formats)
