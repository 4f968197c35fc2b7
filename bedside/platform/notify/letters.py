"""Turn an owed mail into a letter: words from the template, headers that say a machine wrote it."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from bedside.kernel.time import zone

from .models import OutboxMail


def write_letter(mail: OutboxMail) -> EmailMessage:
    """Return the letter of an owed mail, in its language and time zone.

    Why: a header is one line. Whatever a value holds, line ends become spaces, so nothing can add a header.
    """
    context = {"public_url": settings.PUBLIC_URL, **revive(mail.context)}
    with translation.override(mail.language), timezone.override(zone(mail.time_zone)):
        subject = one_line(render_to_string(f"{mail.template}.subject.txt", context))
        body = render_to_string(f"{mail.template}.txt", context).strip() + "\n"
    letter = EmailMessage(policy=SMTP)
    letter["From"] = one_line(settings.MAIL_FROM)
    letter["To"] = one_line(mail.to)
    letter["Subject"] = subject
    letter["Date"] = format_datetime(mail.created_at)
    letter["Message-ID"] = f"<{mail.id}@{urlsplit(settings.PUBLIC_URL).hostname or 'bedside'}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    letter.set_content(body)
    letter["Content-Language"] = mail.language
    return letter


def one_line(text: str) -> str:
    """Return the text on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def revive(context: dict[str, Any]) -> dict[str, Any]:
    """Return the stored context with its instants as datetimes again: every key that ends in `_at`."""
    return {
        key: datetime.fromisoformat(value) if key.endswith("_at") and isinstance(value, str) else value
        for key, value in context.items()
    }
