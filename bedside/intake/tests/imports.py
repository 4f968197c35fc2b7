"""Importing in a test as the house does it, without waiting for jobs."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bedside.fhir.models import Resource
from bedside.intake.commands import ask_to_store, give_files, look_through, store_run
from bedside.intake.models import ImportRun
from bedside.platform.access import system_actor

OPERATOR, LOOKER, STORER = (system_actor(name) for name in ("import", "intake.look_through", "intake.store_run"))


def give(*files, now, source="hillside", actor=OPERATOR, **more) -> list[ImportRun]:
    """Give files (contents, or documents) and look through them."""
    contents = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in files]
    named = [(f"file-{number}.json", one) for number, one in enumerate(contents)]
    runs = give_files(actor=actor, now=now, source=source, files=named, is_by_hand=True, **more)
    return [look_through(actor=LOOKER, now=now, run_id=run.id) for run in runs]


def store(runs: list[ImportRun], *, now, actor=OPERATOR) -> list[ImportRun]:
    """Store files that were looked through."""
    ask_to_store(actor=actor, now=now, group_id=runs[0].group_id, is_by_hand=True)
    return [store_run(actor=STORER, now=now, run_id=run.id) for run in runs]


def bring(*files, now, **more) -> list[ImportRun]:
    """Give files, look through them and store them."""
    return store(give(*files, now=now, **more), now=now, actor=more.get("actor", OPERATOR))


def bundle(*documents, kind="collection", urls: Iterable[str] = ()) -> dict:
    """Return a Bundle of these resources."""
    entries = [{"resource": one} for one in documents]
    for entry, url in zip(entries, urls, strict=False):
        entry["fullUrl"] = url
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def stored(kind: str = "") -> list[dict]:
    """Return what stands in the store, faces and provenance aside unless asked for."""
    rows = Resource.objects.filter(is_deleted=False)
    rows = rows.filter(type=kind) if kind else rows.exclude(type="Provenance")
    return [json.loads(row.body) for row in rows.order_by("rid")]


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    """Return how many were new, changed, the same, refused."""
    return run.new, run.changed, run.same, run.refused
