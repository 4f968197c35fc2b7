"""Mails that are owed: written with the act that owes them, sent afterwards, each once."""

from __future__ import annotations

from django.db import models

from bedside.kernel.ids import new_id


class OutboxMail(models.Model):
    """One mail to one address. `dedupe_key` makes it one of a kind; `lease` fences a sender that stalled.

    `context` holds what the template needs: instants, links and the like. Never anything about health.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dedupe_key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=8, default="email")
    to = models.EmailField()
    template = models.CharField(max_length=100)
    language = models.CharField(max_length=8)
    time_zone = models.CharField(max_length=64, default="UTC")
    context = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "outbox_mail"
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="outbox_mail_owed",
                condition=models.Q(sent_at__isnull=True, dropped_at__isnull=True, failed_at__isnull=True),
            )
        ]
