"""The text a document is stored as and served as."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from bedside.fhir.documents import write_document
from bedside.fhir.faults import DocumentRefused, Fault
from bedside.kernel.time import UTC

_STAMPED = frozenset({"versionId", "lastUpdated"})


@lru_cache(maxsize=256)
def instant_text(at: datetime) -> str:
    """Return an instant as FHIR writes it, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def body_of(document: Mapping[str, Any], *, id: str, version: int, stored_at: datetime) -> str:
    """Return the text of a document: its own id, version and time at the head, all else as it came.

    Raises: DocumentRefused when it cannot be written as UTF-8.
    """
    meta = {"versionId": str(version), "lastUpdated": instant_text(stored_at)}
    given = document.get("meta")
    if isinstance(given, Mapping):
        meta |= {name: value for name, value in given.items() if name not in _STAMPED}
    stamped = {"resourceType": document["resourceType"], "id": id, "meta": meta, **document}
    stamped["id"], stamped["meta"] = id, meta
    try:
        return write_document(stamped)
    except orjson.JSONEncodeError as error:
        words = "A text in the document is not Unicode: half of a surrogate pair stands alone."
        raise DocumentRefused([Fault(str(document["resourceType"]), "structure", words)]) from error
