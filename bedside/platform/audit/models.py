"""Audit rows and their seals. The database refuses UPDATE and DELETE on both, whoever asks."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AuditEvent(models.Model):
    """One view or change, by one actor, of one thing (of one patient, where there is one).

    `reason` is the code of what allowed it: self, booked, treating, break_glass … `detail` holds codes
    and counts, never what was read.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=[("view", "view"), ("change", "change"), ("refusal", "refusal")])
    action = models.CharField(max_length=80)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    actor_roles = models.CharField(max_length=200, blank=True)
    job = models.CharField(max_length=80, blank=True)
    is_stepped_in = models.BooleanField(default=False)
    patient_id = models.UUIDField(null=True)
    resource_type = models.CharField(max_length=60, blank=True)
    resource_id = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_event"
        indexes = [
            models.Index(fields=["patient_id", "-at"], name="audit_by_patient"),
            models.Index(fields=["actor_id", "-at"], name="audit_by_actor"),
        ]


class AuditSeal(models.Model):
    """A batch of committed audit rows, closed for good: their fingerprints, and the seal before it.

    Shape: `leaves` is 32 bytes for each of `event_ids`, in that order; `root` is their RFC 6962 tree hash; `hash`
    covers the number, the time, the root and `prev_hash`, so that changing any row breaks every seal after it.
    """

    number = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    event_ids = ArrayField(models.BigIntegerField())
    last_event_id = models.BigIntegerField()
    leaves = models.BinaryField()
    root = models.CharField(max_length=64)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_seal"
        indexes = [models.Index(fields=["last_event_id"], name="audit_seal_last_event")]
