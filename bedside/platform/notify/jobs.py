"""Send what is owed, a few seconds after it is owed, and keep the outbox short."""

from __future__ import annotations

from datetime import datetime, timedelta

from bedside.platform.access import Actor
from bedside.platform.jobs import periodic

from .commands import deliver_emails, sweep_outbox

#: How long a mail that went out is kept, so that an operator can say whether it did.
KEEP = timedelta(days=30)


@periodic("* * * * * */10", name="notify.deliver_emails", policy="notify.deliver_emails")
def deliver_emails_now(*, actor: Actor, now: datetime) -> int:
    """Send the mails that are owed by now."""
    return deliver_emails(actor=actor, now=now)


@periodic("17 3 * * *", name="notify.sweep_outbox", policy="notify.deliver_emails")
def sweep_outbox_nightly(*, actor: Actor, now: datetime) -> int:
    """Delete mails that were sent long ago."""
    return sweep_outbox(actor=actor, now=now, keep=KEEP)
