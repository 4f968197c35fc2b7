"""Reading one resource, one of its versions, and what happened to it, to a type or to everything."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bedside.fhir.asking import Steps
from bedside.fhir.definitions import registry
from bedside.fhir.indexing.dates import date_range
from bedside.fhir.search.query import Query, Summary
from bedside.fhir.search.shaping import is_whole, shaped
from bedside.fhir.store.history import Place, history_page
from bedside.fhir.store.reading import Found, read_body, read_version
from bedside.gateway.bundles import bundle, history_entry, instant
from bedside.gateway.desk import Desk
from bedside.gateway.faces.slot_limits import refuse_stored_slots
from bedside.gateway.messages import Answer, Pairs, Request, http_date
from bedside.gateway.negotiation import GENERAL
from bedside.gateway.paging import PAGE, link, page_word, seal, unseal
from bedside.gateway.refusals import Refused
from bedside.gateway.terms import HISTORY_PAGE, HISTORY_PAGE_MOST

PARTS = frozenset({"_summary", "_elements"})
_PAST = frozenset({"_since", "_count", "_at", PAGE})
_SUMMARIES: dict[str, Summary] = {"true": "true", "text": "text", "data": "data", "false": ""}


def read(desk: Desk) -> Steps[Answer]:
    """Return the current version of a resource, or one of its versions where the call names it."""
    call = desk.call
    refuse_stored_slots(call)
    check_parameters(desk, PARTS)
    desk.needs(call.kind, "r")
    wanted = parts_of(call.kind, desk.request.pairs)
    if call.version:
        found = yield from read_version(call.kind, call.id, call.version, desk.reach)
    else:
        found = yield from read_body(call.kind, call.id, desk.reach)
    desk.trail.saw(call.kind, found.patient_ids)
    headers = version_headers(found.version, found.stored_at)
    if is_known_already(desk.request, found):
        return Answer(304, None, headers)
    body = found.body if is_whole(wanted) else shaped(found.body, call.kind, wanted, is_match=True)
    return Answer(200, body.encode(), headers)


def parts_of(kind: str, pairs: Pairs) -> Query:
    """Return which part of the resource is wanted. Raises: Refused."""
    summary: Summary = ""
    elements: list[str] = []
    for name, value in pairs:
        if name == "_summary":
            if value not in _SUMMARIES:
                raise Refused(400, "value", "The _summary of one resource is true, text, data or false.")
            summary = _SUMMARIES[value]
        elif name == "_elements":
            elements += [word.strip() for word in value.split(",") if word.strip()]
    return Query(kind, summary=summary, elements=tuple(elements))


def version_headers(version: int, stored_at: datetime) -> dict[str, str]:
    """Return the headers that name a version."""
    return {"etag": f'W/"{version}"', "last-modified": http_date(stored_at)}


def is_known_already(request: Request, found: Found) -> bool:
    """Say whether the client has this version. Source: RFC 9110, 13.1.2, 13.1.3: the date counts without a tag only."""
    tags = request.header("if-none-match")
    if tags:
        known = {tag.strip().removeprefix("W/").strip('"') for tag in tags.split(",")}
        return str(found.version) in known or "*" in known
    since = request.header("if-modified-since")
    if not since:
        return False
    try:
        at = parsedate_to_datetime(since)
    except (ValueError, OverflowError):
        return False
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return found.stored_at.replace(microsecond=0) <= at


def check_parameters(desk: Desk, known: frozenset[str]) -> None:
    """Refuse parameters this address does not know, unless they are to be overlooked. Raises: Refused."""
    strange = [name for name, _ in desk.request.pairs if name not in known and name not in GENERAL]
    if strange and desk.form.handling == "strict":
        shown = sorted((known | GENERAL) - {PAGE})
        words = f"There is no parameter “{strange[0][:60]}” here. There is: {', '.join(shown)}."
        raise Refused(400, "not-supported", words)


def history(desk: Desk) -> Steps[Answer]:
    """Return a page of history, newest first: of one resource, of a type, or of all that can be reached."""
    call, pairs = desk.call, desk.request.pairs
    refuse_stored_slots(call)
    check_parameters(desk, _PAST)
    desk.needs(call.kind, "r" if call.id else "s")
    path = "/".join(desk.request.segments)
    page = yield from history_page(
        reach=desk.reach,
        kinds=[call.kind] if call.kind else list(registry().resource_types),
        id=call.id or None,
        since=_since(pairs),
        within=_within(pairs),
        count=count_of(pairs),
        after=_place(path, pairs),
    )
    for found in page.versions:
        desk.trail.saw(found.kind, found.patient_ids)
    base = desk.request.base
    links = [("self", link(base, path, pairs))]
    if page.next is not None:
        word = seal(path, [page.next.stored_at, page.next.rid, page.next.version])
        links.append(("next", link(base, path, [*((n, v) for n, v in pairs if n != PAGE), (PAGE, word)])))
    entries = [_entry_of(base, found) for found in page.versions]
    return Answer(200, bundle("history", entries, now=desk.request.now, links=links, total=page.total))


def _entry_of(base: str, found: Found) -> bytes:
    where = found.kind if found.method == "POST" else f"{found.kind}/{found.id}"
    status = "204" if found.is_deleted else "201" if found.version == 1 else "200"
    response = {"status": status, "etag": f'W/"{found.version}"', "lastModified": instant(found.stored_at)}
    request = {"method": found.method, "url": where}
    return history_entry(f"{base}/{found.kind}/{found.id}", found.body, request=request, response=response)


def last_of(pairs: Pairs, name: str) -> str | None:
    """Return the last value of a parameter, if it was sent."""
    found = [value for key, value in pairs if key == name]
    return found[-1] if found else None


def _since(pairs: Pairs) -> datetime | None:
    text = last_of(pairs, "_since")
    return None if text is None else instant_of(text, "_since")


def _within(pairs: Pairs) -> tuple[datetime, datetime] | None:
    """Return the stretch that `_at` means: a day is all of that day. Raises: Refused."""
    text = last_of(pairs, "_at")
    if text is None:
        return None
    meant = date_range(text.replace(" ", "+"))
    if meant is None:
        raise Refused(400, "value", "_at is a date or an instant, like 2026-11-24 or 2026-11-24T15:00:00Z.")
    return meant


def instant_of(text: str, name: str) -> datetime:
    """Return the instant in a parameter; a day without a time is its beginning in UTC. Raises: Refused."""
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(400, "value", f"{name} is an instant, like 2026-11-24T15:00:00Z.") from error


def count_of(pairs: Pairs, usual: int = HISTORY_PAGE, most: int = HISTORY_PAGE_MOST) -> int:
    """Return how many to show on a page. Raises: Refused."""
    text = last_of(pairs, "_count")
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused(400, "value", f"_count is a number from 1 to {most}.")
    return max(1, min(int(text), most))


def _place(path: str, pairs: Pairs) -> Place | None:
    word = page_word(pairs)
    if word is None:
        return None
    stored_at, rid, version = unseal(path, word)
    return Place(datetime.fromisoformat(stored_at), rid, version)
