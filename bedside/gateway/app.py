"""The FHIR API as a raw ASGI app: reads a request, lets it in, has it answered, writes down who saw what, answers.

The order is the point: the audit rows are on disk before the first byte of an answer leaves.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import psycopg
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bedside.accounts.grants import Authenticate, find_grant
from bedside.consent.queries import REASON_OF_VIEW
from bedside.fhir.faults import Fault
from bedside.kernel.time import utc_now
from bedside.platform.audit.group import GroupWriter
from bedside.platform.statements.borrowing import Lines

from .answering import answer_call
from .capability import capabilities
from .desk import Desk
from .door import Door
from .faces.fresh import draw_what_is_due, may_show_faces
from .faces.slot_desk import answer_slots, slots_of_bundle
from .faces.slot_limits import is_about_slots
from .interactions.binaries import answer_binary, is_about_binary
from .messages import (
    PREFLIGHT,
    Answer,
    ClientGone,
    Receive,
    Request,
    Scope,
    Send,
    read_body,
    read_pairs,
    send_answer,
)
from .negotiation import Form, form_of
from .pace import Pace
from .reach import reach_of
from .refusals import Refused, outcome_bytes, refusal_of
from .routing import Call, read_call
from .terms import BASE_PATH, BUNDLE_BYTES_MOST, HEADER_BYTES_MOST, RESOURCE_BYTES_MOST
from .trail import Trail

log = logging.getLogger(__name__)

#: How long one request waits for a connection, and one statement for its answer. Units: seconds.
WAIT_SECONDS = 10.0
STATEMENT_SECONDS = 30


class Gateway:
    """The FHIR API of one process."""

    def __init__(
        self,
        conninfo: str,
        *,
        connections: int = 8,
        authenticate: Authenticate = find_grant,
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        requests_a_minute: int = 0,
    ) -> None:
        """Put it together.

        Shape: `authenticate` is what turns a bearer into a grant; `requests_a_minute` is how often one token may ask,
        0 for no end.
        Why plans are made once for any values: PostgreSQL takes a search of one patient for ten times as dear when it
        does not know the patient, and then plans each anew, which costs more than the search (decision 28). What is
        better planned for its values says so (`Ask.prepare`).
        """
        options = f"-c statement_timeout={STATEMENT_SECONDS}s -c plan_cache_mode=force_generic_plan"
        self.lines = Lines(_pool(conninfo, connections, options))
        self._audit_lines = Lines(_pool(conninfo, 1, options))
        self.audit = GroupWriter(self._audit_lines, reason=REASON_OF_VIEW)
        self._door = Door(self.lines, authenticate, monotonic, Pace(requests_a_minute))
        self._clock = clock

    async def start(self) -> None:
        """Open the connections. A database that is not there yet is waited for by each request, not by the house."""
        await self.lines.open()
        await self._audit_lines.open()
        self.audit.start()

    async def stop(self) -> None:
        """Close the connections."""
        await self.audit.stop()
        await self.lines.close()
        await self._audit_lines.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request_id = os.urandom(16).hex()
        form, answer = Form(), Answer(500)
        try:
            request = _request_of(scope, self._clock())
            if request.method == "OPTIONS":
                answer = Answer(204, None, dict(PREFLIGHT))
            else:
                form = form_of(request)
                answer = await self._answer(request, form, request_id, receive)
        except ClientGone:
            return
        except Exception as error:  # noqa: BLE001  (whatever it is, the answer is an OperationOutcome)
            answer = _refuse(error, request_id)
        if answer.body is not None and "content-type" not in answer.headers:
            answer.headers["content-type"] = f"{form.media_type}; charset=utf-8"
            answer.body = form.write(answer.body)
        answer.headers["x-request-id"] = request_id
        await send_answer(send, answer, is_head=scope["method"] == "HEAD")

    async def _answer(self, request: Request, form: Form, request_id: str, receive: Receive) -> Answer:
        call = read_call(request.method, request.segments)
        grant = None
        if call.interaction != "capabilities":
            grant = await self._door.grant_for(request.header("authorization"), request.now)
        if request.method in ("POST", "PUT", "PATCH"):
            most = BUNDLE_BYTES_MOST if call.interaction == "batch" else RESOURCE_BYTES_MOST
            object.__setattr__(request, "body", await read_body(receive, request.headers, most))
        if grant is None:
            return capabilities(request)
        trail = Trail(grant, request.now, request_id)
        desk = Desk(request, call, form, grant, reach_of(grant, request.now), trail)
        if may_show_faces(call, request.pairs):
            await draw_what_is_due(self.lines, request.now)
        if call.interaction == "batch":
            desk.slots = await slots_of_bundle(desk)
        if is_about_slots(call):
            answer = await answer_slots(desk)
        elif is_about_binary(call):
            answer = await answer_binary(desk, self.lines)
        else:
            answer = await answer_call(desk, self.lines)
        await self.audit.write(trail.events(action=_verb_of(call), interaction=call.interaction, resource=_about(call)))
        return answer


def _pool(conninfo: str, size: int, options: str) -> AsyncConnectionPool[Any]:
    return AsyncConnectionPool(
        conninfo,
        min_size=1,
        max_size=size,
        open=False,
        timeout=WAIT_SECONDS,
        kwargs={"autocommit": True, "options": options},
        check=None,
    )


def _verb_of(call: Call) -> str:
    return "gateway.read_resource" if call.id else "gateway.search_resources"


def _about(call: Call) -> tuple[str, str]:
    return (call.kind, call.id) if call.kind else call.within


def _request_of(scope: Scope, now: datetime) -> Request:
    headers: dict[str, str] = {}
    if sum(len(name) + len(value) for name, value in scope["headers"]) > HEADER_BYTES_MOST:
        raise Refused(431, "too-long", f"The headers have more than {HEADER_BYTES_MOST:,} bytes.")
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    base = _base_of(scope, headers)
    raw = scope.get("raw_path") or scope["path"].encode()
    inside = raw.decode("ascii", "replace").partition("?")[0][len(BASE_PATH) :].strip("/")
    segments = tuple(unquote(part) for part in inside.split("/")) if inside else ()
    pairs = read_pairs(scope.get("query_string", b"").decode("ascii", "replace"))
    return Request(scope["method"], segments, pairs, headers, base, now)


def _base_of(scope: Scope, headers: dict[str, str]) -> str:
    """Return the address the API was asked at. Raises: Refused for a host that is not ours, or in the clear."""
    host = headers.get("host", "")
    if not _is_ours(host, tuple(settings.ALLOWED_HOSTS)):
        raise Refused(400, "invalid", "This is not the address of a Bedside.")
    scheme = scope.get("scheme", "http")
    if settings.IS_HTTPS and scheme != "https":
        raise Refused(403, "security", "Ask over https: a token that travels in the clear must be thought stolen.")
    return f"{scheme}://{host}{BASE_PATH}"


@lru_cache(maxsize=256)
def _is_ours(host: str, allowed: tuple[str, ...]) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


def _refuse(error: Exception, request_id: str) -> Answer:
    """Return the answer to whatever went wrong: a refusal says what to mend, an accident only its number."""
    known = refusal_of(error) or _database_refusal(error)
    if known is None:
        log.error("a request to the FHIR API failed", exc_info=error, extra={"code": request_id})
        words = f"Something went wrong here; it is not your request's fault. It is in the log as {request_id}."
        return Answer(500, outcome_bytes([Fault(path="", code="exception", words=words)]))
    if known.refused_as >= 500:
        log.error("the FHIR API could not answer", exc_info=error, extra={"code": request_id})
    return Answer(known.refused_as, outcome_bytes(known.faults), dict(known.headers))


def _database_refusal(error: Exception) -> Refused | None:
    """Return what a failure of the database means to the one who asks. Its own words stay here: they hold rows."""
    for kinds, status, code, words in _DATABASE:
        if isinstance(error, kinds):
            return Refused(status, code, words, headers={"retry-after": "1"})
    return None


_DATABASE: tuple[tuple[tuple[type[Exception], ...], int, str, str], ...] = (
    ((psycopg.errors.QueryCanceled,), 503, "too-costly", "That takes too long to find. Ask for less at a time."),
    (
        (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable),
        409,
        "lock-error",
        "Others are changing the same resources. Nothing was stored; repeat the request.",
    ),
    (
        (psycopg.errors.UniqueViolation,),
        409,
        "conflict",
        "Someone stored the same resource at this moment. Read it, then repeat.",
    ),
    (
        (PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError),
        503,
        "transient",
        "The database does not answer. Try again in a moment.",
    ),
)
