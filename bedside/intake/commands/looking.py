"""Look through a file before anything of it is stored: who is in it, what, and what would become of each thing."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from bedside.fhir.asking import answer
from bedside.fhir.store.loading import Loaded, load
from bedside.intake.brought import Brought, Contents, Untaken
from bedside.intake.bundles.identity import Names, id_of
from bedside.intake.bundles.subjects import subject_of_patient
from bedside.intake.contents import objection, read_contents, ready_of, says_same
from bedside.intake.matching import match
from bedside.intake.models import ImportPatient, ImportRun
from bedside.intake.opening import FileNotTaken
from bedside.intake.terms import BATCH
from bedside.platform.access import Actor, authorise

from .messages import look_through_messages
from .rows import content_of, fail, locked_run, may_move, people_of


@transaction.atomic
def look_through(*, actor: Actor, now: datetime, run_id: UUID) -> ImportRun:
    """Find out what is in a file and who its patients are. Nothing of it is stored. Locks: the run.

    Doing it again while the file waits finds out anew.
    """
    authorise(actor, "intake.look_through")
    run = locked_run(run_id)
    if run.state not in ("given", "looked"):
        return run
    if run.kind == "hl7v2":
        return look_through_messages(run, now)
    try:
        contents = read_contents(run.kind, content_of(run))
    except FileNotTaken as refused:
        if may_move(run, "failed"):
            fail(run, now, refused.reason, refused.words)
        return run
    ImportPatient.objects.filter(run=run).delete()
    ImportPatient.objects.bulk_create(patients_of(run, contents.brought))
    run.inside = _inside(run, contents, people_of(run, contents.brought, now))
    run.total = len(contents.brought) + len(contents.refused)
    run.state, run.looked_at = "looked", now
    run.save(update_fields=["inside", "total", "state", "looked_at"])
    return run


def patients_of(run: ImportRun, brought: list[Brought]) -> list[ImportPatient]:
    """Return a file's patients, each once, with who they are here."""
    found: dict[UUID, ImportPatient] = {}
    for one in brought:
        if one.kind != "Patient":
            continue
        own_id, keys = id_of(one, run.source), [key for key in (one.key, one.full_url) if key]
        if own_id in found:
            found[own_id].keys = list(dict.fromkeys([*found[own_id].keys, *keys]))
            continue
        subject = subject_of_patient(one.document)
        is_who = match(subject, source=run.source, keys=keys, own_id=own_id)
        found[own_id] = ImportPatient(
            run=run, number=len(found) + 1, keys=keys or [str(own_id)], name=subject.full_name[:220],
            birth_on=subject.birth_on, sex=subject.sex, state=is_who.state, proposed_id=is_who.proposed_id,
            person_id=is_who.person_id,
        )  # fmt: skip
    return list(found.values())


def _inside(run: ImportRun, contents: Contents, people: dict[str, UUID]) -> dict[str, Any]:
    """Return what would become of everything in a file, counted by type, if it were stored now."""
    names = Names(run.source, people)
    names.learn(contents.brought)
    kinds: Counter[str] = Counter(one.kind for one in contents.brought)
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter(one.reason for one in contents.refused)
    for first in range(0, len(contents.brought), BATCH):
        for done in _try(run, contents.brought[first : first + BATCH], names, frozenset(people.values())):
            if isinstance(done, Untaken):
                reasons[done.reason] += 1
            else:
                outcomes[done.done] += 1
                reasons.update([done.reason] if done.reason else [])
    return {
        "kinds": dict(kinds.most_common()),
        "outcomes": {name: outcomes[name] for name in ("new", "changed", "same")} | {"refused": reasons.total()},
        "reasons": dict(reasons.most_common()),
    }


def _try(run: ImportRun, brought: list[Brought], names: Names, people: frozenset[UUID]) -> list[Loaded | Untaken]:
    """Return what would become of some resources, storing none."""
    ready, untaken = ready_of(brought, names)
    loaded = answer(
        load(
            [document for _, document in ready], author_id=run.by_id, now=run.given_at, says_same=says_same,
            object_to=partial(objection, run.source, people), is_trial=True,
        )
    )  # fmt: skip
    return [*untaken, *loaded]
