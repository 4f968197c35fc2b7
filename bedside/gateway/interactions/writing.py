"""Creating, changing and deleting one resource: by its id, or by whatever a condition finds."""

from __future__ import annotations

from urllib.parse import urlencode

import orjson

from bedside.fhir.asking import Steps
from bedside.fhir.documents import Document, read_document
from bedside.fhir.store import actions, conditions
from bedside.fhir.store.actions import Edit, Outcome, Writer
from bedside.fhir.store.items import version_of
from bedside.fhir.store.patches import JSON_PATCH, MERGE_PATCH, edit_of, json_patch_of, merge_patch_of
from bedside.gateway.desk import Desk
from bedside.gateway.messages import Answer
from bedside.gateway.negotiation import GENERAL, check_body_type, sent_document
from bedside.gateway.permits import permit_for
from bedside.gateway.refusals import Refused, all_well
from bedside.gateway.terms import FHIR_JSON

from .reading import check_parameters, version_headers
from .searching import match_for

_PATCHES = frozenset({JSON_PATCH, MERGE_PATCH, FHIR_JSON, "application/json"})


def writer_for(desk: Desk) -> Writer:
    """Return who writes: the author, the time, what they reach, and what says whether they may."""
    return Writer(desk.grant.actor.author_id, desk.request.now, desk.reach, permit_for(desk))


def document_of(desk: Desk) -> Document:
    """Return the resource in a request's body. Raises: Refused, DocumentRefused."""
    document = sent_document(desk.request)
    if document.get("resourceType") != desk.call.kind:
        words = f"The body is not a {desk.call.kind}: its resourceType says otherwise."
        raise Refused(400, "invalid", words, path="resourceType")
    return document


def _if_match(desk: Desk) -> int | None:
    text = desk.request.header("if-match")
    return version_of(text) if text and text.strip() != "*" else None


def _condition(desk: Desk) -> str:
    """Return the condition of a conditional interaction: the query, without what is about the answer."""
    pairs = [(name, value) for name, value in desk.request.pairs if name not in GENERAL]
    if not pairs:
        raise Refused(412, "required", "Say which one: add search parameters, or the id to the address.")
    return urlencode(pairs)


def create(desk: Desk) -> Steps[Answer]:
    """Store a new resource; with If-None-Exist only when the condition finds none."""
    check_parameters(desk, frozenset())
    desk.needs(desk.call.kind, "c")
    document, criteria = document_of(desk), desk.request.header("if-none-exist")
    if criteria:
        desk.needs(desk.call.kind, "s")
        steps = conditions.create_if_none(writer_for(desk), document, criteria=criteria, match=match_for(desk))
    else:
        steps = actions.create(writer_for(desk), document)
    return answer_of(desk, (yield from steps))


def update(desk: Desk) -> Steps[Answer]:
    """Store the next version of a resource, or the first under this id."""
    check_parameters(desk, frozenset())
    desk.needs(desk.call.kind, "u")
    must_be_new = _must_be_new(desk.request.header("if-none-match").strip())
    steps = actions.update(
        writer_for(desk),
        document_of(desk),
        kind=desk.call.kind,
        id=desk.call.id,
        if_match=_if_match(desk),
        must_be_new=must_be_new,
    )
    return answer_of(desk, (yield from steps))


def _must_be_new(none_match: str) -> bool:
    """Say whether there must be none yet. Raises: Refused for a version, which would be overlooked otherwise."""
    if none_match not in ("", "*"):
        raise Refused(400, "not-supported", "If-None-Match of a PUT is *, or is left out. If-Match names a version.")
    return none_match == "*"


def conditional_update(desk: Desk) -> Steps[Answer]:
    """Update the one resource a condition finds, or create it."""
    desk.needs(desk.call.kind, "u")
    desk.needs(desk.call.kind, "s")
    steps = conditions.update_where(
        writer_for(desk),
        document_of(desk),
        kind=desk.call.kind,
        criteria=_condition(desk),
        match=match_for(desk),
        if_match=_if_match(desk),
    )
    return answer_of(desk, (yield from steps))


def delete(desk: Desk) -> Steps[Answer]:
    """Take a resource out of sight."""
    check_parameters(desk, frozenset())
    desk.needs(desk.call.kind, "d")
    steps = actions.delete(writer_for(desk), kind=desk.call.kind, id=desk.call.id, if_match=_if_match(desk))
    return _deleted(desk, (yield from steps))


def conditional_delete(desk: Desk) -> Steps[Answer]:
    """Take the one resource a condition finds out of sight. Finding none is no fault."""
    desk.needs(desk.call.kind, "d")
    desk.needs(desk.call.kind, "s")
    criteria = _condition(desk)
    steps = conditions.delete_where(writer_for(desk), kind=desk.call.kind, criteria=criteria, match=match_for(desk))
    return _deleted(desk, (yield from steps))


def patch(desk: Desk) -> Steps[Answer]:
    """Change a part of a resource."""
    check_parameters(desk, frozenset())
    desk.needs(desk.call.kind, "u")
    kind, id = desk.call.kind, desk.call.id
    steps = actions.patch(writer_for(desk), _edit(desk), kind=kind, id=id, if_match=_if_match(desk))
    return answer_of(desk, (yield from steps))


def conditional_patch(desk: Desk) -> Steps[Answer]:
    """Change a part of the one resource a condition finds."""
    desk.needs(desk.call.kind, "u")
    desk.needs(desk.call.kind, "s")
    steps = conditions.patch_where(
        writer_for(desk),
        _edit(desk),
        kind=desk.call.kind,
        criteria=_condition(desk),
        match=match_for(desk),
        if_match=_if_match(desk),
    )
    return answer_of(desk, (yield from steps))


def _edit(desk: Desk) -> Edit:
    """Return what a patch does to a document.

    Shape: operations of JSON Patch, Parameters of FHIRPath Patch, or a JSON Merge Patch. Plain `application/json`
    does not say which; what is no Parameters is merged, as the clients that send it mean it.
    """
    body, media_type = desk.request.body, check_body_type(desk.request, allowed=_PATCHES)
    if media_type == JSON_PATCH:
        return json_patch_of(body)
    if media_type == MERGE_PATCH:
        return merge_patch_of(body)
    document = read_document(body)
    if media_type != FHIR_JSON and "resourceType" not in document:
        return merge_patch_of(body)
    return edit_of(document)


def answer_of(desk: Desk, outcome: Outcome) -> Answer:
    """Return the answer to a resource that was stored, or was there already."""
    if outcome.done == "found":
        desk.trail.saw(outcome.kind, outcome.patient_ids)
    where = f"{desk.request.base}/{outcome.kind}/{outcome.id}/_history/{outcome.version}"
    headers = version_headers(outcome.version, outcome.stored_at)
    is_new = outcome.done == "created"
    headers["location" if is_new or outcome.done == "found" else "content-location"] = where
    status = 201 if is_new else 200
    match desk.form.returns:
        case "minimal":
            return Answer(status, None, headers)
        case "OperationOutcome":
            return Answer(status, orjson.dumps(all_well(f"{outcome.kind}/{outcome.id} was {outcome.done}.")), headers)
    return Answer(status, outcome.body.encode(), headers)


def _deleted(desk: Desk, outcome: Outcome | None) -> Answer:
    headers = {"etag": f'W/"{outcome.version}"'} if outcome is not None else {}
    if desk.form.returns == "OperationOutcome":
        words = "Nothing matched, so nothing was deleted." if outcome is None else "It was deleted."
        return Answer(200, orjson.dumps(all_well(words)), headers)
    return Answer(204, None, headers)
