"""Say that a result was seen, what the patient should know of it, and what comes next."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bedside.consent.queries import patient_facts
from bedside.kernel.errors import Conflict, NotFound
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_change
from bedside.platform.events import announce
from bedside.results import policy
from bedside.results.events import ResultSeen
from bedside.results.models import Acknowledgement, InboxItem
from bedside.results.rules import clean_note

from .people import tell_patient


class AlreadySeen(Conflict):
    """A colleague has just said that they saw this result. Nothing of yours was lost; look again."""


class NewerVersion(Conflict):
    """The laboratory has just sent a newer version of this result. Look at it again before you go on."""


@transaction.atomic
def acknowledge_result(
    *, actor: Actor, now: datetime, item_id: UUID, version: int, note: str = "", next_step: str = ""
) -> Acknowledgement:
    """Note that the actor saw this version of a result. Any physician in the patient's care may, whoever it waits for.

    Said again by the same person without more to say, it is said once.
    Raises: NotFound, NotAllowed, AlreadySeen, NewerVersion, NoteTooLong, NotAStep. Locks: the item.
    """
    item = InboxItem.objects.select_for_update(of=("self",)).filter(id=item_id).first()
    if item is None:
        raise NotFound()
    facts = patient_facts(actor=actor, patient_id=item.patient_id, now=now)
    decision = authorise(actor, policy.ACKNOWLEDGE, facts, Context(now))
    kept = clean_note(note, next_step)
    if item.version != version:
        raise NewerVersion()
    before = item.acknowledgements.filter(version=version).first()
    if before is not None:
        if before.by_id == actor.person_id and (before.note, before.next_step) == (kept, next_step):
            return before
        raise AlreadySeen()
    seen = Acknowledgement.objects.create(
        item=item, version=version, by_id=actor.person_key, at=now, note=kept, next_step=next_step
    )
    item.state = "acknowledged"
    item.save(update_fields=["state"])
    record_change(
        actor=actor, action=policy.ACKNOWLEDGE, now=now, patient_id=item.patient_id, reason=decision.reason,
        resource=(item.report_kind, item.report_id), detail={"version": version, "next_step": next_step},
    )  # fmt: skip
    announce(ResultSeen(item.id, item.patient_id, actor.person_key))
    if kept or next_step:
        tell_patient(item.patient_id, "note", now)
    return seen
