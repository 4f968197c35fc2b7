"""Audit rows. The database refuses UPDATE and DELETE on them, whoever asks."""

from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """One view or change, by one actor, of one thing (of one patient, where there is one).

    `reason` is the code of what allowed it: self, booked, treating, break_glass … `detail` holds codes
    and counts, never what was read.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(
        max_length=8, choices=[("view", "view"), ("change", "change"), ("refusal", "refusal")]
    )
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
