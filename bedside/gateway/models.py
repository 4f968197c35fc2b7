"""What is to be drawn anew as FHIR, and what stands drawn."""

from __future__ import annotations

from django.db import models


class FaceDue(models.Model):
    """A row of another room changed, so its face must be drawn before anyone reads it. Written by triggers."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    source_id = models.UUIDField()

    class Meta:
        db_table = "fhir_face_due"


class FaceDrawn(models.Model):
    """A face that stands in the resource store, and the version it was drawn as.

    Why: a document may have the type of a face and be another system's. What is in this table was drawn here; what
    stands in another version than this was written over by someone else.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    face_id = models.UUIDField()
    version = models.IntegerField()

    class Meta:
        db_table = "fhir_face"
        constraints = (models.UniqueConstraint(fields=["kind", "face_id"], name="one_row_for_each_face"),)
