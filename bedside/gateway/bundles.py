"""Bundles made by joining bytes: a stored document goes out as it lies, without being read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

import orjson

from bedside.fhir.search import Row
from bedside.kernel.time import UTC

Mode = Literal["match", "include", "outcome"]


def instant(at: datetime) -> str:
    """Return an instant as FHIR writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def entry(full_url: str, body: str, mode: Mode | None = None) -> bytes:
    """Return an entry of a Bundle around a document's text."""
    search = b',"search":{"mode":"' + mode.encode() + b'"}' if mode else b""
    return b'{"fullUrl":' + orjson.dumps(full_url) + b',"resource":' + body.encode() + search + b"}"


def entries_of(base: str, rows: Iterable[Row], mode: Mode) -> list[bytes]:
    """Return rows of the store as entries of a Bundle. Types and ids need no escaping: FHIR gives them letters."""
    begins = '{"fullUrl":' + orjson.dumps(f"{base}/").decode()[:-1]
    ends = f',"search":{{"mode":"{mode}"}}}}'
    return [f'{begins}{row.kind}/{row.id}","resource":{row.body}{ends}'.encode() for row in rows]


def history_entry(full_url: str, body: str, *, request: dict[str, str], response: dict[str, str]) -> bytes:
    """Return an entry of a history: the version, unless it is a removal, and how it came to be."""
    resource = b',"resource":' + body.encode() if body else b""
    about = b',"request":' + orjson.dumps(request) + b',"response":' + orjson.dumps(response)
    return b'{"fullUrl":' + orjson.dumps(full_url) + resource + about + b"}"


def bundle(
    kind: str,
    entries: Iterable[bytes],
    *,
    now: datetime,
    links: Sequence[tuple[str, str]] = (),
    total: int | None = None,
) -> bytes:
    """Return a Bundle of these entries. Shape: `links` are (relation, address)."""
    head: dict[str, Any] = {
        "resourceType": "Bundle",
        "id": os.urandom(16).hex(),
        "meta": {"lastUpdated": instant(now)},
        "type": kind,
    }
    if total is not None:
        head["total"] = total
    if links:
        head["link"] = [{"relation": relation, "url": url} for relation, url in links]
    inside = b",".join(entries)
    end = b',"entry":[' + inside + b"]}" if inside else b"}"
    return orjson.dumps(head)[:-1] + end
