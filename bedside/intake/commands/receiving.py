"""Take a laboratory's message in: first it is kept as it came, then it is filed, and only then is it acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bedside.intake.hl7v2.acks import Verdict
from bedside.intake.hl7v2.files import digest_of
from bedside.intake.hl7v2.reading import Message, read_message
from bedside.intake.hl7v2.refusals import MessageRefused
from bedside.intake.hl7v2.results import results_of
from bedside.intake.hl7v2.values import instant
from bedside.intake.models import LabMessage
from bedside.intake.terms import FILED_AT_ONCE, LEFT_BEHIND, WORDS_MOST
from bedside.intake.zone import clinic_zone
from bedside.platform.access import Actor, authorise

from .filing import file_or_hold

#: Errors that the same message would meet again, whoever asks: AR. Others are AE. Source: HL7 v2.5.1, 2.9.2.2.
_REJECTED = frozenset({"200", "201", "202", "203"})


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message. Shape: `message` is None when it could not be read; `held` results wait."""

    verdict: Verdict
    message: Message | None
    control_id: str
    error: str = ""
    words: str = ""
    is_duplicate: bool = False
    held: int = 0


def receive_message(*, actor: Actor, now: datetime, raw: bytes, door: str) -> Receipt:
    """Keep a message and file what it brings. The same one again changes nothing and is answered as before.

    Why two transactions: whatever happens while filing, the message itself is on disk and can be filed again.
    Locks: the message's row; each result's parts.
    """
    authorise(actor, "intake.file_result")
    sha256 = digest_of(raw)
    try:
        message = read_message(raw)
        if not message.control_id:
            raise MessageRefused("it has no control id (MSH-10)", error="101")
    except MessageRefused as refused:
        kept = LabMessage(
            facility="", control_id=refused.control_id[:200], sha256=sha256, raw=raw, door=door, received_at=now,
            state="refused", words=refused.words[:WORDS_MOST],
        )  # fmt: skip
        is_new = _keep(kept)
        verdict: Verdict = "R" if refused.is_rejected else "E"
        return Receipt(verdict, None, refused.control_id, refused.error, refused.words, not is_new)
    facility = " ".join(message.facility.split())[:200] or "unknown"
    kept = LabMessage(
        facility=facility, control_id=message.control_id[:200], sha256=sha256, raw=raw, door=door, received_at=now,
        sent_at=instant(message.head.text(7), clinic_zone()),
    )  # fmt: skip
    is_new = _keep(kept)
    return _file(message, facility, sha256, now, is_new)


def file_kept(*, actor: Actor, now: datetime) -> int:
    """File the messages that were kept and then not filed, because the house ended in between. Return how many.

    Why: a laboratory that got no answer sends again, but nobody may depend on that.
    """
    authorise(actor, "intake.file_result")
    waiting = LabMessage.objects.filter(state="received", received_at__lt=now - LEFT_BEHIND)
    rows = list(waiting.order_by("received_at")[:FILED_AT_ONCE])
    for kept in rows:
        _file(read_message(bytes(kept.raw)), kept.facility, kept.sha256, now, True)
    return len(rows)


def _keep(message: LabMessage) -> bool:
    """Keep a message durably. Return False when the very same one was kept before."""
    with transaction.atomic():
        before = LabMessage.objects.filter(
            facility=message.facility, control_id=message.control_id, sha256=message.sha256
        )
        if before.exists():
            return False
        LabMessage.objects.bulk_create([message], ignore_conflicts=True)
        return True


@transaction.atomic
def _file(message: Message, facility: str, sha256: str, now: datetime, is_new: bool) -> Receipt:
    """File a message that is kept, unless that was done before. Locks: its row."""
    kept = LabMessage.objects.select_for_update().get(
        facility=facility, control_id=message.control_id[:200], sha256=sha256
    )
    if kept.state != "received":
        held = kept.held.filter(settled_at__isnull=True).count()
        verdict: Verdict = "A" if kept.state != "refused" else "E"
        return Receipt(verdict, message, message.control_id, "207", kept.words, True, held)
    try:
        results = results_of(message, zone_name=clinic_zone(), received_at=kept.received_at)
    except MessageRefused as refused:
        kept.state, kept.words = "refused", refused.words[:WORDS_MOST]
        kept.save(update_fields=["state", "words"])
        verdict = "R" if refused.error in _REJECTED else "E"
        return Receipt(verdict, message, message.control_id, refused.error, refused.words, not is_new)
    held = sum(not file_or_hold(kept, one, now) for one in results)
    kept.state = "held" if held else "filed"
    kept.save(update_fields=["state"])
    return Receipt("A", message, message.control_id, held=held, is_duplicate=False)
