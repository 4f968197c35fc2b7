"""`Observation/$lastn`: the last values of each code. `DocumentReference/$docref`: a patient's documents.

Source: FHIR R4 4.0.1, Observation-lastn; US Core 6.1, OperationDefinition docref.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from bedside.fhir.asking import Steps
from bedside.fhir.search import Row, parse, search_steps
from bedside.gateway.bundles import bundle, entries_of
from bedside.gateway.desk import Desk
from bedside.gateway.interactions.reading import last_of
from bedside.gateway.messages import Answer, Pairs
from bedside.gateway.paging import PAGE, link, page_word, seal, unseal
from bedside.gateway.refusals import Refused

from .inputs import patient_of, read_inputs

#: Values of one code that can be asked for, and Observations looked through at most.
_LAST_MOST = 100
_LOOKED_THROUGH_MOST = 10_000
_PAGE = 1_000

_OF_LASTN = frozenset({"max", "patient", "subject", "code", "category", "_count"})
_OF_DOCREF = frozenset({"patient", "start", "end", "type", "on-demand", "profile", "_count"})


def lastn(desk: Desk) -> Steps[Answer]:
    """Return the last values of each code, newest first."""
    desk.needs("Observation", "s")
    pairs = read_inputs(desk, _OF_LASTN)
    most = _most(last_of(pairs, "max"))
    asked = [("patient", patient_of(pairs, "patient", "subject"))]
    asked += [(name, value) for name, value in pairs if name in ("code", "category")]
    asked += [("_sort", "-date"), ("_count", str(_PAGE))]
    base = f"{desk.request.base}/"
    kept: list[Row] = []
    seen: dict[str, list[str]] = {}
    after, looked_through = None, 0
    while True:
        page = yield from search_steps(parse("Observation", asked, base=base, after=after), desk.reach)
        for row in page.matches:
            if _is_among_last(row, seen, most):
                kept.append(row)
        looked_through += len(page.matches)
        after = page.next
        if after is None:
            break
        if looked_through >= _LOOKED_THROUGH_MOST:
            raise Refused(422, "too-costly", "This patient has too many of these. Name a code or a category.")
    desk.trail.saw_all((row.kind, row.patient_ids) for row in kept)
    desk.trail.searched("Observation")
    entries = entries_of(desk.request.base, kept, "match")
    links = [("self", link(desk.request.base, "Observation/$lastn", pairs))]
    return Answer(200, bundle("searchset", entries, now=desk.request.now, links=links, total=len(kept)))


def _most(text: str | None) -> int:
    if text is None:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= _LAST_MOST):
        raise Refused(400, "value", f"max is a number from 1 to {_LAST_MOST}.")
    return int(text)


def _is_among_last(row: Row, seen: dict[str, list[str]], most: int) -> bool:
    """Say whether some code of an Observation has been seen less than that often, or last at this same time.

    Source: FHIR R4 4.0.1, Observation-lastn: codes that are translations of each other are one group; of several at
    the same time all are given.
    """
    document = orjson.loads(row.body)
    at = str(document.get("effectiveDateTime") or document.get("effectivePeriod", {}).get("start") or "")
    found = False
    for code in _codes(document):
        times = seen.setdefault(code, [])
        if len(times) < most or times[-1] == at:
            times.append(at)
            found = True
    return found


def _codes(document: dict[str, object]) -> Iterable[str]:
    concept = document.get("code")
    if not isinstance(concept, dict):
        return []
    codings = [f"{one.get('system', '')}|{one.get('code', '')}" for one in concept.get("coding", [])]
    return codings or [str(concept.get("text", ""))]


def docref(desk: Desk) -> Steps[Answer]:
    """Return the DocumentReferences of a patient's documents: of a type, and of a time of care."""
    desk.needs("DocumentReference", "s")
    pairs = read_inputs(desk, _OF_DOCREF)
    path, word = "DocumentReference/$docref", page_word(pairs)
    asked, after = (_documents(pairs), None) if word is None else unseal(path, word)
    base = desk.request.base
    query = parse("DocumentReference", [(name, value) for name, value in asked], base=f"{base}/", after=after)
    page = yield from search_steps(query, desk.reach)
    desk.trail.saw_all((row.kind, row.patient_ids) for row in page.matches)
    desk.trail.searched("DocumentReference")
    links = [("self", link(base, path, pairs))]
    if page.next is not None:
        links.append(("next", link(base, path, [(PAGE, seal(path, [asked, page.next]))])))
    entries = entries_of(base, page.matches, "match")
    return Answer(200, bundle("searchset", entries, now=desk.request.now, links=links, total=page.total))


def _documents(pairs: Pairs) -> Pairs:
    if last_of(pairs, "on-demand") == "true":
        raise Refused(422, "not-supported", "Documents are not made on demand here. See Patient/[id]/$summary.")
    if last_of(pairs, "profile") is not None:
        raise Refused(422, "not-supported", "Documents are not told apart by profile here. Use type.")
    found = [("patient", patient_of(pairs, "patient"))]
    found += [("type", value) for name, value in pairs if name == "type"]
    found += [("_count", value) for name, value in pairs if name == "_count"]
    for name, prefix in (("start", "ge"), ("end", "le")):
        value = last_of(pairs, name)
        if value is not None:
            found.append(("period", f"{prefix}{value}"))
    return [*found, ("_sort", "-date"), ("_total", "accurate")]
