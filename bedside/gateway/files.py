"""Files that are kept here: whose they are is said by their DocumentReference, which is drawn; nobody writes either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bedside.fhir.asking import Ask, Steps
from bedside.fhir.reach import Reach
from bedside.fhir.search import Query
from bedside.fhir.store.actions import Change
from bedside.fhir.store.refusals import ResourceMissing

from .refusals import Refused

KIND = "Binary"
#: The types in which a file is seen, each under the id of the file.
SEEN_AS = frozenset({KIND, "DocumentReference"})

_OWN = "A file that was sent or written here is kept as it is. This API reads it; it does not change it."


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that may be read by the one who asks."""

    id: str
    sha256: str
    media_type: str
    name: str
    created_at: datetime
    patient_ids: tuple[UUID, ...]


def find_kept(id: str, reach: Reach) -> Steps[KeptFile | None]:
    """Return the file of the house that has this id, None when no file has it.

    Why the house first: what somebody stored under the id of a file must never be taken for it.
    Raises: ResourceMissing when it is not theirs to see, was taken back, or is of nobody's chart.
    """
    if not _is_own(id):
        return None
    mine = reach.condition("r", KIND)
    sql = f"""
        SELECT f.sha256, f.media_type, f.name, f.created_at, r.patient_id, ({mine.sql}) IS TRUE
        FROM stored_file f LEFT JOIN (
            fhir_resource r JOIN fhir_face d ON d.kind = 'DocumentReference' AND d.face_id = %(file_id)s
        ) ON r.type = 'DocumentReference' AND r.id = %(file)s AND NOT r.is_deleted
        WHERE f.id = %(file_id)s
    """  # noqa: S608  (conditions carry their values beside them)
    rows = yield Ask(sql, {**mine.values, "file": id, "file_id": UUID(id)})
    if not rows:
        return None
    sha256, media_type, name, created_at, patient_id, is_open = rows[0]
    if patient_id is None or not is_open:
        raise ResourceMissing()
    return KeptFile(id, sha256, media_type, name, created_at, (patient_id,))


def files_left_out(query: Query) -> tuple[str, ...]:
    """Return what to say of files that a search for Binary leaves out: they are not in the store."""
    if KIND not in (query.kind, *query.kinds):
        return ()
    return (
        "The files of letters and chats are found as DocumentReference, and read as Binary/[id]; not by this search.",
    )


def leave_files(changes: Sequence[Change]) -> Steps[None]:
    """Refuse to change what stands under the id of a file that is kept here. Raises: Refused.

    Why: what others store under such an id would be drawn over, or never be seen.
    """
    named = {one.id: one.kind for one in changes if one.kind in SEEN_AS and one.method != "POST" and _is_own(one.id)}
    if not named:
        return
    ids = sorted(UUID(id) for id in named)
    rows = yield Ask("SELECT f.id FROM stored_file f WHERE f.id = ANY(%s)", (ids,), prepare=True)
    for (id,) in rows:
        raise Refused(403, "business-rule", _OWN, path=named[str(id)])


def _is_own(id: str) -> bool:
    """Say whether an id is written as the house writes its own."""
    try:
        return str(UUID(id)) == id
    except ValueError:
        return False
