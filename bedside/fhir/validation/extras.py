"""What R4 leaves to whoever receives a document: modifiers that are not understood, attachments that lie."""

from __future__ import annotations

import binascii
import hashlib
from typing import Any

from .wrong import Around, Check, Wrongs, below, one, shown


def not_understood(check: Check) -> Check:
    """Return the check of a modifierExtension: it is refused, since none is known here.

    Source: FHIR R4 4.0.1, 2.4.0.1: who does not understand a modifier must not process what it stands in.
    """

    def check_modifier(value: Any, around: Around) -> Wrongs:
        found = check(value, around)
        if found is not None:
            return found
        return one(
            f" turns the meaning of what it stands in, and {shown(value['url'])} is not understood.", "extension"
        )

    return check_modifier


def honest(check: Check) -> Check:
    """Return the check of an Attachment whose size and hash must be those of its data.

    Source: FHIR R4 4.0.1, Attachment: size is in bytes before base64, hash the SHA-1 of them.
    """

    def check_attachment(value: Any, around: Around) -> Wrongs:
        found = check(value, around)
        if found is not None or "data" not in value or not ("size" in value or "hash" in value):
            return found
        data = binascii.a2b_base64("".join(value["data"].split()))
        if value.get("size", len(data)) != len(data):
            return below(one(f" is not the size of the data, which is {len(data)} bytes.", "value") or [], ".size")
        digest = binascii.b2a_base64(hashlib.sha1(data, usedforsecurity=False).digest(), newline=False).decode()
        if value.get("hash", digest) != digest:
            return below(one(" is not the SHA-1 of the data.", "value") or [], ".hash")
        return None

    return check_attachment
