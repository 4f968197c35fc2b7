"""Documents: the letter after a visit, and what was sent in its chat. Their bytes are read as Binary/[the same id]."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bedside.accounts.models import Person
from bedside.directory.models import Practitioner
from bedside.fhir.documents import Document
from bedside.platform.files.models import StoredFile
from bedside.platform.files.store import sha1_of_stored
from bedside.visits.models import ChatMessage, Visit
from bedside.visits.terms import CHAT_FILES, LETTER_FILES

from .shapes import coded, identifier, instant, reference, without_empty

FILE_IDENTIFIER = "urn:bedside:file"
#: Our own categories, for what is no clinical note.
CATEGORIES = "urn:bedside:document-category"

#: Source: LOINC 34133-9; US Core 6.1, DocumentReference.category.
_SUMMARY = coded("http://loinc.org", "34133-9", "Summary of episode note", text="Letter after a visit")
_CLINICAL_NOTE = coded(
    "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category", "clinical-note", "Clinical Note"
)
_SENT_IN_CHAT = coded(CATEGORIES, "sent-in-visit", "Sent in a visit")
#: What somebody sent says of itself only what it is made of. Source: US Core 6.1, DocumentReference.type: UNK.
_UNKNOWN = {"system": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "code": "UNK", "display": "unknown"}
_SENT = {"image": "Picture", "application": "Document", "text": "Text"}


@dataclass(frozen=True, slots=True)
class DrawnDocument:
    """A file as DocumentReference; None for one that was added to a chat and not sent."""

    id: UUID
    patient_id: UUID
    document: Document | None


def draw_documents(ids: Collection[UUID]) -> Iterator[DrawnDocument]:
    """Draw the files among these that belong to a visit, in a fixed number of questions; read each one's bytes once."""
    files = StoredFile.objects.filter(
        pk__in=ids, source_type__in=[CHAT_FILES, LETTER_FILES], source_id__isnull=False, patient_id__isnull=False
    )
    rows = [(row, row.source_id, row.patient_id) for row in files]
    of_visits = {visit_id for _, visit_id, _ in rows if visit_id}
    visits = Visit.objects.select_related("practitioner__person", "appointment").in_bulk(list(of_visits))
    sent: dict[UUID | None, datetime] = dict(
        ChatMessage.objects.filter(visit_id__in=of_visits, attachment_id__in=[row.pk for row, _, _ in rows])
        .order_by("-seq")
        .values_list("attachment_id", "sent_at")
    )
    authors = _authors({row.owner_id for row, _, _ in rows if row.owner_id})
    for row, visit_id, patient_id in rows:
        visit = visits.get(visit_id) if visit_id else None
        if visit is None or patient_id is None:
            continue
        document: Document | None = None
        if row.source_type == LETTER_FILES:
            document = _draw_letter(row, visit)
        elif row.pk in sent:
            document = _draw_sent(row, visit, sent[row.pk], authors)
        yield DrawnDocument(row.pk, patient_id, document)


def _authors(ids: Collection[UUID]) -> dict[UUID, Document]:
    """Return who added files, as authors. Whoever neither practises here nor is the patient is named by name only."""
    practising = set(Practitioner.objects.filter(pk__in=ids).values_list("pk", flat=True))
    people = Person.objects.filter(pk__in=ids)
    return {
        one.pk: reference("Practitioner", one.pk, one.full_name) if one.pk in practising else {"display": one.full_name}
        for one in people
    }


def _draw_letter(row: StoredFile, visit: Visit) -> Document:
    doctor = reference("Practitioner", visit.practitioner_id, visit.practitioner.display_name)
    more = {
        "docStatus": "final",
        "type": _SUMMARY,
        "category": [_CLINICAL_NOTE],
        "date": instant(row.created_at),
        "author": [doctor],
        "description": "Letter after a visit",
    }
    return _draw(row, visit, more)


def _draw_sent(row: StoredFile, visit: Visit, at: datetime, authors: Mapping[UUID, Document]) -> Document:
    words = f"{_SENT.get(row.media_type.partition('/')[0], 'File')} sent in the chat of a visit"
    author = reference("Patient", row.patient_id)
    if row.owner_id != row.patient_id:
        author = authors.get(row.owner_id, {}) if row.owner_id else {}
    more = {
        "type": {"coding": [_UNKNOWN], "text": words},
        "category": [_SENT_IN_CHAT],
        "date": instant(at),
        "author": [author] if author else [],
        "description": words,
    }
    return _draw(row, visit, more)


def _draw(row: StoredFile, visit: Visit, more: Document) -> Document:
    period = {"start": visit.started_at, "end": visit.ended_at}
    attachment = {
        "contentType": row.media_type,
        "language": row.language,
        "url": f"Binary/{row.pk}",
        "size": row.bytes,
        "hash": sha1_of_stored(row.sha256),
        "title": row.name,
        "creation": instant(row.created_at),
    }
    context = {
        "encounter": [reference("Encounter", visit.pk)],
        "period": {name: instant(at) for name, at in period.items() if at},
    }
    return without_empty(
        {
            "resourceType": "DocumentReference",
            "id": str(row.pk),
            "identifier": [identifier(FILE_IDENTIFIER, row.pk)],
            "status": "current",
            "subject": reference("Patient", row.patient_id),
            "custodian": reference("Organization", visit.appointment.organization_id),
            "content": [{"attachment": without_empty(attachment)}],
            "context": without_empty(context),
            **more,
        }
    )
