"""Reading the resource store. Not scoped to anyone: only rooms that decide and audit may call it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from .commands import ResourceGone
from .models import Resource, ResourceVersion


@dataclass(frozen=True, slots=True)
class Version:
    """One stored version of a resource, with its text exactly as stored."""

    version: int
    body: str
    stored_at: datetime
    author_id: UUID | None
    is_deleted: bool


def get_resource(*, type: str, id: UUID) -> dict[str, Any]:
    """Return the present version of a resource. Raises: ResourceGone."""
    body = Resource.objects.filter(type=type, id=id, is_deleted=False).values_list("body", flat=True).first()
    if body is None:
        raise ResourceGone()
    found: dict[str, Any] = json.loads(body)
    return found


def find_resources(*, type: str, patient_id: UUID, code: str | None = None) -> list[dict[str, Any]]:
    """Return a patient's resources of one type, newest first; with `code` ("system|code") only those."""
    rows = Resource.objects.filter(type=type, patient_id=patient_id, is_deleted=False)
    if code is not None:
        rows = rows.filter(code=code)
    return [json.loads(body) for body in rows.order_by("-at", "-id").values_list("body", flat=True)]


def find_patient_resources(*, patient_id: UUID, types: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Return a patient's resources of several types in one question, by type, newest first."""
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in types}
    rows = Resource.objects.filter(patient_id=patient_id, type__in=types, is_deleted=False)
    for kind, body in rows.order_by("-at", "-id").values_list("type", "body"):
        found[kind].append(json.loads(body))
    return found


def find_dated(
    *, type: str, codes: Collection[str], first_at: datetime, last_at: datetime, limit: int = 1000
) -> list[dict[str, Any]]:
    """Return the resources of a type and codes whose time lies between the two, soonest first. For the house's jobs."""
    rows = Resource.objects.filter(
        type=type, code__in=list(codes), at__gte=first_at, at__lte=last_at, is_deleted=False
    ).order_by("at", "id")
    return [json.loads(body) for body in rows.values_list("body", flat=True)[:limit]]


def history(*, type: str, id: UUID) -> list[Version]:
    """Return every version of a resource, newest first. Raises: ResourceGone when there never was one."""
    rows = ResourceVersion.objects.filter(type=type, resource_id=id).order_by("-version")
    found = [Version(r.version, r.body, r.stored_at, r.author_id, r.is_deleted) for r in rows]
    if not found:
        raise ResourceGone()
    return found
