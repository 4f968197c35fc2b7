"""Who may see what and why: care relationships, and consents with the text that was agreed to."""

from __future__ import annotations

from django.db import models

from bedside.accounts.models import Person
from bedside.kernel.ids import new_id

from .terms import CONSENT_KINDS, RELATION_REASONS


class CareRelationship(models.Model):
    """A person may see a patient's chart, for a reason, from a start to an end.

    It outlives the visit it began with: a doctor who treated someone can still read what they wrote.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="care_relationships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="patients_in_care")
    reason = models.CharField(max_length=16, choices=RELATION_REASONS)
    #: What began it (an appointment, a visit …): type and id, without a foreign key upstairs.
    source_type = models.CharField(max_length=32, blank=True)
    source_id = models.UUIDField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    created_by = models.UUIDField(null=True, blank=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        db_table = "care_relationship"
        indexes = [
            models.Index(fields=["person", "patient"], name="care_by_person"),
            models.Index(fields=["patient"], name="care_by_patient"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="care_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["person", "patient", "reason", "source_id"],
                name="care_once_per_source",
                nulls_distinct=False,
            ),
        ]


class ConsentGiven(models.Model):
    """A patient agreed to a text: which version, in which language, when, through whom."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents_given")
    kind = models.CharField(max_length=24, choices=CONSENT_KINDS)
    text_version = models.CharField(max_length=24)
    text_language = models.CharField(max_length=8)
    text_sha256 = models.CharField(max_length=64)
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    source_type = models.CharField(max_length=32, blank=True)
    source_id = models.UUIDField(null=True, blank=True)

    class Meta:
        db_table = "consent_given"
        indexes = [models.Index(fields=["patient", "kind"], name="consent_by_patient")]
