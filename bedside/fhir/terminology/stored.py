"""The code systems, value sets and maps that a clinic keeps among its own resources."""

from __future__ import annotations

from bedside.fhir.asking import Ask, Steps
from bedside.fhir.documents import Document, read_document
from bedside.fhir.indexing.keys import token_key

_BY_URL = """SELECT body FROM fhir_resource WHERE tokens @> ARRAY[%s::bigint] AND type = %s AND NOT is_deleted
    ORDER BY stored_at DESC, rid DESC LIMIT 20"""


def find_stored(kind: str, url: str, version: str = "") -> Steps[Document | None]:
    """Return the newest resource of a type with a url, in the version named if one is. Retired ones do not count."""
    if not url:
        return None
    for (body,) in (yield Ask(_BY_URL, (token_key(kind, "url", url), kind), prepare=False)):
        document = read_document(body)
        if document.get("status") != "retired" and version in ("", document.get("version", "")):
            return document
    return None


def find_stored_maps(param: str, url: str) -> Steps[list[Document]]:
    """Return the maps whose `source` or `target` (the search parameter) is a value set."""
    key = token_key("ConceptMap", param, url)
    return [read_document(body) for (body,) in (yield Ask(_BY_URL, (key, "ConceptMap"), prepare=False))]
