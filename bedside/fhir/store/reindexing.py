"""Working out again what resources are found by: after they came from elsewhere, or after the indexing has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bedside.fhir.asking import Ask, Steps
from bedside.fhir.documents import Document, read_document
from bedside.fhir.indexing.entries import Entries
from bedside.fhir.indexing.keys import param_key, reference_key
from bedside.fhir.indexing.terms import PRINCIPAL_DATE

from .checking import found_by
from .rows import NewVersion, Present
from .targets import LINKING, stand_with_targets
from .writing import index

#: So many at one time: their rows are locked meanwhile.
AT_ONCE = 500
#: And of no more text than this, but for one alone that is longer. Units: bytes.
TEXT_AT_ONCE = 16 * 1024 * 1024

_COLUMNS = """
r.rid, r.type, r.id, r.version, r.stored_at, r.author_id, r.patient_id, r.at_from, r.at_to, r.tokens, r.body
"""
_NEXT = f"""
SELECT {_COLUMNS}, few.number FROM fhir_resource r JOIN (
    SELECT rid, sum(octet_length(body)) OVER (ORDER BY rid) AS text, row_number() OVER (ORDER BY rid) AS place,
        count(*) OVER () AS number
    FROM (
        SELECT rid, body FROM fhir_resource
        WHERE rid > %(after)s AND NOT is_deleted AND (%(kind)s = '' OR type = %(kind)s)
            AND (%(holding)s = '' OR position(%(holding)s in body) > 0)
        ORDER BY rid LIMIT %(most)s
    ) next
) few USING (rid)
WHERE few.text <= %(text)s OR few.place = 1 ORDER BY r.rid FOR UPDATE OF r
"""  # noqa: S608  (put together from the constant above)
_POINTING = f"""
SELECT {_COLUMNS} FROM fhir_resource r
WHERE r.type = ANY(%(kinds)s::text[]) AND NOT r.is_deleted AND r.tokens && %(tokens)s::bigint[]
ORDER BY r.rid FOR UPDATE OF r
"""  # noqa: S608  (put together from the constant above)


def reindex(after: int = 0, *, keep_tokens: bool = False, holding: str = "", kind: str = "") -> Steps[int | None]:
    """Index the next few hundred resources after a row number, and return where to go on; None when there are no more.

    What their writers knew stays: the patient, and the time of a type that has no chief date. `keep_tokens` keeps what
    they were found by until now beside what is found in the document; `holding` takes only documents with these
    letters in them, `kind` only those of a type.
    Locks: their rows.
    """
    values = {"after": after, "kind": kind, "holding": holding, "most": AT_ONCE, "text": TEXT_AT_ONCE}
    rows = yield Ask(_NEXT, values)
    if not rows:
        return None
    yield from _index([row[:-1] for row in rows], keep_tokens=keep_tokens)
    was_all = len(rows) == rows[0][-1] < AT_ONCE
    return None if was_all else int(rows[-1][0])


def reindex_pointing(changed: Iterable[tuple[NewVersion, Present | None]]) -> Steps[None]:
    """Index again what only points at others, where one of those now stands in other charts than it did.

    Shape: `changed` are rows that have been written, and what stood there before. Locks: the rows that point.
    """
    moved = [
        (row.kind, row.id)
        for row, before in changed
        if before is not None and set(before.patient_ids) != set(row.entries.patient_ids)
    ]
    if not moved:
        return
    for kind, code in LINKING.items():
        tokens = [reference_key(*name) ^ param_key(kind, code) for name in moved]
        rows = yield Ask(_POINTING, {"kinds": [kind], "tokens": tokens})
        yield from _index([(*row[:6], None, *row[7:]) for row in rows], keep_tokens=True)


def _index(rows: Sequence[tuple[Any, ...]], *, keep_tokens: bool) -> Steps[None]:
    again: list[NewVersion] = []
    read: list[tuple[Document, Entries]] = []
    for rid, kind, id, version, stored_at, author_id, patient_id, at_from, at_to, tokens, body in rows:
        document = read_document(body)
        found = found_by(document)
        if patient_id is not None:
            found.patient_ids = [patient_id, *(other for other in found.patient_ids if other != patient_id)]
        if found.at_from is None and kind not in PRINCIPAL_DATE:
            found.at_from, found.at_to = at_from, at_to
        if keep_tokens:
            found.tokens += tokens
        read.append((document, found))
        again.append(NewVersion(kind, id, version, stored_at, author_id, "PUT", "", found, rid=rid))
    yield from stand_with_targets(read, {(row.kind, row.id): row.entries for row in again})
    if again:
        yield from index(again)
