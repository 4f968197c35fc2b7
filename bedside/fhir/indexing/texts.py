"""What strings are found by: each part of a name or an address, and a string as it stands.

Source: FHIR R4 4.0.1, 3.1.1.4.8 (string).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_PARTS = {
    "HumanName": ("text", "family", "given", "prefix", "suffix"),
    "Address": ("text", "line", "city", "district", "state", "postalCode", "country"),
}


def texts_of(value: Any, kind: str | None) -> Iterator[str]:
    """Yield the texts of a value, each once."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        seen: set[str] = set()
        for name in _PARTS.get(kind or "", ()):
            part = value.get(name)
            for text in part if isinstance(part, list) else (part,):
                if isinstance(text, str) and text not in seen:
                    seen.add(text)
                    yield text
