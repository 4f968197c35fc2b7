"""`Composition/[id]/$document` and `Patient/[id]/$summary`: documents, the composition first and all it names after it.

Source: FHIR R4 4.0.1, Composition-document, 3.3 (documents); International Patient Summary 1.1.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from bedside.fhir.addresses import own_addresses
from bedside.fhir.asking import Steps
from bedside.fhir.documents import Document, read_document, write_document
from bedside.fhir.search import Row, parse, search_steps
from bedside.fhir.store.reading import Found, read_body
from bedside.gateway.bundles import entry, instant
from bedside.gateway.desk import Desk
from bedside.gateway.interactions.reading import check_parameters, last_of
from bedside.gateway.messages import Answer
from bedside.gateway.refusals import Refused
from bedside.gateway.routing import ID
from bedside.kernel.ids import new_id

from . import ips
from .inputs import read_inputs

_AT_ONCE = 200
#: More than any document names.
_NAMED_MOST = 2_000


def document(desk: Desk) -> Steps[Answer]:
    """Return a composition and everything it names that can be reached, as a document."""
    check_parameters(desk, frozenset({"persist"}))
    desk.needs("Composition", "r")
    if last_of(desk.request.pairs, "persist") == "true":
        raise Refused(400, "not-supported", "A document is made here, not kept. Leave persist out.")
    found = yield from read_body("Composition", desk.call.id, desk.reach)
    desk.trail.saw("Composition", found.patient_ids)
    rows = yield from _named(desk, references(read_document(found.body)), {("Composition", found.id)})
    return _answer(desk, found.body, found.id, rows)


def summary(desk: Desk) -> Steps[Answer]:
    """Return an International Patient Summary made of what is known of the patient now."""
    read_inputs(desk, frozenset({"profile"}))
    desk.needs("Patient", "r")
    person = yield from read_body("Patient", desk.call.id, desk.reach)
    desk.trail.saw("Patient", person.patient_ids)
    parts: dict[str, list[Row]] = {}
    for section in ips.SECTIONS:
        parts[section.title] = yield from _of_section(desk, section, person)
    id = str(new_id())
    composition = ips.compose(
        id=id,
        patient=read_document(person.body),
        now=desk.request.now,
        author=desk.grant.actor.name,
        entries={title: [read_document(row.body) for row in rows] for title, rows in parts.items()},
    )
    shown = [row for rows in parts.values() for row in rows]
    named = yield from _named(desk, _of_rows(shown), {("Patient", person.id), *((row.kind, row.id) for row in shown)})
    whole = [(person.kind, person.id, person.body)] + [(row.kind, row.id, row.body) for row in shown] + named
    return _answer(desk, write_document(composition), id, whole)


def _of_section(desk: Desk, section: ips.Section, person: Found) -> Steps[list[Row]]:
    found: list[Row] = []
    for kind, asked in section.searches:
        if not desk.grant.scopes.allow(kind, "s"):
            continue
        pairs = [*asked, ("patient", person.id), ("_count", str(ips.ENTRIES_MOST))]
        page = yield from search_steps(parse(kind, pairs, base=f"{desk.request.base}/"), desk.reach)
        for row in page.matches:
            desk.trail.saw(row.kind, row.patient_ids)
        found += page.matches
    return found


def _of_rows(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    for row in rows:
        yield from references(read_document(row.body))


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the type and id of every resource here that a document names."""
    if isinstance(value, dict):
        named = value.get("reference")
        if isinstance(named, str):
            kind, _, id = own_addresses().local(named).partition("/_history/")[0].partition("/")
            if ID.match(id) and kind.isalpha():
                yield kind, id
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def _named(
    desk: Desk, names: Iterable[tuple[str, str]], known: set[tuple[str, str]]
) -> Steps[list[tuple[str, str, str]]]:
    """Return the resources of these names that can be reached, each once. Shape: type, id, text."""
    by_kind: dict[str, list[str]] = {}
    for kind, id in dict.fromkeys(names):
        if (kind, id) not in known and desk.grant.scopes.allow(kind, "rs"):
            by_kind.setdefault(kind, []).append(id)
    if sum(map(len, by_kind.values())) > _NAMED_MOST:
        raise Refused(422, "too-costly", "The document names more resources than one document may hold.")
    found: list[tuple[str, str, str]] = []
    for kind, ids in by_kind.items():
        for first in range(0, len(ids), _AT_ONCE):
            some = ids[first : first + _AT_ONCE]
            page = yield from search_steps(
                parse(kind, [("_id", ",".join(some)), ("_count", str(_AT_ONCE))]), desk.reach
            )
            for row in page.matches:
                desk.trail.saw(row.kind, row.patient_ids)
            found += [(row.kind, row.id, row.body) for row in page.matches]
    return found


def _answer(desk: Desk, composition: str, id: str, rows: Iterable[tuple[str, str, str]]) -> Answer:
    base = desk.request.base
    head: Document = {
        "resourceType": "Bundle",
        "id": str(new_id()),
        "meta": {"lastUpdated": instant(desk.request.now)},
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{new_id()}"},
        "type": "document",
        "timestamp": instant(desk.request.now),
    }
    entries = [entry(f"{base}/Composition/{id}", composition)]
    entries += [entry(f"{base}/{kind}/{name}", body) for kind, name, body in rows]
    return Answer(200, orjson.dumps(head)[:-1] + b',"entry":[' + b",".join(entries) + b"]}")
