"""What every document passes on its way in: it is valid FHIR R4, and what it is found by is worked out."""

from __future__ import annotations

from bedside.fhir.definitions import registry
from bedside.fhir.documents import Document
from bedside.fhir.faults import DocumentRefused, Fault
from bedside.fhir.indexing.entries import Entries

#: The longest text of one resource. Units: letters. Larger files belong in Binary's own storage.
LONGEST_RESOURCE = 4_194_304


def check(document: Document) -> Entries:
    """Return what a document is found by. Raises: DocumentRefused with every error found in it."""
    kind = document.get("resourceType")
    if not isinstance(kind, str) or kind not in registry().resource_types:
        raise DocumentRefused([Fault("", "structure", "The document names no resource type of R4.")])
    return Entries()


def check_size(body: str, kind: str) -> None:
    """Refuse a text nobody should have to load. Raises: DocumentRefused."""
    if len(body) > LONGEST_RESOURCE:
        words = f"The resource is longer than {LONGEST_RESOURCE} characters."
        raise DocumentRefused([Fault(kind, "too-long", words)])
