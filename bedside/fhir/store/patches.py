"""A patch as it is sent, turned into the edit it asks for."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from bedside.fhir.documents import read_document

from .actions import Edit
from .fhirpath_patch import fhirpath_patch
from .json_patch import json_patch
from .merge_patch import merge_patch
from .refusals import RequestUnclear

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"


def json_patch_of(text: str | bytes) -> Edit:
    """Return the edit a JSON Patch asks for. Raises: DocumentRefused when it is not JSON, RequestUnclear."""
    raw = text.encode() if isinstance(text, str) else text
    held = read_document(b'{"patch":' + raw + b"}")
    if list(held) != ["patch"]:
        raise RequestUnclear("A JSON Patch is an array of operations.")
    return lambda document: json_patch(document, held["patch"])


def merge_patch_of(text: str | bytes) -> Edit:
    """Return the edit a JSON Merge Patch asks for. Raises: DocumentRefused when it is not a JSON object."""
    patch = read_document(text)
    return lambda document: merge_patch(document, patch)


def edit_of(patch: Mapping[str, Any]) -> Edit:
    """Return the edit of a PATCH entry of a bundle: a Binary that holds a JSON Patch, or Parameters that
    hold a FHIRPath Patch.

    Raises: RequestUnclear.
    """
    if patch.get("resourceType") == "Binary" and patch.get("contentType") == JSON_PATCH:
        try:
            return json_patch_of(base64.b64decode(str(patch.get("data", "")), validate=True))
        except binascii.Error as error:
            raise RequestUnclear("The data of the patch is not base64.") from error
    if patch.get("resourceType") == "Parameters":
        return lambda document: fhirpath_patch(document, patch)
    raise RequestUnclear(f"A patch is a Binary of type {JSON_PATCH}, or Parameters.")
