"""In which form to answer, and what `Prefer` asks for. Pure.

JSON only: XML is answered with 406 or 415 and a sentence, until a library reads and writes it safely.
Source: FHIR R4 4.0.1, 3.1.0.1.11 (content types), 3.1.0.1.9 (_format, _pretty), 3.1.0.1.13 (Prefer).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import orjson

from bedside.fhir.documents import Document, read_document

from .messages import Pairs, Request
from .refusals import Refused
from .terms import FHIR_JSON

Return = Literal["", "minimal", "representation", "OperationOutcome"]

_JSON = frozenset({"json", "application/json", FHIR_JSON, "text/json", "application/*", "text/*", "*/*", "*"})
#: What a browser asks for; it is given JSON.
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_XML = frozenset({"xml", "text/xml", "application/xml", "application/fhir+xml"})
#: What asks for a resource, where anything else asks for the bytes of a Binary.
_FHIR = frozenset({"application/json", FHIR_JSON, "text/json", "application/fhir+xml"})
_WEIGHT = re.compile(r"(0(\.[0-9]{0,3})?|1(\.0{0,3})?)\Z", re.ASCII)
_NO_XML = "Bedside speaks FHIR as JSON. Ask for application/fhir+json, or leave Accept and _format out."
#: General parameters, which are about the answer and not about what is looked for.
GENERAL = frozenset({"_format", "_pretty"})


@dataclass(frozen=True, slots=True)
class Form:
    """How to answer one request.

    Shape: `handling` is what to do with parameters that are not known; `is_raw` asks for what a Binary holds, not for
    the Binary.
    """

    media_type: str = FHIR_JSON
    is_pretty: bool = False
    returns: Return = ""
    handling: Literal["strict", "lenient"] = "strict"
    is_raw: bool = False

    def write(self, body: bytes) -> bytes:
        """Return a body as it is wanted: with line breaks for people, or as it is."""
        return _pretty(body) if self.is_pretty else body


_PARTS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^"{}\[\],:\s]+')


def _pretty(body: bytes) -> bytes:
    """Indent JSON without reading its numbers, so that no digit is lost."""
    out: list[bytes] = []
    depth, is_empty = 0, False
    for match in _PARTS.finditer(body):
        part = match[0]
        if part in (b"{", b"["):
            depth += 1
            is_empty = body[match.end() : match.end() + 1] in (b"}", b"]")
            out.append(part if is_empty else part + b"\n" + b"  " * depth)
        elif part in (b"}", b"]"):
            depth -= 1
            out.append(part if is_empty else b"\n" + b"  " * depth + part)
            is_empty = False
        else:
            out.append({b",": b",\n" + b"  " * depth, b":": b": "}.get(part, part))
    return b"".join(out) + b"\n"


def form_of(request: Request) -> Form:
    """Return how a request wants its answer. Raises: Refused when it wants what is not spoken here."""
    said = dict(request.pairs)  # the last of each name counts
    is_binary = request.method in ("GET", "HEAD") and request.segments[:1] == ("Binary",) and len(request.segments) == 2
    accept, prefer = request.header("accept"), request.header("prefer")
    return _form(accept, prefer, said.get("_format"), said.get("_pretty"), is_binary)


@lru_cache(maxsize=256)
def _form(accept: str, prefer: str, format: str | None, pretty: str | None, is_binary: bool) -> Form:
    """Return what these words mean. A client says the same with every request."""
    is_raw = is_binary and format is None and not _wants_fhir(accept)
    media_type = FHIR_JSON if is_raw else _of_accept(accept) if format is None else _of_format(format)
    wishes = dict(_wishes(prefer))
    returns = wishes.get("return", "")
    handling = wishes.get("handling", "strict")
    return Form(
        media_type=media_type,
        is_pretty=pretty not in (None, "false"),
        returns=returns if returns in ("minimal", "representation", "OperationOutcome") else "",  # type: ignore[arg-type]
        handling="lenient" if handling == "lenient" else "strict",
        is_raw=is_raw,
    )


def _wants_fhir(accept: str) -> bool:
    """Say whether FHIR is what is wanted most, of two alike the first. Source: FHIR R4 4.0.1, 2.26 (Binary)."""
    best, is_fhir = 0.0, False
    for part in accept.split(","):
        weight = _weight(part)
        if weight > best:
            best, is_fhir = weight, _media(part)[0] in _FHIR
    return is_fhir


def _weight(part: str) -> float:
    """Return the weight of one part of an Accept header. Source: RFC 9110, 12.4.2."""
    for option in part.split(";")[1:]:
        name, _, value = option.strip().lower().partition("=")
        if name == "q":
            return float(value) if _WEIGHT.match(value) else 0.0
    return 1.0 if part.strip() else 0.0


def _of_format(text: str) -> str:
    # In a query a "+" that is not escaped has become a space.
    name, version = _media(text.replace("application/fhir json", FHIR_JSON).replace("fhir xml", "fhir+xml"))
    if name in _JSON | _PAGES or text == "":
        return _spoken(name, version)
    raise Refused(406, "not-supported", _NO_XML if name in _XML else f"There is no _format “{text[:40]}”. Use json.")


def _of_accept(text: str) -> str:
    if not text:
        return FHIR_JSON
    for part in text.split(","):
        name, version = _media(part)
        if (name in _JSON or name in _PAGES) and version in ("", "4.0", "4.0.1"):
            return _spoken(name, version)
    raise Refused(406, "not-supported", _NO_XML)


def _spoken(name: str, version: str) -> str:
    if version not in ("", "4.0", "4.0.1"):
        raise Refused(406, "not-supported", f"Bedside speaks FHIR 4.0.1, not {version[:12]}.")
    return "application/json" if name in ("application/json", "text/json") else FHIR_JSON


def _media(text: str) -> tuple[str, str]:
    """Return a media type in lower case and its fhirVersion."""
    name, *options = (part.strip() for part in text.split(";"))
    versions = [option.partition("=")[2].strip('" ') for option in options if option.lower().startswith("fhirversion")]
    return name.lower(), versions[0] if versions else ""


def _wishes(text: str) -> Pairs:
    """Return the wishes of a Prefer header. Source: RFC 7240, section 2: the first of each name counts."""
    found: dict[str, str] = {}
    for part in text.replace(";", ",").split(","):
        name, _, value = part.strip().partition("=")
        found.setdefault(name.strip().lower(), value.strip().strip('"'))
    return list(found.items())


def check_body_type(request: Request, *, allowed: frozenset[str] = frozenset({"application/json", FHIR_JSON})) -> str:
    """Return the media type of a request's body. Raises: Refused when it is not one that is read here."""
    text = request.header("content-type")
    name, version = _media(text)
    charsets = [part.partition("=")[2].strip('" ').lower() for part in text.split(";") if "charset=" in part.lower()]
    if name not in allowed:
        words = f"The body's Content-Type is “{name[:60]}”. Send {' or '.join(sorted(allowed))}."
        raise Refused(415, "not-supported", _NO_XML if name in _XML else words)
    if charsets and charsets[0] not in ("utf-8", "utf8"):
        raise Refused(415, "not-supported", "Send the body in UTF-8.")
    if version not in ("", "4.0", "4.0.1"):
        raise Refused(415, "not-supported", f"Bedside speaks FHIR 4.0.1, not {version[:12]}.")
    return name


def as_json(value: object) -> bytes:
    """Return plain values as JSON."""
    return orjson.dumps(value)


def sent_document(request: Request) -> Document:
    """Return the document in a request's body. Raises: Refused for another media type, DocumentRefused."""
    check_body_type(request)
    return read_document(request.body)
