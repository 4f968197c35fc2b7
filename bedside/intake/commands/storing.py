"""Store a file that was looked through: its people first, then everything else, a bounded part in each transaction.

A run that is killed goes on at its `place`: that moves in the same transaction as what was stored, and a document that
stands there already is not stored again, so nothing is lost and nothing doubles.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from bedside.fhir.asking import answer
from bedside.fhir.store.loading import Loaded, load
from bedside.intake.brought import Brought, Untaken
from bedside.intake.bundles.identity import Names
from bedside.intake.contents import objection, read_contents, ready_of, says_same
from bedside.intake.events import RecordsImported
from bedside.intake.models import ImportRun
from bedside.intake.opening import FileNotTaken
from bedside.intake.provenance import provenance_of
from bedside.intake.terms import BATCH
from bedside.platform.access import Actor, authorise
from bedside.platform.events import announce

from .messages import store_messages
from .people import arrive
from .rows import content_of, fail, giver, locked_run, may_move, note_untaken, people_of

Progress = Callable[[ImportRun], None]


def store_run(
    *, actor: Actor, now: datetime, run_id: UUID, progress: Progress | None = None, most: int | None = None
) -> ImportRun:
    """Store a file, from where it was left off. With `most`, only so many parts of it, as a kill would.

    Locks: the run, in each transaction anew.
    """
    authorise(actor, "intake.store_run")
    run = ImportRun.objects.get(pk=run_id)
    if run.state not in ("asked", "storing"):
        return run
    if run.kind == "hl7v2":
        return store_messages(run.id, now, progress)
    try:
        contents = read_contents(run.kind, content_of(run))
    except FileNotTaken as refused:
        fail(run, now, refused.reason, refused.words)
        return run
    if run.state == "asked":
        run = _begin(run.id, actor, now, contents.brought, contents.refused)
    names = Names(run.source, people_of(run, contents.brought, now))
    names.learn(contents.brought)
    parts = 0
    while run.state == "storing" and (most is None or parts < most):
        run = _store_part(run.id, run.place, now, contents.brought, names)
        parts += 1
        if progress:
            progress(run)
    return run


@transaction.atomic
def _begin(run_id: UUID, house: Actor, now: datetime, brought: list[Brought], unread: list[Untaken]) -> ImportRun:
    """Have the people of a file arrive, with what is told of them; then the rest may come."""
    run = locked_run(run_id)
    if not may_move(run, "storing"):
        return run
    untaken = arrive(run, giver(run, house, now), house, now, [one for one in brought if one.kind == "Patient"])
    run.refused += note_untaken(run, [*unread, *untaken])
    run.state, run.total = "storing", len(brought)
    run.save(update_fields=["state", "total", "new", "changed", "same", "refused"])
    return run


@transaction.atomic
def _store_part(run_id: UUID, place: int, now: datetime, brought: list[Brought], names: Names) -> ImportRun:
    """Store the part of a file that begins at `place`, and end the run after the last. Locks: the run."""
    run = locked_run(run_id)
    if run.state != "storing" or run.place != place:
        return run
    part = [one for one in brought[place : place + BATCH] if one.kind != "Patient"]
    untaken, loaded, owners = _store(run, part, names, now)
    run.new += sum(one.done == "new" for one in loaded)
    run.changed += sum(one.done == "changed" for one in loaded)
    run.same += sum(one.done == "same" for one in loaded)
    refused = [
        Untaken(owner.place, owner.kind, one.reason, one.words)
        for owner, one in zip(owners, loaded, strict=True)
        if one.done == "refused"
    ]
    run.refused += note_untaken(run, [*untaken, *refused])
    run.place = min(place + BATCH, len(brought))
    if run.place >= len(brought):
        run.state, run.ended_at = "done", now
        announce(RecordsImported(run.id))
    run.save(update_fields=["new", "changed", "same", "refused", "place", "state", "ended_at"])
    return run


def _store(
    run: ImportRun, part: list[Brought], names: Names, now: datetime
) -> tuple[list[Untaken], list[Loaded], list[Brought]]:
    ready, untaken = ready_of(part, names)
    loaded = answer(
        load(
            [document for _, document in ready], author_id=run.by_id, now=now, says_same=says_same,
            object_to=partial(objection, run.source, frozenset(names.people.values())),
        )
    )  # fmt: skip
    tell_where_from(run, run.place, loaded, now)
    return untaken, loaded, [one for one, _ in ready]


def tell_where_from(run: ImportRun, place: int, loaded: list[Loaded], now: datetime) -> None:
    """Store where what is new or changed came from, in the same transaction: a Provenance for each set of patients.

    Why: it stands in the charts of all its targets, and what is about one patient is not for another's.
    """
    stored = [one for one in loaded if one.done in ("new", "changed")]
    about = [tuple(sorted(one.patient_ids)) for one in stored]
    for number, patients in enumerate(sorted(set(about))):
        targets = [(one.kind, one.id, one.version) for one, of in zip(stored, about, strict=True) if of == patients]
        document = provenance_of(
            targets, run_id=run.id, place=place * 1000 + number, source=run.source, file_name=run.file_name,
            sha256=run.sha256, by=(run.by_id, run.by_name), now=now,
        )  # fmt: skip
        answer(load([document], author_id=run.by_id, now=now, object_to=lambda *_: ""))
