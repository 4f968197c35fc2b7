"""Hand on what waited too long; take and give what lies in a pool."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bedside.consent.commands import begin_care
from bedside.kernel.errors import Invalid, NotFound
from bedside.platform.access import Actor, Context, authorise, system_actor
from bedside.platform.audit.write import record_change
from bedside.platform.events import announce
from bedside.results import policy
from bedside.results.events import ResultArrived
from bedside.results.models import HandOver, InboxItem
from bedside.results.rules import due_at, next_owner
from bedside.results.terms import BATCH, STANDS_IN_FOR

from .people import candidates, clinic_of, physicians_among, tell_waiting


class NotAPhysician(Invalid):
    """Pick a physician of this clinic. The result is where it was."""


def escalate_late(*, actor: Actor, now: datetime) -> int:
    """Hand every result that is past its time to the next who can see it, in the end to the clinic's pool.

    Return how many. From the pool it goes nowhere, and everyone who is asked is asked again each time its time is over.
    Locks: one result after the other; those that someone holds are left for the next run.
    """
    authorise(actor, policy.ESCALATE)
    late = InboxItem.objects.filter(state="open", due_at__lte=now).order_by("due_at")
    return sum(_hand_on(actor, item_id, now, why="late") for item_id in list(late.values_list("id", flat=True)[:BATCH]))


@transaction.atomic
def _hand_on(actor: Actor, item_id: UUID, now: datetime, *, why: str) -> bool:
    rows = InboxItem.objects.select_for_update(of=("self",), skip_locked=True)
    item = rows.filter(id=item_id, state="open").first()
    if item is None or (why == "late" and item.due_at > now):
        return False
    had = set(item.hand_overs.filter(from_person__isnull=False).values_list("from_person_id", flat=True))
    had |= {item.owner_id} if item.owner_id else set()
    to_id = next_owner(candidates(item.patient_id, None, now), had=had) if item.owner_id else None
    _move(actor, item, to_id, now, why=why)
    return True


def _move(actor: Actor, item: InboxItem, to_id: UUID | None, now: datetime, *, why: str) -> None:
    """Write down that a locked result goes to someone, or to the pool, with its time beginning anew."""
    from_id = item.owner_id
    item.owner_id = to_id
    item.clinic_id = clinic_of(item.patient_id, to_id) or item.clinic_id
    item.level += 1
    item.due_at = due_at(item.urgency, now)
    item.save(update_fields=["owner_id", "clinic_id", "level", "due_at"])
    if from_id or to_id:
        HandOver.objects.create(item=item, from_person_id=from_id, to_person_id=to_id, at=now, why=why)
    record_change(
        actor=actor, action=policy.ESCALATE if actor.job else policy.GIVE, now=now, patient_id=item.patient_id,
        reason="house" if actor.job else why, resource=(item.report_kind, item.report_id),
        detail={"to": str(to_id or "pool"), "why": why, "level": item.level},
    )  # fmt: skip
    announce(ResultArrived(item.id, item.patient_id, to_id))
    tell_waiting(item, now)


def _locked(item_id: UUID) -> InboxItem:
    item = InboxItem.objects.select_for_update(of=("self",)).filter(id=item_id, state="open").first()
    if item is None:
        raise NotFound()
    return item


def _let_stand_in(item: InboxItem, person_id: UUID, now: datetime) -> None:
    """Let a physician into the patient's care for some days, where they are not in it, so that they can act."""
    if person_id in {one.person_id for one in candidates(item.patient_id, None, now)}:
        return
    begin_care(
        actor=system_actor(policy.ESCALATE), now=now, patient_id=item.patient_id, person_id=person_id,
        reason="covering", source=("result", item.id), ends_at=now + STANDS_IN_FOR,
    )  # fmt: skip


@transaction.atomic
def take_result(*, actor: Actor, now: datetime, item_id: UUID) -> InboxItem:
    """Take a result out of the clinic's pool, as a physician who works there. They stand in for seven days.

    Raises: NotFound, NotAllowed when someone has it. Locks: the item.
    """
    item = _locked(item_id)
    decision = authorise(actor, policy.TAKE, policy.PoolFacts(item.owner_id, item.clinic_id), Context(now))
    _let_stand_in(item, actor.person_key, now)
    item.owner_id = actor.person_key
    item.save(update_fields=["owner_id"])
    HandOver.objects.create(item=item, from_person=None, to_person_id=actor.person_key, at=now, why="taken")
    record_change(
        actor=actor, action=policy.TAKE, now=now, patient_id=item.patient_id, reason=decision.reason,
        resource=(item.report_kind, item.report_id),
    )  # fmt: skip
    announce(ResultArrived(item.id, item.patient_id, item.owner_id))
    return item


@transaction.atomic
def give_result(*, actor: Actor, now: datetime, item_id: UUID, person_id: UUID) -> InboxItem:
    """Give a result to a physician of the clinic, as its administrator. They stand in where they are not in care.

    Raises: NotFound, NotAPhysician. Locks: the item.
    """
    item = _locked(item_id)
    authorise(actor, policy.GIVE, policy.PoolFacts(item.owner_id, item.clinic_id), Context(now))
    if person_id not in physicians_among([person_id], now):
        raise NotAPhysician()
    _let_stand_in(item, person_id, now)
    _move(actor, item, person_id, now, why="given")
    return item
