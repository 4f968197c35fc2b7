"""What comes in and what goes out, as plain values: a request read from ASGI, an answer written to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from bedside.kernel.time import UTC

from .refusals import Refused
from .terms import BODY_SECONDS_MOST, QUERY_LETTERS_MOST, STALL_SECONDS

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """One request, or one entry of a batch.

    Shape: `segments` are those of the path after the base; `headers` have names in lower case; `base` is the address
    of the API as the one who asks knows it, without a slash at its end.
    """

    method: str
    segments: tuple[str, ...]
    pairs: Pairs
    headers: Mapping[str, str]
    base: str
    now: datetime
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return a header's text, "" where it was not sent."""
        return self.headers.get(name, "")


@dataclass(slots=True)
class Answer:
    """What is answered. Shape: `body` is None where there is none; `headers` are names and texts."""

    status: int
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


def read_pairs(query: str, *, is_form: bool = False) -> Pairs:
    """Return the parameters of a query string, or of a form, in order. Raises: Refused."""
    if len(query) > QUERY_LETTERS_MOST and is_form:
        raise Refused(413, "too-long", f"The form has more than {QUERY_LETTERS_MOST} letters. Ask for less at a time.")
    if len(query) > QUERY_LETTERS_MOST:
        raise Refused(414, "too-long", f"The query has more than {QUERY_LETTERS_MOST} letters. Use POST …/_search.")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise Refused(400, "structure", "The query is not text in UTF-8, or has more than 1,000 parts.") from error
    if any("\x00" in name or "\x00" in value for name, value in pairs):
        raise Refused(400, "value", "The query has a null character in it.")
    return pairs


async def read_body(receive: Receive, headers: Mapping[str, str], most: int) -> bytes:
    """Return the body of a request. Raises: Refused for one too long, too slow, compressed or cut off."""
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Refused(415, "not-supported", "Send the body as it is, without Content-Encoding.")
    too_long = Refused(
        413, "too-long", f"The body is larger than {most:,} bytes, which is the most that is taken here."
    )
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise too_long
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS_MOST):
            while True:
                async with asyncio.timeout(STALL_SECONDS):
                    message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone()
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > most:
                    raise too_long
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError as error:
        raise Refused(408, "timeout", "The body did not arrive in time.") from error


class ClientGone(Exception):
    """Nobody reads the answer any more."""


_EXPOSED = (
    b"ETag, Location, Content-Location, Content-Disposition, Last-Modified, X-Request-Id, WWW-Authenticate, Retry-After"
)
#: What every answer says, unless it says otherwise.
#: Source for the last two: Fetch Standard, "CORS-safelisted", and what FHIR clients read and send.
_ALWAYS = [
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"vary", b"Accept, Authorization"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", _EXPOSED),
]
_ALWAYS_NAMES = frozenset(name.decode() for name, _ in _ALWAYS)
PREFLIGHT = {
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
    "access-control-allow-headers": "Authorization, Accept, Content-Type, Prefer, If-Match, If-None-Match, "
    "If-Modified-Since, If-None-Exist, X-Request-Id",
    "access-control-max-age": "7200",
}


async def send_answer(send: Send, answer: Answer, *, is_head: bool) -> None:
    """Write an answer: to HEAD without its body."""
    has_body = answer.status not in (204, 304)
    body = answer.body or b""
    if has_body:
        answer.headers["content-length"] = str(len(body))
    raw = [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in answer.headers.items()]
    said = _ALWAYS_NAMES & answer.headers.keys()
    raw += [one for one in _ALWAYS if one[0].decode() not in said] if said else _ALWAYS
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": body if has_body and not is_head else b""})


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def http_date(at: datetime) -> str:
    """Return an instant as HTTP writes it. Source: RFC 9110, section 5.6.7."""
    at = at.astimezone(UTC)
    day = f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at.year:04}"
    return f"{day} {at.hour:02}:{at.minute:02}:{at.second:02} GMT"
