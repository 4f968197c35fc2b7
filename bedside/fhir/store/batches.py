"""A batch bundle: every entry on its own, whatever becomes of the others.

New resources that ask for no condition are written together, which is what makes a batch of a hundred quick; each of
the others stands behind a savepoint of its own. Source: FHIR R4 4.0.1, 3.1.0.11.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bedside.fhir.asking import Ask, Steps
from bedside.fhir.documents import Document
from bedside.kernel.errors import Refusal
from bedside.kernel.ids import new_id
from bedside.kernel.memory import nothing_thrown_away

from .actions import Change, Outcome, Writer, create, delete, outcome_of, patch, permit_new, prepare_new, update
from .checking import check
from .conditions import Match, create_if_none, delete_where, patch_where, update_where
from .items import Item, read_items
from .patches import edit_of
from .rows import NewVersion
from .targets import stand_with_targets
from .transactions import Fetch, Results
from .writing import insert

#: New resources on their way in, each with its entry and the change it asks leave for.
Permitted = list[tuple[Item, NewVersion, Change]]


def batch_bundle(
    writer: Writer, bundle: Mapping[str, Any], *, match: Match, fetch: Fetch, base: str = ""
) -> Steps[Results]:
    """Carry out a batch and return what became of each entry, in their order: a Refusal where one was refused.

    Run it in one transaction: what was done is kept together, what was refused left nothing.
    Raises: RequestUnclear when the bundle as a whole is not one.
    """
    items = read_items(bundle, base)
    results: Results = list(items)
    plain = [item for item in items if isinstance(item, Item) and item.method == "POST" and not item.criteria]
    yield from _create_together(writer, plain, results)
    for item in items:
        if isinstance(item, Item) and isinstance(results[item.number], Item):
            results[item.number] = yield from _apart(_one(writer, item, match, fetch))
    return results


def _create_together(writer: Writer, items: list[Item], results: Results) -> Steps[None]:
    """Write all new resources that are in order in one statement. Should that fail, they stay to be written singly."""
    with nothing_thrown_away():
        prepared = _prepared(writer, items, results)
    if not prepared:
        return
    yield from stand_with_targets([(item.document or {}, row.entries) for item, row in prepared])
    rows = [(item, row, permit_new(row, item.document or {})) for item, row in prepared]
    done = yield from _apart(_permit_and_insert(writer, rows, results))
    if isinstance(done, Refusal):
        return
    for item, row, _ in done:
        results[item.number] = outcome_of(row)


def _permit_and_insert(writer: Writer, rows: Permitted, results: Results) -> Steps[Permitted]:
    """Write those that may be written, and return them.

    Why: what a permit writes (the log, a person who is new) goes with the resources, so that when they are written
    singly after all nothing is there twice.
    """
    try:
        yield from writer.permit([asked for _, _, asked in rows])
    except Refusal:
        rows = yield from _permitted(writer, rows, results)
    if rows:
        yield from insert([row for _, row, _ in rows])
    return rows


def _prepared(writer: Writer, items: list[Item], results: Results) -> list[tuple[Item, NewVersion]]:
    """Return what is to be written of those that are in order; the others are refused in the results."""
    rows = []
    for item in items:
        document: Document = item.document or {}
        id = str(new_id())
        try:
            row = prepare_new(writer, document, id, check({**document, "id": id}))
        except Refusal as refusal:
            results[item.number] = refusal
        else:
            rows.append((item, row))
    return rows


def _permitted(writer: Writer, rows: Permitted, results: Results) -> Steps[Permitted]:
    allowed = []
    for item, row, asked in rows:
        try:
            yield from writer.permit([asked])
        except Refusal as refusal:
            results[item.number] = refusal
        else:
            allowed.append((item, row, asked))
    return allowed


_SAVEPOINT = Ask("SAVEPOINT batch_entry", prepare=False, is_awaited=False)
_BACK = Ask("ROLLBACK TO SAVEPOINT batch_entry", prepare=False, is_awaited=False)
#: Awaited, so that what an entry sends without waiting is refused before the next entry begins.
_RELEASE = Ask("RELEASE SAVEPOINT batch_entry", prepare=False)


def _apart(steps: Steps[Any]) -> Steps[Any]:
    """Run steps behind a savepoint and return what they return, or the refusal that undid them."""
    yield _SAVEPOINT
    try:
        done = yield from steps
    except Refusal as refusal:
        yield _BACK
        return refusal
    yield _RELEASE
    return done


def _one(writer: Writer, item: Item, match: Match, fetch: Fetch) -> Steps[Outcome | Any]:
    document: Document = item.document or {}
    kind, criteria, id = item.kind, item.criteria, item.id or ""
    if item.method in {"GET", "HEAD"}:
        return (yield from fetch(item))
    if item.method == "POST":
        if criteria:
            return (yield from create_if_none(writer, document, criteria=criteria, match=match))
        return (yield from create(writer, document))
    if item.method == "DELETE":
        if criteria:
            return (yield from delete_where(writer, kind=kind, criteria=criteria, match=match))
        return (yield from delete(writer, kind=kind, id=id, if_match=item.if_match))
    if item.method == "PATCH":
        edit = edit_of(document)
        if criteria:
            return (
                yield from patch_where(writer, edit, kind=kind, criteria=criteria, match=match, if_match=item.if_match)
            )
        return (yield from patch(writer, edit, kind=kind, id=id, if_match=item.if_match))
    if criteria:
        return (
            yield from update_where(writer, document, kind=kind, criteria=criteria, match=match, if_match=item.if_match)
        )
    is_new = item.if_none_match == "*"
    return (yield from update(writer, document, kind=kind, id=id, if_match=item.if_match, must_be_new=is_new))
