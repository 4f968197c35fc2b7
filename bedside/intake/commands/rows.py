"""Loading and locking a run, and writing down how it goes. Used by the commands of this shelf only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from bedside.accounts.models import Person
from bedside.accounts.queries import actor_for
from bedside.consent.queries import relations_by_patient
from bedside.consent.rules import counted
from bedside.intake.brought import Brought, Untaken
from bedside.intake.bundles.identity import links_in, named_patient
from bedside.intake.models import ImportPatient, ImportRun, ImportUntaken, PatientAlias
from bedside.intake.terms import MOVES, REFUSALS_KEPT_MOST, WORDS_MOST
from bedside.kernel.errors import NotFound
from bedside.platform.access import ANONYMOUS, Actor
from bedside.platform.files.store import open_stored


def locked_run(run_id: UUID) -> ImportRun:
    """Return a run whose row is locked. Raises: NotFound."""
    run = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None:
        raise NotFound()
    return run


def may_move(run: ImportRun, state: str) -> bool:
    """Say whether a run may go into that state from where it is."""
    return state in MOVES.get(run.state, set())


def content_of(run: ImportRun) -> bytes:
    """Return the bytes of a run's file."""
    with open_stored(run.sha256) as stream:
        return stream.read()


def giver(run: ImportRun, house: Actor, now: datetime) -> Actor:
    """Return whoever gave the file as an actor, the house itself for what the operator gave."""
    if run.by_id is None:
        return house
    return actor_for(Person.objects.get(pk=run.by_id), now=now)


def people_of(run: ImportRun, brought: list[Brought], now: datetime) -> dict[str, UUID]:
    """Return who everyone is that a file names: its own patients, those of the files beside it, those known before.

    Someone who does not run the clinic only reaches those known before whom they treat.
    """
    rows = ImportPatient.objects.filter(run__group_id=run.group_id, is_left_out=False, person_id__isnull=False)
    found = {key: one.person_id for one in rows for key in one.keys if one.person_id}
    named = {named_patient(link) for one in brought for link in links_in(one.document)} - found.keys()
    before = dict(PatientAlias.objects.filter(source=run.source, key__in=named).values_list("key", "person_id"))
    if before and not run.is_by_administrator:
        by = giver(run, ANONYMOUS, now)
        held = relations_by_patient(actor=by, patient_ids=set(before.values()), now=now)
        before = {key: id for key, id in before.items() if counted(by, held[id] - {"self"})}
    return before | found


def note_untaken(run: ImportRun, untaken: Iterable[Untaken]) -> int:
    """Keep what is not stored, the first few hundred with their places, and return how many there were."""
    listed = list(untaken)
    left = max(0, REFUSALS_KEPT_MOST - ImportUntaken.objects.filter(run=run).count()) if listed else 0
    ImportUntaken.objects.bulk_create(
        [
            ImportUntaken(
                run=run, place=one.place[:120], kind=one.kind[:64], reason=one.reason, words=one.words[:WORDS_MOST]
            )
            for one in listed[:left]
        ]
    )
    return len(listed)


def fail(run: ImportRun, now: datetime, reason: str, words: str) -> None:
    """Write down that a run cannot be stored, and why."""
    run.state, run.ended_at, run.reason, run.words = "failed", now, reason, words[:WORDS_MOST]
    run.save(update_fields=["state", "ended_at", "reason", "words"])
