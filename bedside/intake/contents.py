"""A file of any kind as what it brings: one reader for each kind, and what every document gets on its way in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bedside.fhir.documents import Document
from bedside.fhir.indexing.entries import Entries
from bedside.fhir.store.loading import without_stamps
from bedside.fhir.store.rows import Present

from .brought import Brought, Contents, Untaken
from .bundles.identity import Names, id_of
from .bundles.reading import read_bundle, read_lines
from .ccda.document import read_document as read_ccda
from .hl7v2.values import slug
from .opening import FileNotTaken
from .terms import DIRECTORY_TYPES, NEVER_TYPES, SOURCE_TAG, SOURCE_TIME

_READERS = {"bundle": read_bundle, "ndjson": read_lines, "ccda": read_ccda}


def read_contents(kind: str, content: bytes) -> Contents:
    """Return what a file brings. Raises: FileNotTaken."""
    found = _READERS[kind](content)
    if not found.brought and not found.refused:
        raise FileNotTaken("there is nothing in it", reason="empty")
    return found


def source_uri(source: str) -> str:
    """Return a source as it stands in `meta.source`."""
    return f"{SOURCE_TAG}:{slug(source)}"


def marked(document: Document, source: str) -> Document:
    """Return a document that says where it was imported from, and how old it was there, if it says so.

    What it said of its own source stays.
    """
    given = document.get("meta")
    meta: dict[str, Any] = {
        name: value for name, value in (given if isinstance(given, dict) else {}).items() if name != "versionId"
    }
    told_at = meta.pop("lastUpdated", None)
    if _moment(told_at) is not None:
        others = [one for one in meta.get("extension", []) if not _is_age(one)]
        meta["extension"] = [*others, {"url": SOURCE_TIME, "valueDateTime": told_at}]
    meta.setdefault("source", source_uri(source))
    tags = meta.get("tag")
    others = [one for one in tags if not _is_mark(one)] if isinstance(tags, list) else []
    meta["tag"] = [*others, {"system": SOURCE_TAG, "code": source}]
    return {**document, "meta": meta}


def _is_mark(tag: object) -> bool:
    return isinstance(tag, Mapping) and tag.get("system") == SOURCE_TAG


def _is_age(extension: object) -> bool:
    return isinstance(extension, Mapping) and extension.get("url") == SOURCE_TIME


def _moment(text: object) -> datetime | None:
    """Return an instant as a source tells it, None when it tells none that can be compared."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def told_at(document: Mapping[str, Any]) -> datetime | None:
    """Return when the source had changed what it says in a document, None when it does not say."""
    meta = document.get("meta")
    listed = meta.get("extension") if isinstance(meta, Mapping) else None
    ages = [one for one in listed if _is_age(one)] if isinstance(listed, list) else []
    return _moment(ages[0].get("valueDateTime")) if ages else None


def source_of(document: Mapping[str, Any]) -> str:
    """Return the source a stored document was imported from, "" when it was not."""
    meta = document.get("meta")
    tags = meta.get("tag") if isinstance(meta, Mapping) else None
    return next((str(one.get("code")) for one in tags or [] if _is_mark(one)), "") if isinstance(tags, list) else ""


def says_same(stands: Document, document: Document) -> bool:
    """Say whether two documents say the same, whichever source brought them."""
    return _bare(stands) == _bare(document)


def _bare(document: Document) -> Document:
    found = without_stamps(document)
    meta = found.get("meta")
    if isinstance(meta, dict):
        kept = {name: value for name, value in meta.items() if name not in ("source", "tag", "extension")}
        if more := [one for one in meta.get("extension", []) if not _is_age(one)]:
            kept["extension"] = more
        tags = [one for one in meta.get("tag", []) if not _is_mark(one)] if isinstance(meta.get("tag"), list) else []
        if tags:
            kept["tag"] = tags
        if str(meta.get("source", "")) and not str(meta["source"]).startswith(SOURCE_TAG):
            kept["source"] = meta["source"]
        found.pop("meta")
        if kept:
            found["meta"] = kept
    return found


def prepared(one: Brought, names: Names) -> tuple[Document | None, str]:
    """Return a brought resource under its id here, its references followed; or None and why it cannot be.

    Shape: the reason is a code of `terms.REASONS`.
    """
    if not one.kind or not isinstance(one.document.get("resourceType"), str):
        return None, "unreadable"
    if one.kind in NEVER_TYPES:
        return None, "not_taken"
    before = set(names.strangers)
    id = names.person_of(one) if one.kind == "Patient" else id_of(one, names.source)
    if id is None:
        return None, "undecided"
    names.follow(one.document)
    if names.strangers - before:
        names.strangers -= names.strangers - before
        return None, "unknown_patient"
    return marked({**one.document, "id": str(id)}, names.source), ""


def ready_of(brought: Iterable[Brought], names: Names) -> tuple[list[tuple[Brought, Document]], list[Untaken]]:
    """Return the resources that may be offered to the store, each with its document, and those that may not."""
    ready: list[tuple[Brought, Document]] = []
    untaken: list[Untaken] = []
    for one in brought:
        document, reason = prepared(one, names)
        if document is None:
            untaken.append(Untaken(one.place, one.kind, reason))
        else:
            ready.append((one, document))
    return ready, untaken


def objection(
    source: str, people: frozenset[UUID], document: Document, entries: Entries, present: Present | None,
    stands: Document | None,
) -> str:  # fmt: skip
    """Return why a document may not be stored, as a code of `terms.REASONS`; "" when it may.

    Only what the same source brought is changed by it; the chart of someone who is not in the file never is.
    """
    about = set(entries.patient_ids)
    if not about and document["resourceType"] not in DIRECTORY_TYPES:
        return "no_patient"
    if not about <= people:
        return "unknown_patient"
    if present is None:
        return ""
    if set(present.patient_ids) != about and not present.is_deleted:
        return "other_patient"
    if stands is None or source_of(stands) != source:
        return "ours"
    was, now = told_at(stands), told_at(document)
    return "older" if was is not None and now is not None and now < was else ""
