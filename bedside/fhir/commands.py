"""The house's own way into the resource store: a new version beside the old ones, never over them.

The rooms above decide who may write and write the audit row; this room keeps what it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from bedside.kernel.errors import Conflict, Invalid, NotFound
from bedside.kernel.ids import new_id
from bedside.platform.access import Actor

from .asking import answer
from .indexing.entries import Entries
from .rules import faults, house_entries
from .store.bodies import body_of, instant_text
from .store.checking import found_by
from .store.refusals import ResourceBusy
from .store.rows import NewVersion
from .store.writing import change, insert, lock
from .terms import LONGEST_BODY
from .validation import validate

__all__ = [
    "Entry",
    "ResourceChanged",
    "ResourceGone",
    "ResourceMalformed",
    "StoredResource",
    "delete_resource",
    "instant_text",
    "store_resource",
    "store_resources",
]


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


def _check(resource: Mapping[str, Any], patient_id: UUID | None) -> None:
    if faults(resource, patient_id=patient_id) or validate(resource):
        raise ResourceMalformed()


def _new_version(
    entry: Entry, *, id: UUID, version: int, stored_at: datetime, author_id: UUID | None, rid: int | None = None
) -> NewVersion:
    body = body_of(entry.resource, id=str(id), version=version, stored_at=stored_at)
    if len(body) > LONGEST_BODY:
        raise ResourceMalformed()
    kind: str = entry.resource["resourceType"]
    entries = house_entries(found_by(entry.resource), kind, patient_id=entry.patient_id, code=entry.code, at=entry.at)
    return NewVersion(
        kind=kind, id=str(id), version=version, stored_at=stored_at, author_id=author_id,
        method="POST" if version == 1 else "PUT", body=body, rid=rid, entries=entries,
    )  # fmt: skip


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
    entry = Entry(resource, patient_id, code, at)
    if not resource.get("id"):
        if expected_version:
            raise ResourceChanged()
        return _store_new(entry, new_id(), now, actor)
    id = UUID(str(resource["id"]))
    kind: str = resource["resourceType"]
    with transaction.atomic():
        present = answer(lock([(kind, str(id))])).get((kind, str(id)))
        if expected_version is not None and expected_version != (present.version if present else 0):
            raise ResourceChanged()
        if present is None:
            return _store_new(entry, id, now, actor)
        if (present.patient_ids[0] if present.patient_ids else None) != patient_id:
            raise ResourceChanged()
        version = present.version + 1
        author_id = actor.person_id
        row = _new_version(entry, id=id, version=version, stored_at=now, author_id=author_id, rid=present.rid)
        answer(change([row]))
        return StoredResource(id, kind, version)


def _store_new(entry: Entry, id: UUID, now: datetime, actor: Actor) -> StoredResource:
    row = _new_version(entry, id=id, version=1, stored_at=now, author_id=actor.person_id)
    try:
        answer(insert([row]))
    except ResourceBusy as error:
        raise ResourceChanged() from error
    return StoredResource(id, row.kind, 1)


def store_resources(*, actor: Actor, now: datetime, entries: Iterable[Entry]) -> list[StoredResource]:
    """Store many new resources at once, each with its first version. For loading, not for editing.

    Raises: ResourceMalformed when any of them is; then none is stored.
    """
    rows: list[NewVersion] = []
    stored: list[StoredResource] = []
    for entry in entries:
        _check(entry.resource, entry.patient_id)
        id = UUID(str(entry.resource.get("id") or new_id()))
        author_id = entry.author_id or actor.person_id
        rows.append(_new_version(entry, id=id, version=1, stored_at=entry.stored_at or now, author_id=author_id))
        stored.append(StoredResource(id, rows[-1].kind, 1))
    with transaction.atomic():
        answer(insert(rows))
    return stored


def delete_resource(
    *, actor: Actor, now: datetime, type: str, id: UUID, expected_version: int | None = None
) -> StoredResource:
    """Take a resource out of sight. A tombstone version is added; every earlier version stays.

    Raises: ResourceGone, ResourceChanged. Locks: the resource's row.
    """
    with transaction.atomic():
        present = answer(lock([(type, str(id))])).get((type, str(id)))
        if present is None or present.is_deleted:
            raise ResourceGone()
        if expected_version is not None and expected_version != present.version:
            raise ResourceChanged()
        row = NewVersion(
            kind=type, id=str(id), version=present.version + 1, stored_at=now, author_id=actor.person_id,
            method="DELETE", body="", entries=Entries(patient_ids=list(present.patient_ids)), rid=present.rid,
            is_deleted=True,
        )  # fmt: skip
        answer(change([row]))
        return StoredResource(id, type, row.version)
