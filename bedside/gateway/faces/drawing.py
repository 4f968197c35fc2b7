"""Draw what changed. Whoever reads faces draws what is due first, so that a face is never older than its source."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from bedside.fhir.asking import Steps, answer
from bedside.fhir.commands import Entry, delete_resource, store_resource, store_resources
from bedside.fhir.documents import Document, read_document
from bedside.fhir.models import Resource
from bedside.fhir.reach import EVERYTHING
from bedside.fhir.store.actions import Change, Writer, update
from bedside.platform.access import Actor, authorise

from .sources import SOURCES, Face

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
        for kind, draw in SOURCES.items():
            if kind in due:
                _store(kind, list(draw(due[kind])), actor=actor, now=now)
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
    """Store faces that are new, those that look different, and take away those that are no more."""
    stored = _stored(kind, [face.id for face in faces])
    store_resources(
        actor=actor,
        now=now,
        entries=[Entry(face.document, face.patient_id) for face in faces if face.document and face.id not in stored],
    )
    for face in faces:
        stands = stored.get(face.id)
        if stands is not None and face.over is not None:
            _store_over(kind, face.id, stands, face.over(stands), now)
        elif face.id not in stored or face.document == stands:
            continue
        elif face.document is None:
            delete_resource(actor=actor, now=now, type=kind, id=face.id)
        else:
            store_resource(actor=actor, now=now, resource=face.document, patient_id=face.patient_id)


def _store_over(kind: str, id: UUID, stands: Document, drawn: Document, now: datetime) -> None:
    """Store what was drawn over a document that may have come from elsewhere, by the rules it came in by."""
    if drawn != stands:
        answer(update(Writer(None, now, EVERYTHING, _allowed), drawn, kind=kind, id=str(id)))


def _allowed(changes: Sequence[Change]) -> Steps[None]:
    """Permit everything: the house draws its own faces, and `authorise` has been asked."""
    yield from ()


def _stored(kind: str, ids: Collection[UUID]) -> dict[UUID, Document | None]:
    """Return the documents that stand in the store as they were drawn, without what the store adds. None: deleted."""
    rows = Resource.objects.filter(type=kind, id__in=[str(id) for id in ids])
    found: dict[UUID, Document | None] = {}
    for id, body, is_deleted in rows.values_list("id", "body", "is_deleted"):
        document = None if is_deleted else read_document(body)
        if document is not None:
            _take_stamps(document)
        found[UUID(id)] = document
    return found


def _take_stamps(document: Document) -> None:
    """Take away the version and the time that the store stamps on a document; other tags of its meta stay."""
    meta = {name: value for name, value in document.pop("meta", {}).items() if name not in ("versionId", "lastUpdated")}
    if meta:
        document["meta"] = meta
