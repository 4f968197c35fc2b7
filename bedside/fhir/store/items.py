"""The entries of a batch or transaction, read and told apart before anything is done.

Source: FHIR R4 4.0.1, Bundle (request), 3.1.0.11 (batch and transaction).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from bedside.fhir.definitions import registry
from bedside.fhir.documents import Document
from bedside.kernel.errors import Refusal

from .conditions import is_text
from .refusals import EntryRefused, RequestUnclear

#: More entries than one bundle may have: what it takes to store them stays a few seconds.
MOST_ENTRIES = 5000
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_ETAG = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


@dataclass(slots=True)
class Item:
    """One entry of a bundle: what it asks for. Shape: `url` is relative to our base; `number` counts from 0."""

    number: int
    method: str
    url: str
    kind: str = ""
    id: str | None = None
    criteria: str | None = None
    document: Document | None = None
    full_url: str | None = None
    if_match: int | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None

    @property
    def name(self) -> tuple[str, str]:
        """The type and id of what it changes, once known."""
        return self.kind, self.id or ""


def version_of(etag: str) -> int:
    """Return the version an ETag names. Raises: RequestUnclear."""
    found = _ETAG.fullmatch(etag.strip())
    if not found:
        raise RequestUnclear('An If-Match names a version like W/"3".')
    return int(found[1])


def read_items(bundle: Mapping[str, Any], base: str = "") -> list[Item | Refusal]:
    """Return the entries of a bundle, each read, or why it cannot be. Shape: `base` is our own address.

    Raises: RequestUnclear when the bundle as a whole is not one.
    """
    entries = bundle.get("entry", [])
    if bundle.get("resourceType") != "Bundle" or not isinstance(entries, list):
        raise RequestUnclear("Send a Bundle with a list of entries.")
    if len(entries) > MOST_ENTRIES:
        raise RequestUnclear(f"A bundle has at most {MOST_ENTRIES} entries; this one has {len(entries)}.", status=413)
    found: list[Item | Refusal] = []
    for number, entry in enumerate(entries):
        try:
            found.append(_read_item(number, entry, base))
        except Refusal as refusal:
            found.append(refusal)
    return found


def all_read(items: list[Item | Refusal]) -> list[Item]:
    """Return the entries of a transaction, of which each must be readable. Raises: EntryRefused."""
    for number, item in enumerate(items):
        if isinstance(item, Refusal):
            raise EntryRefused(number, item)
    return [item for item in items if isinstance(item, Item)]


def _read_item(number: int, entry: Any, base: str) -> Item:
    request = entry.get("request") if isinstance(entry, Mapping) else None
    if not isinstance(request, Mapping):
        raise RequestUnclear("Every entry has a request.", "Bundle.entry.request")
    method, url = request.get("method"), request.get("url")
    if not isinstance(method, str) or method not in _METHODS:
        raise RequestUnclear(
            f"A request's method is one of {', '.join(sorted(_METHODS))}.", "Bundle.entry.request.method"
        )
    if not isinstance(url, str) or not url:
        raise RequestUnclear("A request has a url.", "Bundle.entry.request.url")
    _require_letters(url, "Bundle.entry.request.url")
    if base and url.startswith(base):
        url = url[len(base) :]
    item = Item(number, method, url.lstrip("/"))
    item.full_url = _word(entry, "fullUrl")
    item.if_none_match = _word(request, "ifNoneMatch")
    item.if_modified_since = _word(request, "ifModifiedSince")
    etag = _word(request, "ifMatch")
    item.if_match = version_of(etag) if etag else None
    if method not in {"GET", "HEAD"}:
        _read_target(item)
        _read_document(item, entry.get("resource"))
        if method == "POST":
            item.criteria = _word(request, "ifNoneExist")
    return item


def _word(holder: Mapping[str, Any], name: str) -> str | None:
    value = holder.get(name)
    if value is not None and not isinstance(value, str):
        raise RequestUnclear(f"“{name}” is a text.", f"Bundle.entry.{name}")
    _require_letters(value or "", f"Bundle.entry.{name}")
    return value or None


def _require_letters(text: str, path: str) -> None:
    """Refuse what is no text: half of a surrogate pair, or a null character. Raises: RequestUnclear."""
    if not is_text(text):
        raise RequestUnclear("It holds half of a surrogate pair, or a null character, which no text may.", path)


def _read_target(item: Item) -> None:
    path, _, criteria = item.url.partition("?")
    kind, *rest = unquote(path).rstrip("/").split("/")
    item.kind, item.criteria = kind, criteria or None
    if kind not in registry().resource_types or len(rest) > 1 or (rest and not _ID.fullmatch(rest[0])):
        raise RequestUnclear(f"“{item.url[:200]}” is not a resource's address.", "Bundle.entry.request.url")
    item.id = rest[0] if rest else None
    wants_id = item.method != "POST"
    if (item.method == "POST" and (rest or criteria)) or (wants_id and bool(rest) == bool(criteria)):
        words = {"POST": "a type, such as Patient"}.get(item.method, "a type with an id, or with a condition")
        raise RequestUnclear(f"The url of a {item.method} is {words}.", "Bundle.entry.request.url")


def _read_document(item: Item, resource: Any) -> None:
    if item.method == "DELETE":
        return
    if not isinstance(resource, dict):
        raise RequestUnclear(f"A {item.method} needs a resource.", "Bundle.entry.resource")
    if item.method != "PATCH" and resource.get("resourceType") != item.kind:
        raise RequestUnclear("The resource is of another type than the url.", "Bundle.entry.resource")
    if item.method == "PUT" and item.id and resource.get("id", item.id) != item.id:
        raise RequestUnclear("The resource has another id than the url.", "Bundle.entry.resource.id")
    item.document = resource
