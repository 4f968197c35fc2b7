"""A transaction bundle: all of its entries or none, in the order of FHIR, however they are written down.

Deletions first, then creations, then updates and patches, then readings. New resources get their ids before anything
is written, so that entries may refer to each other by `fullUrl`; a condition or a conditional reference is resolved
inside the same transaction, after the deletions. Source: FHIR R4 4.0.1, 3.1.0.11.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from bedside.fhir.asking import Steps
from bedside.fhir.documents import Document
from bedside.fhir.indexing.keys import patient_uuid
from bedside.kernel.errors import Refusal
from bedside.kernel.ids import new_id
from bedside.kernel.memory import nothing_thrown_away

from .actions import (
    Change,
    Outcome,
    Writer,
    lock_words,
    outcome_of,
    permit_new,
    permit_next,
    permit_on,
    prepare_new,
    prepare_next,
    prepare_patch,
    prepare_removal,
    require_version,
)
from .checking import check
from .conditions import Match, as_it_stands, normal, only_match
from .items import Item, all_read, read_items
from .links import Links, Spot, conditional_references, spots_of
from .patches import edit_of
from .refusals import EntryRefused, IdMismatch, RequestUnclear, ResourceMissing
from .reindexing import reindex_pointing
from .rows import NewVersion, Present
from .targets import stand_with_targets
from .writing import change, insert, lock

#: Reads what a GET entry asks for. What it returns is handed through.
Fetch = Callable[[Item], Steps[Any]]
#: What became of the entries, in their order: an Outcome, what `Fetch` returned, None for a deletion of nothing.
Results = list[Any]

Names = dict[tuple[str, str], Present]


class _Bundle:
    """One transaction under way."""

    def __init__(self, writer: Writer, items: list[Item], match: Match) -> None:
        self.writer, self.items, self.match = writer, items, match
        self.results: Results = [None] * len(items)
        self.links = Links()
        self.spots: dict[int, list[Spot]] = {}
        self.present: Names = {}
        self.changes: list[tuple[int, Change]] = []

    def of(self, *methods: str) -> list[Item]:
        return [item for item in self.items if item.method in methods]


def transaction_bundle(
    writer: Writer, bundle: Mapping[str, Any], *, match: Match, fetch: Fetch, base: str = ""
) -> Steps[Results]:
    """Carry out a transaction and return what became of its entries, in their order.

    Shape: the bundle's documents are rewritten in place; `base` is our own address with a slash at its end.
    Raises: EntryRefused with the first entry that cannot be done; then nothing may be kept: roll back.
    Locks: the conditions, then the rows, each in one order.
    """
    work = _Bundle(writer, all_read(read_items(bundle, base)), match)
    yield from _lock_conditions(work)
    yield from _delete(work)
    yield from _resolve(work)
    _rewrite(work, (yield from _conditional_links(work)))
    yield from _lock_targets(work)
    with nothing_thrown_away():
        rows = _prepare(work)
    yield from _ask_for(work, rows)
    yield from insert([row for _, row, _ in rows if row.rid is None])
    yield from change([row for _, row, _ in rows if row.rid is not None])
    yield from reindex_pointing((row, work.present.get(item.name)) for item, row, _ in rows)
    for item, row, _ in rows:
        work.results[item.number] = outcome_of(row)
    for item in work.of("GET", "HEAD"):
        with _about(item):
            work.results[item.number] = yield from fetch(item)
    return work.results


@contextmanager
def _about(item: Item) -> Iterator[None]:
    """Let a refusal say which entry it was about. Raises: EntryRefused."""
    try:
        yield
    except EntryRefused:
        raise
    except Refusal as refusal:
        raise EntryRefused(item.number, refusal) from refusal


def _lock_conditions(work: _Bundle) -> Steps[None]:
    words = []
    for item in work.of("DELETE", "POST", "PUT", "PATCH"):
        if item.criteria:
            with _about(item):
                words.append(normal(item.kind, item.criteria))
    if words:
        yield from lock_words(words)


def _delete(work: _Bundle) -> Steps[None]:
    items = work.of("DELETE")
    for item in items:
        if item.criteria:
            with _about(item):
                item.id = yield from only_match(work.match, item.kind, item.criteria)
    items = [item for item in items if item.id]
    _require_distinct(items)
    present = yield from lock([item.name for item in items], work.writer.reach)
    rows: list[tuple[int, NewVersion]] = []
    for item in items:
        with _about(item):
            found = _require_there(present.get(item.name), item)
        work.changes.append((item.number, permit_on("DELETE", found)))
        if found.is_deleted:
            work.results[item.number] = Outcome(
                "deleted", found.kind, found.id, found.version, found.stored_at, found.patient_ids, ""
            )
        else:
            rows.append((item.number, prepare_removal(work.writer, found)))
    yield from _permit(work)
    yield from change([row for _, row in rows])
    for number, row in rows:
        work.results[number] = outcome_of(row)


def _require_there(found: Present | None, item: Item) -> Present:
    if found is None or not found.is_reachable:
        raise ResourceMissing()
    require_version(found, item.if_match)
    return found


def _resolve(work: _Bundle) -> Steps[None]:
    """Give every resource that is written its id, found by its condition or new, and know where links lead."""
    for item in work.of("POST", "PUT", "PATCH"):
        there = None
        with _about(item):
            if item.criteria:
                there = yield from only_match(work.match, item.kind, item.criteria)
                _require_fit(item, there)
            if item.method == "POST" and there is not None:
                work.results[item.number] = yield from as_it_stands(work.writer.reach, item.kind, there)
        own = (item.document or {}).get("id") if item.method == "PUT" else None
        item.id = there or item.id or own or str(new_id())
        name = f"{item.kind}/{item.id}"
        if item.full_url:
            work.links.names[item.full_url] = name
        if item.criteria and item.method != "PATCH":
            work.links.conditions[normal(item.kind, item.criteria)] = name
    written = [item for item in work.of("DELETE", "POST", "PUT", "PATCH") if item.id and not _is_found(work, item)]
    _require_distinct(written)
    urls = [item.full_url for item in work.items if item.full_url]
    if len(set(urls)) != len(urls):
        raise RequestUnclear("Two entries have the same fullUrl.", "Bundle.entry.fullUrl")


def _is_found(work: _Bundle, item: Item) -> bool:
    result = work.results[item.number]
    return isinstance(result, Outcome) and result.done == "found"


def _require_fit(item: Item, there: str | None) -> None:
    if item.method == "PATCH" and there is None:
        raise ResourceMissing()
    if item.method == "PUT" and there and (item.document or {}).get("id", there) != there:
        raise IdMismatch()


def _require_distinct(items: Iterable[Item]) -> None:
    seen: dict[tuple[str, str], Item] = {}
    for item in items:
        if item.name in seen:
            words = f"Entries {seen[item.name].number} and {item.number} change the same resource."
            raise EntryRefused(item.number, RequestUnclear(words, "Bundle.entry.request.url"))
        seen[item.name] = item


def _conditional_links(work: _Bundle) -> Steps[dict[str, str]]:
    """Return where the conditional references of all documents lead: into this bundle, or to the one match."""
    found: dict[str, str] = {}
    for item in work.of("POST", "PUT"):
        work.spots[item.number] = spots = spots_of(item.document or {})
        for link in sorted(set(conditional_references(spots)) - found.keys()):
            with _about(item):
                found[link] = yield from _where(work, link)
    return found


def _where(work: _Bundle, link: str) -> Steps[str]:
    kind, _, criteria = link.partition("?")
    same = work.links.conditions.get(normal(kind, criteria))
    if same is not None:
        return same
    there = yield from only_match(work.match, kind, criteria)
    if there is None:
        raise RequestUnclear(f"Nothing that you can reach matches the reference “{link[:200]}”.", status=412)
    return f"{kind}/{there}"


def _rewrite(work: _Bundle, conditions: dict[str, str]) -> None:
    work.links.conditions = conditions
    for item in work.of("POST"):
        if not _is_found(work, item):
            work.links.versions[f"{item.kind}/{item.id}"] = 1
    for item in work.of("POST", "PUT"):
        work.links.rewrite(work.spots[item.number], item.full_url)


def _lock_targets(work: _Bundle) -> Steps[None]:
    """Lock what is updated or patched; of what is not there yet, the name. Locks: all in one order."""
    items = work.of("PUT", "PATCH")
    names = [item.name for item in items]
    work.present = yield from lock(names, work.writer.reach)
    absent = [item.name for item in items if item.method == "PUT" and item.name not in work.present]
    if absent:
        yield from lock_words([f"{kind}/{id}" for kind, id in absent])
        work.present |= yield from lock(absent, work.writer.reach)


#: What is to be written for an entry, and the document it holds.
Rows = list[tuple[Item, NewVersion, Document]]


def _prepare(work: _Bundle) -> Rows:
    """Check every document and return the rows to write."""
    rows: Rows = []
    for item in work.of("POST", "PUT", "PATCH"):
        if _is_found(work, item):
            continue
        with _about(item):
            rows.append((item, *_row_of(work, item)))
    return rows


def _ask_for(work: _Bundle, rows: Rows) -> Steps[None]:
    """Ask leave to write these rows, all at once. Raises: EntryRefused."""
    near = {(row.kind, row.id): row.entries for _, row, _ in rows}
    yield from stand_with_targets([(document, row.entries) for _, row, document in rows], near)
    beside = frozenset(patient_uuid(row.id) for _, row, _ in rows if row.kind == "Patient")
    for item, row, document in rows:
        is_new = item.method == "POST"
        asked = permit_new(row, document) if is_new else permit_next(row, document, work.present.get(item.name))
        work.changes.append((item.number, replace(asked, beside=beside) if beside else asked))
    yield from _permit(work)


def _row_of(work: _Bundle, item: Item) -> tuple[NewVersion, Document]:
    document: Document = item.document or {}
    id = item.id or ""
    if item.method == "POST":
        return prepare_new(work.writer, document, id, check({**document, "id": id})), document
    present = work.present.get(item.name)
    if present is not None and not present.is_reachable:
        raise ResourceMissing()
    if item.method == "PATCH":
        edit = edit_of(document)
        if present is None:
            raise ResourceMissing()
        return prepare_patch(work.writer, present, edit, item.if_match)
    require_version(present, item.if_match, item.if_none_match == "*")
    return prepare_next(work.writer, document, id, check({**document, "id": id}), present), document


def _permit(work: _Bundle) -> Steps[None]:
    """Ask once for all changes; when one may not be made, find out which. Raises: EntryRefused."""
    asked, work.changes = work.changes, []
    if not asked:
        return
    try:
        yield from work.writer.permit([one for _, one in asked])
    except Refusal as refusal:
        for number, one in asked:
            with _about(work.items[number]):
                yield from work.writer.permit([one])
        raise refusal
