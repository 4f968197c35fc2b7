"""The only way into the resource store: a new version beside the old ones, never over them.

The rooms above decide who may write and write the audit row; this room keeps what it is given.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from bedside.kernel.errors import Conflict, Invalid, NotFound
from bedside.kernel.ids import new_id
from bedside.kernel.time import UTC
from bedside.platform.access import Actor

from .models import Resource, ResourceVersion
from .rules import faults
from .terms import LONGEST_BODY


class ResourceChanged(Conflict):
    """Someone else changed this while you were working. Look at it again; nothing of yours was lost."""


class ResourceMalformed(Invalid):
    """That entry has parts missing or not readable. Nothing was saved; check it and try again."""


class ResourceGone(NotFound):
    """That entry is not there any more. It may have been removed or never existed."""


@dataclass(frozen=True, slots=True)
class StoredResource:
    """What the store keeps a resource under."""

    id: UUID
    type: str
    version: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource to store: the document, and the facts it is found by.

    `stored_at` and `author_id` are for what was written before it came here; else the loader's own time and actor.
    """

    resource: Mapping[str, Any]
    patient_id: UUID | None
    code: str = ""
    at: datetime | None = None
    stored_at: datetime | None = None
    author_id: UUID | None = None


def instant_text(at: datetime) -> str:
    """Return an instant as FHIR writes it, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _body(resource: Mapping[str, Any], *, resource_id: UUID, version: int, now: datetime) -> str:
    meta = {**resource.get("meta", {}), "versionId": str(version), "lastUpdated": instant_text(now)}
    document = {
        "resourceType": resource["resourceType"],
        "id": str(resource_id),
        "meta": meta,
        **{key: value for key, value in resource.items() if key not in {"resourceType", "id", "meta"}},
    }
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    if len(body) > LONGEST_BODY:
        raise ResourceMalformed()
    return body


def _check(resource: Mapping[str, Any], patient_id: UUID | None) -> None:
    if faults(resource, patient_id=patient_id):
        raise ResourceMalformed()


def store_resource(
    *,
    actor: Actor,
    now: datetime,
    resource: Mapping[str, Any],
    patient_id: UUID | None,
    code: str = "",
    at: datetime | None = None,
    expected_version: int | None = None,
) -> StoredResource:
    """Store a resource: the first version of a new one, or the next version of the one its `id` names.

    Shape: `code` is "system|code". An `expected_version` of 0 says that it must not exist yet.
    Raises: ResourceMalformed; ResourceChanged when `expected_version` is not the present one.
    Locks: the resource's row.
    """
    _check(resource, patient_id)
    with transaction.atomic():
        present = None
        if resource.get("id"):
            present = (
                Resource.objects.select_for_update()
                .filter(id=UUID(str(resource["id"])), type=resource["resourceType"])
                .first()
            )
        version = present.version if present else 0
        if expected_version is not None and expected_version != version:
            raise ResourceChanged()
        if present and present.patient_id != patient_id:
            raise ResourceChanged()
        resource_id = present.id if present else UUID(str(resource.get("id") or new_id()))
        return _write(
            actor=actor, now=now, resource=resource, resource_id=resource_id, version=version + 1,
            patient_id=patient_id, code=code, at=at, present=present,
        )  # fmt: skip


def _write(
    *,
    actor: Actor,
    now: datetime,
    resource: Mapping[str, Any],
    resource_id: UUID,
    version: int,
    patient_id: UUID | None,
    code: str,
    at: datetime | None,
    present: Resource | None,
) -> StoredResource:
    body = _body(resource, resource_id=resource_id, version=version, now=now)
    kind = resource["resourceType"]
    fields = {
        "version": version,
        "patient_id": patient_id,
        "code": code,
        "at": at,
        "body": body,
        "author_id": actor.person_id,
        "stored_at": now,
        "is_deleted": False,
    }
    if present is None:
        Resource.objects.create(id=resource_id, type=kind, **fields)
    else:
        Resource.objects.filter(id=resource_id).update(**fields)
    ResourceVersion.objects.create(
        resource_id=resource_id,
        type=kind,
        version=version,
        body=body,
        author_id=actor.person_id,
        stored_at=now,
    )
    return StoredResource(resource_id, kind, version)


def store_resources(*, actor: Actor, now: datetime, entries: Iterable[Entry]) -> list[StoredResource]:
    """Store many new resources at once, each with its first version. For loading, not for editing.

    Raises: ResourceMalformed when any of them is; then none is stored.
    """
    rows: list[Resource] = []
    for entry in entries:
        _check(entry.resource, entry.patient_id)
        resource_id = UUID(str(entry.resource.get("id") or new_id()))
        stored_at = entry.stored_at or now
        rows.append(
            Resource(
                id=resource_id,
                type=entry.resource["resourceType"],
                version=1,
                patient_id=entry.patient_id,
                code=entry.code,
                at=entry.at,
                body=_body(entry.resource, resource_id=resource_id, version=1, now=stored_at),
                author_id=entry.author_id or actor.person_id,
                stored_at=stored_at,
            )
        )
    with transaction.atomic():
        Resource.objects.bulk_create(rows, batch_size=2000)
        ResourceVersion.objects.bulk_create(
            (
                ResourceVersion(
                    resource_id=row.id,
                    type=row.type,
                    version=1,
                    body=row.body,
                    author_id=row.author_id,
                    stored_at=row.stored_at,
                )
                for row in rows
            ),
            batch_size=2000,
        )
    return [StoredResource(row.id, row.type, 1) for row in rows]


def delete_resource(
    *, actor: Actor, now: datetime, type: str, id: UUID, expected_version: int | None = None
) -> StoredResource:
    """Take a resource out of sight. A tombstone version is added; every earlier version stays.

    Raises: ResourceGone, ResourceChanged. Locks: the resource's row.
    """
    with transaction.atomic():
        row = Resource.objects.select_for_update().filter(type=type, id=id, is_deleted=False).first()
        if row is None:
            raise ResourceGone()
        if expected_version is not None and expected_version != row.version:
            raise ResourceChanged()
        Resource.objects.filter(id=id).update(
            version=row.version + 1, is_deleted=True, stored_at=now, author_id=actor.person_id
        )
        ResourceVersion.objects.create(
            resource_id=id,
            type=type,
            version=row.version + 1,
            body=row.body,
            author_id=actor.person_id,
            stored_at=now,
            is_deleted=True,
        )
        return StoredResource(id, type, row.version + 1)
