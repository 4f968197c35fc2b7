"""Batches and transactions: the entries carried out by the store, each answered like a request of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import orjson

from bedside.fhir.asking import Steps
from bedside.fhir.store.actions import Outcome
from bedside.fhir.store.batches import batch_bundle
from bedside.fhir.store.items import Item
from bedside.fhir.store.transactions import transaction_bundle
from bedside.gateway.bundles import bundle, instant
from bedside.gateway.desk import Desk
from bedside.gateway.faces.slot_limits import is_about_slots, too_many_slots
from bedside.gateway.messages import Answer, read_pairs
from bedside.gateway.negotiation import sent_document
from bedside.gateway.refusals import Refused, outcome_of, refusal_of
from bedside.gateway.routing import Call, read_call
from bedside.kernel.errors import Refusal
from bedside.kernel.memory import nothing_thrown_away

from .binaries import is_about_binary, read_in_bundle
from .reading import check_parameters, history, read
from .searching import match_for, search
from .writing import writer_for

_REASONS = {200: "OK", 201: "Created", 204: "No Content", 304: "Not Modified"}


def process(desk: Desk) -> Steps[Answer]:
    """Carry out a Bundle: a batch entry by entry, a transaction whole or not at all."""
    check_parameters(desk, frozenset())
    with nothing_thrown_away():
        sent = sent_document(desk.request)
    kind = sent.get("type")
    if sent.get("resourceType") != "Bundle" or kind not in ("batch", "transaction"):
        words = "Post a Bundle of type batch or transaction here; a single resource goes to its type's address."
        raise Refused(400, "invalid", words, path="Bundle.type")
    desk = replace(desk, call=Call("batch", "Bundle"))
    carry_out = transaction_bundle if kind == "transaction" else batch_bundle
    base = f"{desk.request.base}/"
    results = yield from carry_out(writer_for(desk), sent, match=match_for(desk), fetch=_fetch_for(desk), base=base)
    entries = [_entry_of(desk, result) for result in results]
    return Answer(200, bundle(f"{kind}-response", entries, now=desk.request.now))


def _fetch_for(desk: Desk) -> Any:
    """Return what answers the entries that only read, within the same reach."""

    def fetch(item: Item) -> Steps[Answer]:
        inner = desk_for(desk, item)
        if is_about_slots(inner.call):
            return _slots(desk, item)
        if is_about_binary(inner.call):
            return (yield from read_in_bundle(inner))
        match inner.call.interaction:
            case "read" | "vread":
                return (yield from read(inner))
            case "history-instance" | "history-type" | "history-system":
                return (yield from history(inner))
            case "search-type" | "search-system" | "search-compartment":
                return (yield from search(inner))
        raise Refused(400, "not-supported", f"A Bundle cannot ask for “{item.url[:100]}”. Ask for it by itself.")

    return fetch


def desk_for(desk: Desk, item: Item) -> Desk:
    """Return the desk at which an entry that only reads is answered. Raises: Refused for what is no address."""
    path, _, query = item.url.partition("?")
    segments = tuple(unquote(part) for part in path.strip("/").split("/") if part)
    headers = {"if-none-match": item.if_none_match or "", "if-modified-since": item.if_modified_since or ""}
    request = replace(desk.request, method="GET", segments=segments, pairs=read_pairs(query), headers=headers, body=b"")
    return replace(desk, request=request, call=read_call("GET", segments))


def _slots(desk: Desk, item: Item) -> Answer:
    """Return what was worked out for an entry before the Bundle began. Raises: Refusal."""
    answer = desk.slots.get(item.url, too_many_slots())
    if isinstance(answer, Refusal):
        raise answer
    return answer


def _entry_of(desk: Desk, result: Any) -> bytes:
    match result:
        case Outcome():
            return _of_outcome(desk, result)
        case Answer():
            return _of_answer(result)
        case None:
            return _response({"status": "204 No Content"})
        case Refusal():
            refused = refusal_of(result)
            if refused is not None:
                said = outcome_of(refused.faults)
                return _response({"status": str(refused.refused_as), "outcome": said})
    raise AssertionError("a result of a bundle is an outcome, an answer, a refusal or nothing")


def _of_outcome(desk: Desk, outcome: Outcome) -> bytes:
    base, name = desk.request.base, f"{outcome.kind}/{outcome.id}"
    if outcome.done == "found":
        desk.trail.saw(outcome.kind, outcome.patient_ids)
    status = 201 if outcome.done == "created" else 204 if outcome.done == "deleted" else 200
    response: dict[str, Any] = {
        "status": f"{status} {_REASONS[status]}",
        "etag": f'W/"{outcome.version}"',
        "lastModified": instant(outcome.stored_at),
    }
    if outcome.done != "deleted":
        response["location"] = f"{base}/{name}/_history/{outcome.version}"
    wants_body = desk.form.returns == "representation" and outcome.body
    return _response(response, outcome.body.encode() if wants_body else None, f"{base}/{name}")


def _of_answer(answer: Answer) -> bytes:
    response = {"status": f"{answer.status} {_REASONS.get(answer.status, '')}".strip()}
    if "etag" in answer.headers:
        response["etag"] = answer.headers["etag"]
    return _response(response, answer.body)


def _response(response: dict[str, Any], body: bytes | None = None, full_url: str = "") -> bytes:
    head = b'"fullUrl":' + orjson.dumps(full_url) + b"," if full_url else b""
    resource = b'"resource":' + body + b"," if body else b""
    return b"{" + head + resource + b'"response":' + orjson.dumps(response) + b"}"
