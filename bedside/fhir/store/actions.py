"""Changing one resource: create, update, delete, patch. Nothing is lost and nothing is claimed that did not happen.

Each locks the row first and decides on what it then holds, so of two changes to one version exactly one wins. Run them
in a transaction; a plain create is one statement and needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from bedside.fhir.asking import Ask, Steps
from bedside.fhir.documents import Document, read_document
from bedside.fhir.indexing.entries import Entries
from bedside.fhir.indexing.keys import key_of
from bedside.fhir.reach import Reach
from bedside.kernel.ids import new_id

from .bodies import body_of
from .checking import check, check_size
from .refusals import IdMismatch, ResourceMissing, ResourceRemoved, VersionMismatch
from .reindexing import reindex_pointing
from .rows import NewVersion, Present
from .targets import stand_with_targets
from .writing import change, insert, insert_one, lock

Done = Literal["created", "updated", "deleted", "found"]
Edit = Callable[[Document], Document]


@dataclass(frozen=True, slots=True)
class Change:
    """A change about to be made, for whoever says whether it may be.

    Shape: `before` are the patients of the resource as it stands (None when it is new), `after` those of the document
    that replaces it (None for a deletion, and for a patch that has not been applied yet); `written_by` is who wrote
    the version that stands; `beside` are the patients whose Patient the same transaction stores.
    """

    method: Literal["POST", "PUT", "PATCH", "DELETE"]
    kind: str
    id: str
    before: tuple[UUID, ...] | None
    after: tuple[UUID, ...] | None
    document: Document | None = None
    written_by: UUID | None = None
    beside: frozenset[UUID] = frozenset()


#: Says whether changes may be made, by raising a Refusal when one may not. It may ask the database.
Permit = Callable[[Sequence[Change]], Steps[None]]


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, when, what they reach and what they may change."""

    author_id: UUID | None
    now: datetime
    reach: Reach
    permit: Permit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request. Shape: `body` is the resource's text as it now stands, "" after a deletion."""

    done: Done
    kind: str
    id: str
    version: int
    stored_at: datetime
    patient_ids: tuple[UUID, ...]
    body: str


def create(writer: Writer, document: Document) -> Steps[Outcome]:
    """Store a new resource under an id of ours.

    Raises: DocumentRefused; what `writer.permit` raises.
    """
    row = prepare_new(writer, document, id := str(new_id()), check({**document, "id": id}))
    yield from stand_with_targets([(document, row.entries)])
    yield from writer.permit([permit_new(row, document)])
    yield from insert_one(row)
    return outcome_of(row)


def update(
    writer: Writer,
    document: Document,
    *,
    kind: str,
    id: str,
    if_match: int | None = None,
    must_be_new: bool = False,
) -> Steps[Outcome]:
    """Store the next version of a resource, or the first one under an id the client has chosen.

    Shape: `if_match` is the version it replaces; with `must_be_new` there must be none.
    Raises: DocumentRefused, IdMismatch, VersionMismatch, ResourceMissing when it stands out of reach.
    Locks: the resource's row, or its name while there is none.
    """
    if document.get("resourceType") != kind or document.get("id", id) != id:
        raise IdMismatch()
    entries = check({**document, "id": id})
    present = yield from lock_name(writer, kind, id)
    require_version(present, if_match, must_be_new)
    row = prepare_next(writer, document, id, entries, present)
    yield from stand_with_targets([(document, entries)])
    yield from writer.permit([permit_next(row, document, present)])
    yield from (insert([row]) if present is None else change([row]))
    yield from reindex_pointing([(row, present)])
    return outcome_of(row)


def delete(writer: Writer, *, kind: str, id: str, if_match: int | None = None) -> Steps[Outcome]:
    """Take a resource out of sight; a tombstone is added to its versions. A second time changes nothing.

    Raises: ResourceMissing, VersionMismatch. Locks: the resource's row.
    """
    present = (yield from lock([(kind, id)], writer.reach)).get((kind, id))
    if present is None or not present.is_reachable:
        raise ResourceMissing()
    yield from writer.permit([permit_on("DELETE", present)])
    require_version(present, if_match)
    if present.is_deleted:
        return Outcome("deleted", kind, id, present.version, present.stored_at, present.patient_ids, "")
    row = prepare_removal(writer, present)
    yield from change([row])
    return outcome_of(row)


def patch(writer: Writer, edit: Edit, *, kind: str, id: str, if_match: int | None = None) -> Steps[Outcome]:
    """Store the next version of a resource, made from the present one by `edit`.

    Raises: ResourceMissing, ResourceRemoved, VersionMismatch, DocumentRefused, IdMismatch, what `edit` raises.
    Locks: the resource's row.
    """
    present = (yield from lock([(kind, id)], writer.reach)).get((kind, id))
    if present is None or not present.is_reachable:
        raise ResourceMissing()
    yield from writer.permit([permit_on("PATCH", present)])
    row, document = prepare_patch(writer, present, edit, if_match)
    yield from stand_with_targets([(document, row.entries)])
    yield from writer.permit([permit_next(row, document, present)])
    yield from change([row])
    yield from reindex_pointing([(row, present)])
    return outcome_of(row)


def prepare_patch(writer: Writer, present: Present, edit: Edit, if_match: int | None) -> tuple[NewVersion, Document]:
    """Return the version a patch makes of a resource that may be patched, and its document."""
    if present.is_deleted:
        raise ResourceRemoved()
    require_version(present, if_match)
    document = edit(read_document(present.body))
    if document.get("resourceType") != present.kind or document.get("id") != present.id:
        raise IdMismatch()
    return prepare_next(writer, document, present.id, check(document), present, "PATCH"), document


def lock_name(writer: Writer, kind: str, id: str) -> Steps[Present | None]:
    """Return the present version of what an update names, None where there is none.

    Raises: ResourceMissing when it stands out of reach.
    Locks: its row; where there is none its name, so that of two first versions one comes second.
    """
    name = (kind, id)
    present = (yield from lock([name], writer.reach)).get(name)
    if present is None:
        yield from lock_words([f"{kind}/{id}"])
        present = (yield from lock([name], writer.reach)).get(name)
    if present is not None and not present.is_reachable:
        raise ResourceMissing()
    return present


def lock_words(words: Sequence[str]) -> Steps[None]:
    """Keep others who lock the same words waiting until this transaction ends. Locks: in one order, so none deadlocks.

    Shape: a name like "Patient/1", or a condition like "Patient?identifier=x".
    """
    keys = "{" + ",".join(str(key) for key in sorted({key_of(f"lock {word}") for word in words})) + "}"
    yield Ask("SELECT pg_advisory_xact_lock(k) FROM unnest(%s::bigint[]) AS k", (keys,))


def require_version(present: Present | None, if_match: int | None, must_be_new: bool = False) -> None:
    """Refuse a change that was made for another version. Raises: VersionMismatch."""
    if if_match is not None and (present is None or present.version != if_match):
        raise VersionMismatch()
    if must_be_new and present is not None and not present.is_deleted:
        raise VersionMismatch()


def prepare_new(writer: Writer, document: Document, id: str, entries: Entries, method: str = "POST") -> NewVersion:
    """Return the first version of a document."""
    body = body_of(document, id=id, version=1, stored_at=writer.now)
    kind: str = document["resourceType"]
    check_size(body, kind)
    return NewVersion(kind, id, 1, writer.now, writer.author_id, method, body, entries)


def prepare_next(
    writer: Writer, document: Document, id: str, entries: Entries, present: Present | None, method: str = "PUT"
) -> NewVersion:
    """Return the version that follows the present one, or the first. Its time is never before that of the present."""
    if present is None:
        return prepare_new(writer, document, id, entries, method)
    version, stored_at = present.version + 1, max(writer.now, present.stored_at)
    body = body_of(document, id=id, version=version, stored_at=stored_at)
    check_size(body, present.kind)
    return NewVersion(
        present.kind, id, version, stored_at, writer.author_id, method, body, entries, rid=present.rid
    )  # fmt: skip


def prepare_removal(writer: Writer, present: Present) -> NewVersion:
    """Return the tombstone of a resource. It keeps the patients, who decide who may see that it was there."""
    return NewVersion(
        present.kind, present.id, present.version + 1, max(writer.now, present.stored_at), writer.author_id, "DELETE",
        "", Entries(patient_ids=list(present.patient_ids)), rid=present.rid, is_deleted=True,
    )  # fmt: skip


def permit_new(row: NewVersion, document: Document) -> Change:
    """Return a first version as a change to be permitted."""
    return Change("POST", row.kind, row.id, None, tuple(row.entries.patient_ids), document)


def permit_next(row: NewVersion, document: Document, present: Present | None) -> Change:
    """Return a next version as a change to be permitted."""
    before, written_by = (present.patient_ids, present.author_id) if present else (None, None)
    method: Literal["PUT", "PATCH"] = "PATCH" if row.method == "PATCH" else "PUT"
    return Change(method, row.kind, row.id, before, tuple(row.entries.patient_ids), document, written_by)


def permit_on(method: Literal["PATCH", "DELETE"], present: Present) -> Change:
    """Return a deletion, or a patch that has not been applied yet, as a change to be permitted."""
    return Change(method, present.kind, present.id, present.patient_ids, None, written_by=present.author_id)


def outcome_of(row: NewVersion) -> Outcome:
    """Return what became of a request that wrote this row."""
    done: Done = "deleted" if row.is_deleted else "created" if row.rid is None else "updated"
    return Outcome(done, row.kind, row.id, row.version, row.stored_at, tuple(row.entries.patient_ids), row.body)
