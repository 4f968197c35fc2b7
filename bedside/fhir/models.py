"""The resource store's tables, for rooms that read rows through Django. They are made and written in SQL.

Shape: see `migrations/0003_tables_to_search.py`; docs/decisions/0027 says why they are cut this way.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Resource(models.Model):
    """The current version of a resource, and what it is found by.

    Shape: `body` is the resource as JSON text, byte for byte as stored; `key` and `tokens` are hashes, see
    `indexing.keys`; `at_from` and `at_to` bound the type's chief date; `patient_id` is the patient whose compartment it
    stands in, `more_patients` the others, if there are any. Source: FHIR R4 4.0.1.
    """

    rid = models.BigAutoField(primary_key=True)
    key = models.BigIntegerField()
    stored_at = models.DateTimeField()
    at_from = models.DateTimeField(null=True)
    at_to = models.DateTimeField(null=True)
    patient_id = models.UUIDField(null=True)
    author_id = models.UUIDField(null=True)
    version = models.IntegerField()
    is_deleted = models.BooleanField(default=False)
    type = models.TextField()
    id = models.TextField()
    more_patients = ArrayField(models.UUIDField(), null=True)
    tokens = ArrayField(models.BigIntegerField(), default=list)
    body = models.TextField()

    class Meta:
        managed = False
        db_table = "fhir_resource"


class ResourceVersion(models.Model):
    """Every version ever stored, the current one included. Never changed, never removed."""

    pk = models.CompositePrimaryKey("rid", "version")
    rid = models.BigIntegerField()
    version = models.IntegerField()
    stored_at = models.DateTimeField()
    patient_id = models.UUIDField(null=True)
    author_id = models.UUIDField(null=True)
    is_deleted = models.BooleanField(default=False)
    type = models.TextField()
    method = models.TextField()
    more_patients = ArrayField(models.UUIDField(), null=True)
    body = models.TextField()

    class Meta:
        managed = False
        db_table = "fhir_version"
