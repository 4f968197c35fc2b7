"""The chat of a visit, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from bedside.kernel.errors import NotFound
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_view
from bedside.platform.files.models import StoredFile
from bedside.visits.models import ChatMessage, Participant, Visit
from bedside.visits.policy import VisitFacts
from bedside.visits.terms import CHAT_PAGE


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One line, with who said it and what came with it."""

    seq: int
    client_id: UUID
    sender_id: UUID
    participant_id: UUID | None
    name: str
    role: str
    body: str
    attachment: dict[str, Any] | None
    sent_at: datetime

    def as_json(self) -> dict[str, Any]:
        """Return LINE of docs/reference/signalling.md."""
        return {
            "seq": self.seq,
            "client_id": str(self.client_id),
            "pid": str(self.participant_id) if self.participant_id else "",
            "name": self.name,
            "role": self.role,
            "body": self.body,
            "attachment": self.attachment,
            "sent_at": self.sent_at.isoformat(),
        }


def chat_since(*, actor: Actor, visit_id: UUID, seq: int, now: datetime, most: int = CHAT_PAGE) -> list[ChatLine]:
    """Return the lines after `seq`, oldest first. Its people may read the chat after the visit too.

    Raises: NotFound.
    """
    visit = Visit.objects.select_related("practitioner").filter(id=visit_id).first()
    if visit is None:
        raise NotFound()
    mine = Participant.objects.filter(visit_id=visit_id, person_id=actor.person_key).first()
    facts = VisitFacts(
        patient_id=visit.patient_id,
        practitioner_id=visit.practitioner_id,
        organization_id=visit.practitioner.organization_id,
        state=visit.state,
        role=mine.role if mine else "",
        place=mine.state if mine else "",
    )
    decision = authorise(actor, "visits.see_chat", facts, Context(now))
    lines = lines_after(visit_id, seq, most)
    record_view(
        actor=actor,
        action="visits.see_chat",
        now=now,
        patient_id=visit.patient_id,
        resource=("Visit", visit_id),
        reason=decision.reason,
        detail={"lines": len(lines)},
    )
    return lines


def lines_after(visit_id: UUID, seq: int, most: int = CHAT_PAGE) -> list[ChatLine]:
    """Return the lines after `seq`, for the room's own relay, which has let its people in already."""
    found = list(
        ChatMessage.objects.select_related("sender")
        .filter(visit_id=visit_id, seq__gt=max(0, min(seq, 2**31 - 1)))
        .order_by("seq")[:most]
    )
    people = {
        person_id: (pid, role)
        for pid, person_id, role in Participant.objects.filter(visit_id=visit_id).values_list("id", "person_id", "role")
    }
    attached = [m.attachment_id for m in found if m.attachment_id]
    files: dict[UUID | None, StoredFile] = {f.id: f for f in StoredFile.objects.filter(id__in=attached)}
    return [_line(message, people.get(message.sender_id), files.get(message.attachment_id)) for message in found]


def _line(message: ChatMessage, place: tuple[UUID, str] | None, file: StoredFile | None) -> ChatLine:
    pid, role = place or (None, "")
    return ChatLine(
        seq=message.seq,
        client_id=message.client_id,
        sender_id=message.sender_id,
        participant_id=pid,
        name=message.sender.full_name,
        role=role,
        body=message.body,
        attachment=attachment_json(file) if file else None,
        sent_at=message.sent_at,
    )


def attachment_json(file: StoredFile) -> dict[str, Any]:
    """Return what a page needs to show a file that came with a line."""
    return {
        "id": str(file.id),
        "name": file.name,
        "type": file.media_type,
        "bytes": file.bytes,
        "url": reverse("files:file", args=[file.id]),
    }
