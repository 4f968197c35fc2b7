"""What the chart keeps beside the FHIR store: notes still being written, and the seal on those that are signed."""

from __future__ import annotations

from django.db import models

from bedside.accounts.models import Person
from bedside.kernel.ids import new_id


class NoteDraft(models.Model):
    """A note being written by one author for one visit. `revision` grows with every save, so that two tabs never
    overwrite each other. `visit_id` is an opaque source id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    patient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    visit_id = models.UUIDField()
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="note_drafts")
    template = models.CharField(max_length=32)
    sections = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "note_draft"
        constraints = [models.UniqueConstraint(fields=["visit_id", "author"], name="note_draft_once")]


class NoteSignature(models.Model):
    """The seal on a signed note: the hash of exactly the bytes that were stored. The database never changes one."""

    note_id = models.UUIDField(primary_key=True)
    patient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    visit_id = models.UUIDField(null=True)
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    draft_revision = models.PositiveIntegerField(null=True)
    is_addendum = models.BooleanField(default=False)

    class Meta:
        db_table = "note_signature"
        constraints = [
            models.UniqueConstraint(
                fields=["visit_id", "signed_by"],
                condition=models.Q(is_addendum=False),
                name="note_signed_once",
            )
        ]
