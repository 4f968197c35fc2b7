"""Who may see what and why: care relationships, and consents with the text that was agreed to."""

from __future__ import annotations

from django.db import models

from bedside.accounts.models import Person
from bedside.kernel.ids import new_id

from .terms import CONSENT_KINDS, RELATION_REASONS, RESULT_SCOPES, RESULT_WAYS


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


class ResultChoice(models.Model):
    """A patient's own wish when results of some kind open for them. One is in force for each thing it covers.

    Shape: `code` is empty for all, a kind of test, or a LOINC code; `label` is the test's name as the patient saw it.
    The database itself refuses a choice that anyone but the patient made.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="result_choices")
    scope = models.CharField(max_length=8, choices=RESULT_SCOPES)
    code = models.CharField(max_length=64, blank=True)
    label = models.CharField(max_length=200, blank=True)
    way = models.CharField(max_length=8, choices=RESULT_WAYS)
    chosen_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "result_choice"
        constraints = [
            models.CheckConstraint(condition=models.Q(chosen_by=models.F("patient")), name="result_choice_is_own"),
            models.UniqueConstraint(
                fields=["patient", "scope", "code"],
                condition=models.Q(ended_at__isnull=True),
                name="result_choice_once",
            ),
        ]


class ResultOpening(models.Model):
    """A patient opened one of their results: which version, when. Another version is new again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="result_openings")
    report_id = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "result_opening"
        constraints = [
            models.UniqueConstraint(fields=["patient", "report_id", "version"], name="result_opened_once"),
        ]
