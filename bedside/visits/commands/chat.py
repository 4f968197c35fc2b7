"""The chat of a visit: stored first, ordered without holes, recognised when sent again."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from bedside.kernel.errors import Invalid
from bedside.platform.access import Actor
from bedside.platform.events import announce
from bedside.platform.files.commands import store_file
from bedside.platform.files.models import StoredFile
from bedside.visits.events import ChatRead, ChatWritten
from bedside.visits.models import ChatMessage, ChatReceipt
from bedside.visits.terms import CHAT_FILES, CHAT_MOST, LIVE_STATES

from .steps import VisitIsOver, ask, lock_visit, write_down


class ChatEmpty(Invalid):
    """Write something, or add a file, before you send."""


class ChatTooLong(Invalid):
    """This message is longer than 4,000 characters. Send it in two parts; nothing you wrote is lost."""


class AttachmentBad(Invalid):
    """We cannot find that file. Add it again, then send your message."""


@transaction.atomic
def send_chat_message(
    *,
    actor: Actor,
    now: datetime,
    visit_id: UUID,
    client_id: UUID,
    body: str,
    attachment_id: UUID | None = None,
) -> ChatMessage:
    """Store one line of the chat. The same `client_id` again returns the line that is there already.

    Raises: ChatEmpty, ChatTooLong, AttachmentBad, VisitIsOver.
    Locks: the visit, so that lines are numbered in the order they are stored.
    """
    visit = lock_visit(visit_id)
    _, decision = ask(actor, "visits.send_chat_message", visit, now)
    already = ChatMessage.objects.filter(visit=visit, sender_id=actor.person_id, client_id=client_id).first()
    if already:
        return already
    if visit.state not in LIVE_STATES:
        raise VisitIsOver()
    body = body.replace("\x00", "").strip()
    if len(body) > CHAT_MOST:
        raise ChatTooLong()
    if attachment_id is not None and not _is_mine(actor, visit_id, attachment_id):
        raise AttachmentBad()
    if not body and attachment_id is None:
        raise ChatEmpty()
    visit.chat_seq += 1
    visit.save(update_fields=["chat_seq"])
    message = ChatMessage.objects.create(
        visit=visit,
        seq=visit.chat_seq,
        sender_id=actor.person_key,
        client_id=client_id,
        body=body,
        attachment_id=attachment_id,
        sent_at=now,
    )
    write_down(actor, "visits.send_chat_message", visit, now, decision, seq=message.seq)
    announce(ChatWritten(visit.id, visit.practitioner_id, message.seq))
    return message


def _is_mine(actor: Actor, visit_id: UUID, file_id: UUID) -> bool:
    return StoredFile.objects.filter(
        id=file_id, owner_id=actor.person_id, source_type=CHAT_FILES, source_id=visit_id
    ).exists()


@transaction.atomic
def mark_read(*, actor: Actor, now: datetime, visit_id: UUID, up_to_seq: int) -> ChatReceipt:
    """Note how far the actor has read. It never goes back, nor past the last line."""
    visit = lock_visit(visit_id)
    ask(actor, "visits.mark_read", visit, now)
    up_to = max(0, min(up_to_seq, visit.chat_seq))
    receipt, is_new = ChatReceipt.objects.get_or_create(
        visit=visit, person_id=actor.person_key, defaults={"read_up_to_seq": up_to, "read_at": now}
    )
    if is_new or receipt.read_up_to_seq < up_to:
        receipt.read_up_to_seq, receipt.read_at = up_to, now
        receipt.save(update_fields=["read_up_to_seq", "read_at"])
        announce(ChatRead(visit.id, visit.practitioner_id, receipt.person_id))
    return receipt


@transaction.atomic
def attach_file(*, actor: Actor, now: datetime, visit_id: UUID, stream: BinaryIO, name: str) -> StoredFile:
    """Keep a file that will go with a line of the chat.

    Raises: VisitIsOver; what `store_file` refuses.
    """
    visit = lock_visit(visit_id)
    _, decision = ask(actor, "visits.attach_file", visit, now)
    if visit.state not in LIVE_STATES:
        raise VisitIsOver()
    stored = store_file(
        actor=actor, now=now, stream=stream, name=name, patient_id=visit.patient_id, source=(CHAT_FILES, visit.id)
    )
    write_down(actor, "visits.attach_file", visit, now, decision, file=str(stored.id))
    return stored
