"""What every document passes on its way in: it is valid FHIR R4, and what it is found by is worked out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from bedside.fhir.addresses import own_addresses
from bedside.fhir.documents import Document
from bedside.fhir.faults import DocumentRefused, Fault
from bedside.fhir.indexing.entries import Entries
from bedside.fhir.indexing.extract import entries_of
from bedside.fhir.validation import validate
from bedside.kernel.time import UTC

#: The longest text of one resource. Units: letters. Larger files belong in Binary's own storage.
LONGEST_RESOURCE = 4_194_304


def check(document: Document) -> Entries:
    """Return what a document is found by. Raises: DocumentRefused with every fault found in it."""
    require_valid(document)
    return found_by(document)


def require_valid(document: Mapping[str, Any]) -> None:
    """Refuse what is not FHIR R4. Raises: DocumentRefused."""
    faults = validate(document)
    if any(fault.severity == "error" for fault in faults):
        raise DocumentRefused(faults)


def check_size(body: str, kind: str) -> None:
    """Refuse a text nobody should have to load. Raises: DocumentRefused."""
    if len(body) > LONGEST_RESOURCE:
        words = f"The resource is longer than {LONGEST_RESOURCE} characters."
        raise DocumentRefused([Fault(kind, "too-long", words)])


def found_by(document: Mapping[str, Any]) -> Entries:
    """Return what a document is found by; for a Task its row holds the day it is due, at noon."""
    entries = entries_of(document, own=own_addresses())
    if document.get("resourceType") == "Task" and (due_on := _due_on(document)):
        entries.at_from = datetime.combine(due_on, time(12), tzinfo=UTC)
        entries.at_to = entries.at_from + timedelta(milliseconds=1)
    return entries


def _due_on(task: Mapping[str, Any]) -> date | None:
    restriction = task.get("restriction")
    period = restriction.get("period") if isinstance(restriction, Mapping) else None
    try:
        return date.fromisoformat(str(period.get("end"))[:10]) if isinstance(period, Mapping) else None
    except ValueError:
        return None
