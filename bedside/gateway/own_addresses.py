"""References to this server by its own address, put as R4 puts them within one server: `Patient/1`.

Why: who a resource is about decides who may see and write it, and an address in full names the same patient.
"""

from __future__ import annotations

from typing import Any

from bedside.fhir.documents import Document

from .messages import Request


def with_own_addresses(document: Document, request: Request) -> Document:
    """Return a document in which references to this server are relative. It is changed in place."""
    if request.base.encode() in request.body:
        _shorten(document, f"{request.base}/")
    return document


def _shorten(value: Any, base: str) -> None:
    if isinstance(value, dict):
        link = value.get("reference")
        if isinstance(link, str):
            value["reference"] = link.removeprefix(base)
        for inner in value.values():
            _shorten(inner, base)
    elif isinstance(value, list):
        for inner in value:
            _shorten(inner, base)
