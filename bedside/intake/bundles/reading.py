"""The resources in a file of FHIR JSON, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bedside.fhir.documents import read_document
from bedside.fhir.faults import DocumentRefused
from bedside.intake.brought import Brought, Contents, Untaken
from bedside.intake.opening import FileNotTaken

#: Bundles hold resources in these; of a history only the newest would be right, and it is not told which that is.
#: Source: FHIR R4 4.0.1, value set bundle-type.
TYPES = frozenset({"transaction", "collection", "searchset", "document", "batch", "message", "transaction-response"})


def read_bundle(content: bytes) -> Contents:
    """Return what is in a Bundle, or in a single resource. Raises: FileNotTaken."""
    try:
        document = read_document(content.removeprefix(b"\xef\xbb\xbf"))
    except DocumentRefused as refused:
        raise FileNotTaken(refused.faults[0].words.rstrip(".")) from refused
    if document.get("resourceType") != "Bundle":
        return Contents([_brought("the file", document)], [])
    if document.get("type") not in TYPES:
        raise FileNotTaken(f"a Bundle of type “{document.get('type')}” is not imported", reason="not_taken")
    entries = document.get("entry", [])
    if not isinstance(entries, list):
        raise FileNotTaken("its entries are no list")
    found = Contents([], [])
    for number, entry in enumerate(entries, start=1):
        _take(found, f"entry {number}", entry)
    return found


def _take(found: Contents, place: str, entry: Any) -> None:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(resource, dict):
        method = entry.get("request", {}).get("method") if isinstance(entry, dict) else None
        if method != "DELETE":  # a deletion elsewhere removes nothing here
            found.refused.append(Untaken(place, "", "unreadable", "The entry has no resource."))
        return
    url = entry.get("fullUrl")
    found.brought.append(_brought(place, resource, url if isinstance(url, str) else ""))


def read_lines(content: bytes) -> Contents:
    """Return the resources of ndjson, one on each line. A line that cannot be read is refused, the others are not."""
    found = Contents([], [])
    for number, line in _lines(content.removeprefix(b"\xef\xbb\xbf")):
        place = f"line {number}"
        try:
            found.brought.append(_brought(place, read_document(line)))
        except DocumentRefused as refused:
            found.refused.append(Untaken(place, "", "unreadable", refused.faults[0].words))
    return found


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield lines that hold something, with their numbers, without a second copy of the whole file."""
    at, number = 0, 0
    while at < len(content):
        end = content.find(b"\n", at)
        end = len(content) if end < 0 else end
        number += 1
        line = content[at:end].strip()
        if line:
            yield number, line
        at = end + 1


def _brought(place: str, resource: dict[str, Any], full_url: str = "") -> Brought:
    kind, id = resource.get("resourceType"), resource.get("id")
    key = f"{kind}/{id}" if isinstance(kind, str) and isinstance(id, str) and id else ""
    return Brought(place, resource, full_url, key)
