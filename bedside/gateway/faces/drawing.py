"""Draw what changed. Whoever reads faces draws what is due first, so that a face is never older than its source."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from bedside.fhir.asking import Steps, answer
from bedside.fhir.commands import Entry, delete_resource, store_resource, store_resources
from bedside.fhir.documents import Document
from bedside.fhir.reach import EVERYTHING
from bedside.fhir.store.actions import Change, Writer, update
from bedside.platform.access import Actor, authorise

from .sources import SOURCES, Face, faces_of
from .standing import drawn_versions, note_drawn, standing

log = logging.getLogger(__name__)

#: Faces drawn in one transaction. Why: a few hundred take about a second, which a reader can wait for.
BATCH = 500

#: One drawer at a time: a second one waits, and then finds nothing due. Source: ours, "face" in ASCII.
_LOCK = 0x66616365

_TAKE = """
WITH taken AS (
    DELETE FROM fhir_face_due WHERE id IN (SELECT id FROM fhir_face_due ORDER BY id LIMIT %s) RETURNING kind, source_id
)
SELECT kind, array_agg(DISTINCT source_id) FROM taken GROUP BY kind
"""


def draw_due_faces(*, actor: Actor, now: datetime, most: int = BATCH) -> int:
    """Draw up to `most` of the faces that are due, oldest change first. Return how many notes were there to take.

    Locks: one drawer at a time, until its transaction ends.
    """
    authorise(actor, "gateway.draw_faces")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_TAKE, [most])
        due = dict(cursor.fetchall())
        for kind in SOURCES:
            if kind in due:
                _store(kind, faces_of(kind, due[kind]), actor=actor, now=now)
        cursor.execute("SELECT count(*) FROM (SELECT 1 FROM fhir_face_due LIMIT %s) AS left_over", [most])
        left: int = cursor.fetchone()[0]
    return left


def faces_are_due(kinds: Collection[str]) -> bool:
    """Say whether a face of any of these types waits to be drawn. One question, answered from a short table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM fhir_face_due WHERE kind = ANY(%s))", [list(kinds)])
        found: bool = cursor.fetchone()[0]
    return found


def _store(kind: str, faces: list[Face], *, actor: Actor, now: datetime) -> None:
    """Store faces that are new, those that look different, and take away those that are no more.

    What another system stored is drawn over where its type can be, and otherwise left as it is.
    """
    ids = [face.id for face in faces]
    stored, ours = standing(kind, ids), drawn_versions(kind, ids)
    new = [face for face in faces if face.document is not None and face.id not in stored]
    entries = [Entry(face.document, face.patient_id) for face in new if face.document is not None]
    versions = {one.id: one.version for one in store_resources(actor=actor, now=now, entries=entries)}
    gone: list[UUID] = []
    for face in faces:
        there = stored.get(face.id)
        drawn = face.document
        if there is not None and there.document is not None and face.over is not None:
            drawn = face.over(there.document)
        if there is None or there.document == drawn:
            continue
        is_as_drawn = ours.get(face.id) == there.version
        if drawn is None:
            if is_as_drawn:
                delete_resource(actor=actor, now=now, type=kind, id=face.id, expected_version=there.version)
            gone.append(face.id)
        elif there.document is not None and face.over is not None:
            version = _store_over(kind, face.id, drawn, now)
            if is_as_drawn:
                versions[face.id] = version
        elif there.document is not None and face.id not in ours:
            log.warning("another system stored a document under the id of a face", extra={"code": kind})
        else:
            done = store_resource(actor=actor, now=now, resource=drawn, patient_id=face.patient_id)
            versions[face.id] = done.version
    note_drawn(kind, versions, gone)


def _store_over(kind: str, id: UUID, drawn: Document, now: datetime) -> int:
    """Store what was drawn over a document that may have come from elsewhere, by the rules it came in by."""
    return answer(update(Writer(None, now, EVERYTHING, _allowed), drawn, kind=kind, id=str(id))).version


def _allowed(changes: Sequence[Change]) -> Steps[None]:
    """Permit everything: the house draws its own faces, and `authorise` has been asked."""
    yield from ()
