"""Reading a Binary: the bytes of a file that is kept here, or of a Binary that was stored; as they are, or in FHIR.

Shape: a file of the house has the id of its DocumentReference, and is for whoever may see that.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import mimetypes
import re

import orjson
from django.utils.http import content_disposition_header

from bedside.fhir.asking import Steps, answer_async
from bedside.fhir.documents import read_document
from bedside.fhir.search.shaping import is_whole, shaped
from bedside.fhir.store.reading import Found, read_body
from bedside.gateway.bundles import instant
from bedside.gateway.desk import Desk
from bedside.gateway.files import KIND, KeptFile, find_kept
from bedside.gateway.messages import Answer
from bedside.gateway.refusals import Refused
from bedside.gateway.routing import Call
from bedside.platform.files.store import FileLost, read_stored
from bedside.platform.statements.borrowing import Borrowed, Lines

from .reading import PARTS, check_parameters, is_known_already, parts_of, read, version_headers

log = logging.getLogger(__name__)

_OF_ANYTHING = "application/octet-stream"
#: Source: RFC 9110, 8.3.1: a type, a subtype, and the one parameter that matters for text.
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+(; ?charset=[a-z0-9_-]+)?\Z", re.IGNORECASE | re.ASCII)
#: What keeps a browser from running a file, whatever is in it.
_AS_A_FILE = {
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
}


def is_about_binary(call: Call) -> bool:
    """Say whether a call is one that reads a Binary as it stands now."""
    return call.kind == KIND and call.interaction == "read"


async def answer_binary(desk: Desk, lines: Lines) -> Answer:
    """Return a Binary: the file of the house with that id, or else what was stored under it."""
    desk.needs(KIND, "r")
    check_parameters(desk, frozenset() if desk.form.is_raw else PARTS)
    async with Borrowed(lines) as connection:
        kept = await answer_async(find_kept(desk.call.id, desk.reach), connection)
        if kept is None:
            return await answer_async(_stored(desk), connection)
    return await _of_house(desk, kept)


def read_in_bundle(desk: Desk) -> Steps[Answer]:
    """Return a stored Binary as an entry of a Bundle. Raises: Refused for a file, which is read by itself.

    Why: a Bundle may hold thousands of entries, and a file twenty megabytes.
    """
    desk.needs(KIND, "r")
    if (yield from find_kept(desk.call.id, desk.reach)) is not None:
        words = f"Files are not carried in a Bundle. Ask for {KIND}/{desk.call.id} by itself."
        raise Refused(422, "too-costly", words, path=KIND)
    return (yield from read(desk))


async def _of_house(desk: Desk, kept: KeptFile) -> Answer:
    found = Found(KIND, kept.id, 1, kept.created_at, False, kept.patient_ids, "")
    headers = version_headers(found.version, found.stored_at)
    if is_known_already(desk.request, found):
        desk.trail.saw(KIND, kept.patient_ids)
        return Answer(304, None, headers)
    try:
        content = await asyncio.to_thread(read_stored, kept.sha256)
    except FileLost as error:
        log.error("the bytes of a file are not on the disk, or not what they were", extra={"code": kept.id})
        raise Refused(404, "not-found", str(error)) from error
    desk.trail.saw(KIND, kept.patient_ids)
    if desk.form.is_raw:
        return _as_bytes(content, kept.media_type, kept.name, headers)
    body = await asyncio.to_thread(_resource, kept, content)
    wanted = parts_of(KIND, desk.request.pairs)
    if not is_whole(wanted):
        body = shaped(body.decode(), KIND, wanted, is_match=True).encode()
    return Answer(200, body, headers)


def _resource(kept: KeptFile, content: bytes) -> bytes:
    return orjson.dumps(
        {
            "resourceType": KIND,
            "id": kept.id,
            "meta": {"versionId": "1", "lastUpdated": instant(kept.created_at)},
            "contentType": kept.media_type,
            "securityContext": {"reference": f"DocumentReference/{kept.id}"},
            "data": base64.b64encode(content).decode(),
        }
    )


def _stored(desk: Desk) -> Steps[Answer]:
    """Return a Binary from the store: the resource, or the bytes in it."""
    if not desk.form.is_raw:
        return (yield from read(desk))
    found = yield from read_body(KIND, desk.call.id, desk.reach)
    desk.trail.saw(KIND, found.patient_ids)
    headers = version_headers(found.version, found.stored_at)
    if is_known_already(desk.request, found):
        return Answer(304, None, headers)
    document = read_document(found.body)
    said = str(document.get("contentType", ""))
    media_type = said if _MEDIA_TYPE.match(said) else _OF_ANYTHING
    try:
        content = base64.b64decode(document.get("data", ""))
    except (binascii.Error, ValueError) as error:
        raise Refused(422, "value", "The data in that Binary is not base64. Ask for application/fhir+json.") from error
    ending = mimetypes.guess_extension(media_type.partition(";")[0].lower()) or ".bin"
    return _as_bytes(content, media_type, f"{found.id}{ending}", headers)


def _as_bytes(content: bytes, media_type: str, name: str, headers: dict[str, str]) -> Answer:
    """Return bytes as something to save. Source: RFC 6266 (Content-Disposition)."""
    place = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    text = f"{media_type}; charset=utf-8" if media_type == "text/plain" else media_type
    return Answer(200, content, {**headers, **_AS_A_FILE, "content-type": text, "content-disposition": place})
