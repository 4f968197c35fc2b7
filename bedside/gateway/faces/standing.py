"""What stands in the store under the ids of faces, and which of it was drawn here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from bedside.fhir.documents import Document, read_document
from bedside.fhir.models import Resource
from bedside.gateway.models import FaceDrawn


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands under an id: the document without what the store stamps on it, None once it is deleted."""

    document: Document | None
    version: int


def standing(kind: str, ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Return what stands in the store under some ids."""
    rows = Resource.objects.filter(type=kind, id__in=[str(id) for id in ids])
    found: dict[UUID, Standing] = {}
    for id, body, version, is_deleted in rows.values_list("id", "body", "version", "is_deleted"):
        document = None if is_deleted else read_document(body)
        if document is not None:
            _take_stamps(document)
        found[UUID(id)] = Standing(document, version)
    return found


def _take_stamps(document: Document) -> None:
    """Take away the version and the time that the store stamps on a document; other tags of its meta stay."""
    meta = {name: value for name, value in document.pop("meta", {}).items() if name not in ("versionId", "lastUpdated")}
    if meta:
        document["meta"] = meta


def drawn_versions(kind: str, ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the faces among some ids that were drawn here, with the version each was drawn as."""
    return dict(FaceDrawn.objects.filter(kind=kind, face_id__in=ids).values_list("face_id", "version"))


def note_drawn(kind: str, versions: Mapping[UUID, int], gone: Collection[UUID]) -> None:
    """Keep which faces stand now, and in which version."""
    FaceDrawn.objects.filter(kind=kind, face_id__in=gone).delete()
    FaceDrawn.objects.bulk_create(
        [FaceDrawn(kind=kind, face_id=id, version=version) for id, version in versions.items()],
        update_conflicts=True,
        unique_fields=["kind", "face_id"],
        update_fields=["version"],
    )
