"""Searching a type, a patient's compartment, or everything; and finding what a condition means."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from bedside.fhir.asking import Steps
from bedside.fhir.faults import Fault
from bedside.fhir.search import Page, Query, SearchRefused, parse, search_steps
from bedside.fhir.store.conditions import Match
from bedside.gateway.bundles import bundle, entries_of
from bedside.gateway.codes import CODES
from bedside.gateway.desk import Desk
from bedside.gateway.faces.slot_limits import refuse_slots_within, refuse_stored_slots, slots_left_out
from bedside.gateway.files import files_left_out
from bedside.gateway.messages import Answer, Pairs, read_pairs
from bedside.gateway.negotiation import GENERAL, check_body_type
from bedside.gateway.paging import PAGE, link, page_word, seal, unseal
from bedside.gateway.refusals import Refused, outcome_bytes

_FORM = "application/x-www-form-urlencoded"


def search(desk: Desk) -> Steps[Answer]:
    """Return a page of what is found."""
    call = desk.call
    refuse_stored_slots(call)
    desk.needs(call.kind, "s")
    path = call.kind if not call.within[0] else f"{call.within[0]}/{call.within[1]}/{call.kind or '*'}"
    pairs, after = _asked(desk, path)
    query = read_query(desk, pairs, after)
    refuse_slots_within(query)
    page = yield from search_steps(query, desk.reach, terminology=CODES)
    desk.trail.saw_all((row.kind, row.patient_ids) for row in (*page.matches, *page.included))
    desk.trail.searched(call.kind)
    return Answer(200, searchset(desk, path, query, pairs, page))


def _asked(desk: Desk, path: str) -> tuple[Pairs, str | None]:
    """Return the parameters of a search, from the address, the form in the body, or the word of a page."""
    pairs = [(name, value) for name, value in desk.request.pairs if name not in GENERAL]
    if desk.request.method == "POST":
        check_body_type(desk.request, allowed=frozenset({_FORM}))
        try:
            sent = desk.request.body.decode("ascii")
        except UnicodeDecodeError as error:
            raise Refused(400, "structure", "The form is not URL-encoded.") from error
        pairs += [(name, value) for name, value in read_pairs(sent, is_form=True) if name not in GENERAL]
    word = page_word(pairs)
    if word is None:
        return pairs, None
    if any(name != PAGE for name, _ in pairs):
        raise Refused(400, "invalid", "The link to a page stands alone: it knows what was searched for.")
    kept, after = unseal(path, word)
    return [(name, value) for name, value in kept], after


def read_query(desk: Desk, pairs: Pairs, after: str | None = None) -> Query:
    """Return what is asked. Raises: SearchRefused."""
    call = desk.call
    return parse(
        call.kind or None,
        pairs,
        lenient=desk.form.handling == "lenient",
        patient=call.within[1] or None,
        after=after,
        base=f"{desk.request.base}/",
    )


def searchset(desk: Desk, path: str, query: Query, pairs: Pairs, page: Page) -> bytes:
    """Return a page as a Bundle."""
    base = desk.request.base
    links = [("self", link(base, path, query.applied))]
    if page.next is not None:
        links.append(("next", link(base, path, [(PAGE, seal(path, [pairs, page.next]))])))
    entries = entries_of(base, page.matches, "match") + entries_of(base, page.included, "include")
    warnings = (*page.warnings, *slots_left_out(desk.call, query), *files_left_out(query))
    if warnings:
        said = [Fault(path="", code="not-supported", words=words, severity="warning") for words in warnings]
        entries.append(b'{"resource":' + outcome_bytes(said) + b',"search":{"mode":"outcome"}}')
    return bundle("searchset", entries, now=desk.request.now, links=links, total=page.total)


def match_for(desk: Desk) -> Match:
    """Return what finds the resources a condition means, within this desk's reach."""

    def match(kind: str, criteria: str) -> Steps[Sequence[str]]:
        desk.needs(kind, "s")
        pairs = [*parse_qsl(criteria, keep_blank_values=True, max_num_fields=100), ("_count", "2")]
        try:
            query = parse(kind, pairs, base=f"{desk.request.base}/")
        except SearchRefused as error:
            # Source: FHIR R4 4.0.1, 3.1.0.8.1: criteria not selective enough, or not understood: 412.
            refused = Refused(412, "invalid", "The condition cannot be read.")
            refused.faults = error.faults
            raise refused from error
        page = yield from search_steps(query, desk.reach, terminology=CODES)
        return [row.id for row in page.matches]

    return match
