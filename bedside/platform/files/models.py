"""What is known of a stored file. The bytes lie on disk, named by their SHA-256."""

from __future__ import annotations

from django.db import models

from bedside.kernel.ids import new_id


class StoredFile(models.Model):
    """One file as one person added it. Two of these may share the same bytes.

    `source_type`/`source_id` name the thing it was added to (a visit …), without a foreign key upstairs: the
    room that owns the thing says who may open the file.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveIntegerField()
    media_type = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    #: What language its text is in (BCP 47), "" where nobody knows.
    language = models.CharField(max_length=12, blank=True, default="")
    owner_id = models.UUIDField(null=True, blank=True)
    patient_id = models.UUIDField(null=True, blank=True)
    source_type = models.CharField(max_length=32, blank=True)
    source_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "stored_file"
        indexes = [
            models.Index(fields=["sha256"], name="stored_file_by_content"),
            models.Index(fields=["source_type", "source_id"], name="stored_file_by_source"),
        ]
