"""The resource store: one FHIR R4 JSON document per resource, every version kept as it was written."""

from __future__ import annotations

from django.db import models

from bedside.kernel.ids import new_id


class Resource(models.Model):
    """The current version of a resource.

    Shape: `body` is the resource as JSON text, byte for byte as stored; `code` is "system|code" of its main
    code; `at` its clinically relevant time. Source: FHIR R4 4.0.1.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    type = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    patient_id = models.UUIDField(null=True)
    code = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(null=True)
    body = models.TextField()
    author_id = models.UUIDField(null=True)
    stored_at = models.DateTimeField()
    is_deleted = models.BooleanField(default=False)

    class Meta:
        db_table = "fhir_resource"
        indexes = [
            models.Index(fields=["patient_id", "type", "-at"], name="fhir_by_patient"),
            models.Index(fields=["type", "code"], name="fhir_by_code"),
        ]


class ResourceVersion(models.Model):
    """Every version ever stored, the current one included. Never changed, never removed."""

    id = models.BigAutoField(primary_key=True)
    resource_id = models.UUIDField()
    type = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    body = models.TextField()
    author_id = models.UUIDField(null=True)
    stored_at = models.DateTimeField()
    is_deleted = models.BooleanField(default=False)

    class Meta:
        db_table = "fhir_resource_version"
        constraints = [models.UniqueConstraint(fields=["resource_id", "version"], name="fhir_version_once")]
