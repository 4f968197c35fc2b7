"""Where a page ends, as text for the link to the next.

Why: it holds what the last resource is sorted by, which may be a name. It is for whoever shows it outside to seal, so
that it can neither be read nor changed; a page never shows more than its reach, whatever stands here.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime

import orjson

from bedside.fhir.faults import Fault

from .query import Cursor, SortKey
from .refusal import SearchRefused

Key = str | float | datetime | None


def write_cursor(cursor: Cursor) -> str:
    """Return a cursor as text of letters, digits, “-” and “_”."""
    keys = [{"at": key.isoformat()} if isinstance(key, datetime) else key for key in cursor.keys]
    return urlsafe_b64encode(orjson.dumps([cursor.rid, keys])).decode().rstrip("=")


def read_cursor(text: str, sorts: Sequence[SortKey]) -> Cursor:
    """Return the cursor in a text. Raises: SearchRefused when it is not one of a search sorted like this."""
    try:
        rid, keys = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        found = tuple(_key(key, sort) for key, sort in zip(keys, sorts, strict=True))
        if not isinstance(rid, int) or abs(rid) >= 2**63:
            raise ValueError(rid)
        return Cursor(found, rid)
    except (ValueError, TypeError, KeyError) as error:
        words = "The link to the next page is not one of this search. Search again from the first page."
        raise SearchRefused([Fault("", "invalid", words)]) from error


def _key(key: object, sort: SortKey) -> Key:
    if key is None:
        return None
    if sort.code == "_lastUpdated" or (sort.param is not None and sort.param.sort == "date"):
        at = datetime.fromisoformat(key["at"])  # type: ignore[index]
        if at.tzinfo is None:
            raise ValueError(at)
        return at
    is_number = sort.param is not None and sort.param.sort in {"number", "quantity"}
    if not isinstance(key, int | float if is_number else str):
        raise ValueError(key)
    return float(key) if is_number else str(key)
