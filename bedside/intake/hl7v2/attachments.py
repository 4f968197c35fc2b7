"""Documents that come inside a result (OBX of type ED): a PDF of the report, a picture.

Source: HL7 v2.5.1, 2.A.24 (ED); HL7 v2-to-FHIR 1.0, ED[Attachment].
"""

from __future__ import annotations

import base64
import binascii
import re

from .reading import Segment, text_of
from .refusals import MessageRefused
from .values import Document

#: What first bytes say, whatever the sender calls it. Source: the formats' own specifications.
_MAGIC = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
#: A resource is 4 MB of text at most, and base64 makes four letters of three bytes. Units: bytes. Source: ours.
BYTES_MOST = 3_000_000


def attachment_of(obx: Segment) -> Document | None:
    """Return the document an OBX brings, None when it brings none. Raises: MessageRefused when it is broken."""
    if obx.text(2).upper() != "ED" or not obx.repetitions(5):
        return None
    value = obx.repetitions(5)[0]
    raw = _bytes(text_of(value, 5), text_of(value, 4).upper())
    if not raw:
        return None
    if len(raw) > BYTES_MOST:
        raise MessageRefused("a document in it is larger than 3 MB", error="207", is_rejected=True)
    kind = next((name for magic, name in _MAGIC if raw.startswith(magic)), "")
    found: Document = {
        "contentType": kind or ("text/plain" if _is_text(raw) else "application/octet-stream"),
        "data": base64.b64encode(raw).decode(),
        "size": len(raw),
    }
    title = obx.text(3, 2) or obx.text(3)
    return {**found, "title": title} if title else found


def _bytes(data: str, encoding: str) -> bytes:
    try:
        if encoding == "BASE64":
            return base64.b64decode(re.sub(r"\s", "", data), validate=True)
        if encoding == "HEX":
            return bytes.fromhex(data)
    except (binascii.Error, ValueError) as error:
        raise MessageRefused("a document in it is not in the encoding that ED-4 names") from error
    return data.encode()


def _is_text(raw: bytes) -> bool:
    try:
        return all(c.isprintable() or c in "\n\r\t" for c in raw.decode())
    except UnicodeDecodeError:
        return False
