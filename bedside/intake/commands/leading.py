"""What people say about a file that waits: who its patients are, store it, take it back."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from bedside.intake.models import ImportPatient, ImportRun
from bedside.kernel.errors import Conflict, NotFound
from bedside.kernel.ids import new_id
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.write import record_change
from bedside.platform.jobs import defer

from .rows import locked_run, may_move

Choice = Literal["same", "new", "out"]


class AlreadyBegun(Conflict):
    """This file is being stored already, or is done. Look at it again."""


class NotDecided(Conflict):
    """Say first who every patient of this file is. Nothing was stored."""


class NotThere(NotFound):
    """That import is not there, or not yours to see."""


def run_to_lead(actor: Actor, run_id: UUID) -> ImportRun:
    """Return a run its giver, or whoever runs the clinic, may lead. Its row is locked. Raises: NotThere."""
    try:
        run = locked_run(run_id)
    except NotFound as error:
        raise NotThere() from error
    if actor.job:
        authorise(actor, "intake.import_files")
    else:
        authorise(actor, "intake.lead_import", run.by_id or run.id)
    return run


@transaction.atomic
def decide_patient(*, actor: Actor, now: datetime, run_id: UUID, number: int, choice: Choice) -> ImportPatient:
    """Say that a patient of a file is the person proposed, is new here, or shall be left out. Raises: AlreadyBegun."""
    run = run_to_lead(actor, run_id)
    if run.state != "looked":
        raise AlreadyBegun()
    patient = ImportPatient.objects.filter(run=run, number=number).first()
    if patient is None or (choice == "same" and patient.proposed_id is None):
        raise NotThere()
    patient.is_left_out = choice == "out"
    if choice == "same":
        patient.person_id = patient.proposed_id
    elif patient.state in ("proposed", "unclear"):
        patient.person_id = new_id() if choice == "new" else None
    patient.decided_by, patient.decided_at = actor.person_id, now
    patient.save(update_fields=["is_left_out", "person_id", "decided_by", "decided_at"])
    record_change(
        actor=actor, action="intake.lead_import", now=now, patient_id=patient.proposed_id if choice == "same" else None,
        resource=("ImportRun", run.id), reason="own", detail={"patient": choice},
    )  # fmt: skip
    return patient


@transaction.atomic
def ask_to_store(
    *, actor: Actor, now: datetime, group_id: UUID, is_by_hand: bool = False, leaves_undecided: bool = False
) -> list[ImportRun]:
    """Have the files that were given together, and looked through, stored. Return which will be.

    Shape: with `leaves_undecided`, files with a patient nobody has decided about go on waiting; else they refuse all.
    Raises: AlreadyBegun, NotDecided.
    """
    runs = [run_to_lead(actor, id) for id in _ids_of(group_id)]
    ready = [run for run in runs if may_move(run, "asked")]
    if not ready or any(run.state == "given" for run in runs):
        raise AlreadyBegun()
    undecided = {one.run_id for one in ImportPatient.objects.filter(run__in=ready) if not one.is_decided}
    if undecided and not leaves_undecided:
        raise NotDecided()
    ready = [run for run in ready if run.id not in undecided]
    for run in ready:
        run.state = "asked"
        run.save(update_fields=["state"])
    if not is_by_hand:
        defer("intake.store_run", group_id=str(group_id))
    return ready


def _ids_of(group_id: UUID) -> list[UUID]:
    found = list(ImportRun.objects.filter(group_id=group_id).order_by("number").values_list("id", flat=True))
    if not found:
        raise NotThere()
    return found


@transaction.atomic
def drop_import(*, actor: Actor, now: datetime, group_id: UUID) -> None:
    """Take files back before they are stored. Their rows stay: everyone sees that they were given.

    Raises: AlreadyBegun.
    """
    runs = [run_to_lead(actor, id) for id in _ids_of(group_id)]
    waiting = [run for run in runs if may_move(run, "dropped")]
    if not waiting:
        raise AlreadyBegun()
    for run in waiting:
        run.state, run.ended_at = "dropped", now
        run.save(update_fields=["state", "ended_at"])
    record_change(
        actor=actor, action="intake.lead_import", now=now, resource=("ImportGroup", group_id), reason="own",
        detail={"dropped": len(waiting)},
    )  # fmt: skip
