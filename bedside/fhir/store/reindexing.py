"""Working out again what resources are found by: after they came from elsewhere, or after the indexing has changed."""

from __future__ import annotations

from bedside.fhir.asking import Ask, Steps
from bedside.fhir.documents import read_document
from bedside.fhir.indexing.terms import PRINCIPAL_DATE

from .checking import found_by
from .rows import NewVersion
from .writing import index

#: So many at one time: their rows are locked meanwhile.
AT_ONCE = 500

_NEXT = """
SELECT rid, type, id, version, stored_at, author_id, patient_id, at_from, at_to, tokens, body FROM fhir_resource
WHERE rid > %s AND NOT is_deleted AND (%s = '' OR position(%s in body) > 0) ORDER BY rid LIMIT %s FOR UPDATE
"""


def reindex(after: int = 0, *, keep_tokens: bool = False, holding: str = "") -> Steps[int | None]:
    """Index the next few hundred resources after a row number, and return where to go on; None when there are no more.

    What their writers knew stays: the patient, and the time of a type that has no chief date. `keep_tokens` keeps what
    they were found by until now beside what is found in the document; `holding` takes only documents with these
    letters in them.
    Locks: their rows.
    """
    rows = yield Ask(_NEXT, (after, holding, holding, AT_ONCE))
    again = []
    for rid, kind, id, version, stored_at, author_id, patient_id, at_from, at_to, tokens, body in rows:
        found = found_by(read_document(body))
        if patient_id is not None:
            found.patient_ids = [patient_id, *(other for other in found.patient_ids if other != patient_id)]
        if found.at_from is None and kind not in PRINCIPAL_DATE:
            found.at_from, found.at_to = at_from, at_to
        if keep_tokens:
            found.tokens += tokens
        again.append(NewVersion(kind, id, version, stored_at, author_id, "PUT", "", found, rid=rid))
    if again:
        yield from index(again)
    return rows[-1][0] if len(rows) == AT_ONCE else None
