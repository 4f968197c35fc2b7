"""Send the reminders that are due, each once, and none for a visit that is off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from bedside.platform.access import Actor, authorise
from bedside.platform.notify.commands import BadAddress, send_email
from bedside.scheduling.models import Appointment, Reminder

BATCH = 200

#: Which message still makes sense for an appointment in which status.
_FITS = {
    "booked": {"booked", "arrived"},
    "moved": {"booked", "arrived"},
    "day_before": {"booked"},
    "soon": {"booked"},
    "cancelled": {"cancelled"},
}


@transaction.atomic
def send_due_reminders(*, actor: Actor, now: datetime) -> int:
    """Owe a mail for every reminder that is due. Return how many.

    The reminder and the mail are written in one transaction, and the mail is keyed by the reminder: however
    often this runs, on however many machines, and whatever the clocks do, each is sent once.
    """
    authorise(actor, "scheduling.send_reminders")
    due = (
        Reminder.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(due_at__lte=now, sent_at__isnull=True, dropped_at__isnull=True)
        .select_related("appointment__patient__user", "appointment__organization")
        .order_by("due_at")[:BATCH]
    )
    sent = 0
    for reminder in due:
        is_sent = _is_wanted(reminder, now) and _owe(reminder, now)
        sent += is_sent
        reminder.sent_at, reminder.dropped_at = (now, None) if is_sent else (None, now)
        reminder.save(update_fields=["sent_at", "dropped_at"])
    return sent


def _is_wanted(reminder: Reminder, now: datetime) -> bool:
    row = reminder.appointment
    if row.version != reminder.appointment_version or row.status not in _FITS[reminder.kind]:
        return False
    return reminder.kind == "cancelled" or row.starts_at > now


def _owe(reminder: Reminder, now: datetime) -> bool:
    row = reminder.appointment
    user = getattr(row.patient, "user", None)
    if user is None or not user.is_active:
        return False
    try:
        return send_email(
            now=now,
            dedupe_key=f"reminder:{reminder.id}",
            to=user.email,
            template=f"scheduling/mail/{reminder.kind}",
            language=row.patient.language,
            time_zone=row.patient.time_zone,
            context=mail_context(row),
        )
    except BadAddress:
        return False


def mail_context(row: Appointment) -> dict[str, Any]:
    """Return all that a mail about an appointment may know: when, and where to read the rest after signing in.

    Why: not the doctor, the specialty, the mode or the reason; each of them can speak of health.
    Source: requirement PP-10.
    """
    return {"starts_at": row.starts_at.isoformat(), "path": f"/appointments/{row.id}/"}
