"""`Patient/[id]/$everything`: all that is known of a patient, and what it refers to, page by page.

Source: FHIR R4 4.0.1, Patient-everything; US Core asks for _since, _type and _count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bedside.fhir.asking import Steps
from bedside.fhir.definitions import registry
from bedside.fhir.search import Query, parse, search_steps
from bedside.fhir.search.query import Include
from bedside.fhir.store.reading import read_body
from bedside.gateway.bundles import bundle, entries_of
from bedside.gateway.desk import Desk
from bedside.gateway.interactions.reading import check_parameters, count_of, instant_of, last_of
from bedside.gateway.messages import Answer, Pairs
from bedside.gateway.paging import PAGE, link, page_word, seal, unseal
from bedside.gateway.refusals import Refused
from bedside.gateway.terms import EVERYTHING_PAGE, EVERYTHING_PAGE_MOST, SHARED_TYPES

_KNOWN = frozenset({"_since", "_type", "_count", "start", "end", PAGE})


def everything(desk: Desk) -> Steps[Answer]:
    """Return a page of a patient's compartment."""
    check_parameters(desk, _KNOWN)
    kind, id = desk.call.kind, desk.call.id
    desk.needs("Patient", "r")
    found = yield from read_body(kind, id, desk.reach)
    desk.trail.saw(kind, found.patient_ids)
    pairs = [(name, value) for name, value in desk.request.pairs if name in _KNOWN]
    path, word = f"Patient/{id}/$everything", page_word(pairs)
    pairs, after = (pairs, None) if word is None else unseal(path, word)
    query = _query_of(desk, pairs, id, after)
    page = yield from search_steps(query, desk.reach)
    desk.trail.saw_all((row.kind, row.patient_ids) for row in (*page.matches, *page.included))
    base = desk.request.base
    links = [("self", link(base, path, desk.request.pairs))]
    if page.next is not None:
        links.append(("next", link(base, path, [(PAGE, seal(path, [pairs, page.next]))])))
    entries = entries_of(base, page.matches, "match") + entries_of(base, page.included, "include")
    return Answer(200, bundle("searchset", entries, now=desk.request.now, links=links, total=page.total))


def _query_of(desk: Desk, pairs: Pairs, id: str, after: str | None) -> Query:
    if any(name in ("start", "end") for name, _ in pairs):
        words = "start and end are not done here. Search each type by its date instead."
        raise Refused(400, "not-supported", words)
    asked = [("_count", str(count_of(pairs, EVERYTHING_PAGE, EVERYTHING_PAGE_MOST)))]
    since = last_of(pairs, "_since")
    if since is not None:
        asked.append(("_lastUpdated", f"ge{instant_of(since, '_since').isoformat()}"))
    asked.append(("_type", ",".join(_types(value for name, value in pairs if name == "_type"))))
    query = parse(None, asked, patient=id, after=after, base=f"{desk.request.base}/")
    return replace(query, includes=(Include("*", (), tuple(sorted(SHARED_TYPES))),))


def _types(asked: Iterable[str]) -> list[str]:
    """Return the types of the compartment that are asked for, or all. Raises: Refused."""
    all_types = ["Patient", *sorted(registry().compartments["Patient"])]
    words = [word for value in asked for word in value.split(",") if word]
    strange = [word for word in words if word not in registry().search]
    if strange:
        raise Refused(400, "value", f"“{strange[0][:60]}” is not a resource type of FHIR R4.")
    return [kind for kind in dict.fromkeys(words or all_types) if kind in all_types] or ["Patient"]
