"""What is to be drawn anew as FHIR."""

from __future__ import annotations

from django.db import models


class FaceDue(models.Model):
    """A row of another room changed, so its face must be drawn before anyone reads it. Written by triggers."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    source_id = models.UUIDField()

    class Meta:
        db_table = "fhir_face_due"
