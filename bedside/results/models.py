"""Which results wait for whom, who saw them, how they went from hand to hand, and those that nobody would have seen."""

from __future__ import annotations

from django.db import models

from bedside.accounts.models import Person
from bedside.directory.models import Organization
from bedside.kernel.ids import new_id

from .terms import MOVES, NEXT_STEPS, ORPHANS, STATES, URGENCIES

_STEPS = [(code, words.en) for code, words in NEXT_STEPS.items()]  # not words


class InboxItem(models.Model):
    """A result and who must see it. Without an owner it lies in the pool of its clinic, or of every administrator.

    Shape: `report_kind` and `report_id` name the resource; `marks` are its values outside the range, for the list:
    `[{"en", "es", "shown", "unit", "flag"}]`. `version` is the one that waits or was seen.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report_kind = models.CharField(max_length=24)
    report_id = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    patient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    title_en = models.CharField(max_length=200)
    title_es = models.CharField(max_length=200)
    marks = models.JSONField(default=list)
    urgency = models.CharField(max_length=8, choices=URGENCIES)
    status = models.CharField(max_length=24)
    state = models.CharField(max_length=12, choices=STATES)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="results_to_see")
    clinic = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    level = models.PositiveSmallIntegerField(default=0)
    filed_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        db_table = "result_inbox"
        constraints = [
            models.UniqueConstraint(fields=["report_kind", "report_id"], name="result_once_in_the_inbox"),
        ]
        indexes = [
            models.Index(fields=["owner", "due_at"], condition=models.Q(state="open"), name="result_open_by_owner"),
            models.Index(fields=["due_at"], condition=models.Q(state="open"), name="result_open_by_due"),
            models.Index(fields=["patient"], name="result_by_patient"),
        ]


class Acknowledgement(models.Model):
    """Someone saw a version of a result: who, when, what they tell the patient and what comes next."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(InboxItem, on_delete=models.PROTECT, related_name="acknowledgements")
    version = models.PositiveIntegerField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    next_step = models.CharField(max_length=8, choices=_STEPS, blank=True)

    class Meta:
        db_table = "result_acknowledgement"
        constraints = [models.UniqueConstraint(fields=["item", "version"], name="result_seen_once_a_version")]


class HandOver(models.Model):
    """A result went from one to another. Nobody stands for the clinic's pool."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(InboxItem, on_delete=models.PROTECT, related_name="hand_overs")
    from_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to_person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    why = models.CharField(max_length=8, choices=MOVES)

    class Meta:
        db_table = "result_hand_over"


class OrphanAlert(models.Model):
    """The nightly check found a result that nobody would have seen. An administrator settles it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report_kind = models.CharField(max_length=24)
    report_id = models.CharField(max_length=64)
    item = models.ForeignKey(InboxItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    why = models.CharField(max_length=16, choices=ORPHANS)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "result_orphan"
        constraints = [
            models.UniqueConstraint(
                fields=["report_kind", "report_id", "why"],
                condition=models.Q(settled_at__isnull=True),
                name="result_orphan_once",
            )
        ]
