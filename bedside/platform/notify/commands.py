"""Owe a mail in the caller's transaction; send what is owed."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from bedside.kernel.errors import Invalid
from bedside.platform.access import Actor, authorise

from .backends import Backend, CannotSend, backend
from .letters import write_letter
from .models import OutboxMail
from .terms import ATTEMPTS_MOST, BATCH, LEASE_FOR, wait_before

log = logging.getLogger(__name__)

_ADDRESS = re.compile(r"[^\s\x00-\x1f<>,;:\"@]+@[^\s\x00-\x1f<>,;:\"@]+\.[^\s\x00-\x1f<>,;:\"@]+")


class BadAddress(Invalid):
    """That e-mail address cannot be written to. Please check it."""


def send_email(
    *,
    now: datetime,
    dedupe_key: str,
    to: str,
    template: str,
    language: str,
    context: Mapping[str, Any],
    time_zone: str = "UTC",
) -> bool:
    """Owe a mail, in the caller's transaction. Return False when this key was owed before.

    `template` is a folder and name, `scheduling/mail/booked`: the subject and body lie beside each other as
    `booked.subject.txt` and `booked.txt`. The context is stored as JSON and must not speak of health.
    Raises: BadAddress.
    """
    if len(to) > 254 or not _ADDRESS.fullmatch(to):
        raise BadAddress()
    mail = OutboxMail(
        dedupe_key=dedupe_key,
        to=to,
        template=template,
        language=language,
        time_zone=time_zone,
        context=dict(context),
        created_at=now,
        next_try_at=now,
    )
    # One statement, so that a second owner of the key waits for the first and then does nothing.
    OutboxMail.objects.bulk_create([mail], ignore_conflicts=True)
    return OutboxMail.objects.filter(id=mail.id).exists()


def drop_emails(*, dedupe_keys: Sequence[str], now: datetime) -> int:
    """Take back mails that are not needed any more and were not sent yet."""
    owed = OutboxMail.objects.filter(dedupe_key__in=list(dedupe_keys), sent_at__isnull=True, dropped_at__isnull=True)
    return owed.update(dropped_at=now, lease=F("lease") + 1)


_CLAIM = """
UPDATE outbox_mail SET attempts = attempts + 1, lease = lease + 1, leased_until = %(until)s
WHERE id IN (
    SELECT id FROM outbox_mail
    WHERE sent_at IS NULL AND dropped_at IS NULL AND failed_at IS NULL AND next_try_at <= %(now)s
      AND (leased_until IS NULL OR leased_until <= %(now)s)
    ORDER BY next_try_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


def deliver_emails(*, actor: Actor, now: datetime, through: Backend | None = None) -> int:
    """Send the mails that are owed by now. Return how many went out.

    Each is leased first, so that two senders never hold the same mail; a failure waits longer each time and
    gives up after the last try, which leaves the row for the operator to see.
    """
    authorise(actor, "notify.deliver_emails")
    through = backend() if through is None else through
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "until": now + LEASE_FOR, "most": BATCH})
        ids = [row[0] for row in cursor.fetchall()]
    sent = 0
    for mail in OutboxMail.objects.filter(id__in=ids, dropped_at__isnull=True).order_by("created_at"):
        sent += _deliver(mail, through, now)
    return sent


def _deliver(mail: OutboxMail, through: Backend, now: datetime) -> bool:
    mine = OutboxMail.objects.filter(id=mail.id, lease=mail.lease, sent_at__isnull=True)
    try:
        through.send(write_letter(mail), reference=str(mail.id))
    except CannotSend as error:
        log.warning("mail %s was not sent: %s", mail.id, error)
        is_over = mail.attempts >= ATTEMPTS_MOST
        mine.update(
            leased_until=None,
            next_try_at=now + wait_before(mail.attempts),
            failed_at=now if is_over else None,
            last_error=str(error)[:80],
        )
        return False
    return bool(mine.update(sent_at=now, leased_until=None, last_error=""))


def sweep_outbox(*, actor: Actor, now: datetime, keep: timedelta) -> int:
    """Delete mails that were sent or dropped long ago."""
    authorise(actor, "notify.deliver_emails")
    old = OutboxMail.objects.filter(created_at__lt=now - keep)
    return old.filter(sent_at__isnull=False).delete()[0] + old.filter(dropped_at__isnull=False).delete()[0]
