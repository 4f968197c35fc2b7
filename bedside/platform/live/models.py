"""What is too large for a NOTIFY waits here for a minute. The table is unlogged: a crash empties it, by design."""

from __future__ import annotations

from django.db import models


class Parcel(models.Model):
    """A payload on its way between processes."""

    id = models.UUIDField(primary_key=True)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "live_parcel"
        indexes = [models.Index(fields=["at"], name="live_parcel_age")]
