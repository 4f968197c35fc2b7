"""What R4 itself defines: its code systems, value sets and maps, read from the data file when first asked for.

Shape: each line stays packed text until its url is asked for; unpacking all 5.6 MB takes 40 ms, once.
"""

from __future__ import annotations

import zlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import orjson

from .held import HeldSystem

DATA = Path(__file__).resolve().parent / "data" / "r4.lines.z"

Document = dict[str, Any]


@cache
def _lines() -> dict[tuple[str, str], list[tuple[str, bytes]]]:
    """Return by type and url the versions there are, and each one's JSON."""
    found: dict[tuple[str, str], list[tuple[str, bytes]]] = {}
    for line in zlib.decompress(DATA.read_bytes()).split(b"\n"):
        kind, url, version, text = line.split(b"\t", 3)
        found.setdefault((kind.decode(), url.decode()), []).append((version.decode(), text))
    return found


def urls(kind: str) -> list[str]:
    """Return the urls of a type: CodeSystem, ValueSet or ConceptMap."""
    return [url for one, url in _lines() if one == kind]


@lru_cache(maxsize=500)
def find_document(kind: str, url: str, version: str = "") -> Document | None:
    """Return a definition of R4 by its url, in the last version there is unless one is named."""
    for held, text in reversed(_lines().get((kind, url), ())):
        if version in ("", held):
            document: Document = orjson.loads(text)
            return document
    return None


@lru_cache(maxsize=300)
def find_held(url: str, version: str = "") -> HeldSystem | None:
    """Return a code system of R4 with its concepts, or None when R4 has none of that name or none of its concepts."""
    document = find_document("CodeSystem", url, version)
    if document is None or document["content"] in ("not-present", "supplement"):
        return None
    return HeldSystem(document)


@cache
def all_codes() -> dict[str, list[str]]:
    """Return by the url of a value set the code systems that name it as the set of all their codes."""
    found: dict[str, list[str]] = {}
    for url in urls("CodeSystem"):
        document = find_document("CodeSystem", url)
        if document is not None and "valueSet" in document:
            found.setdefault(document["valueSet"], []).append(url)
    return found
