"""Prove that every result has someone who sees it. What was found otherwise is mended and told."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from bedside.kernel.errors import NotFound
from bedside.kernel.time import UTC
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.write import record_change
from bedside.results import policy
from bedside.results.models import InboxItem, OrphanAlert
from bedside.results.terms import BATCH

from .escalating import _hand_on
from .filing import file_rows, unfiled
from .people import candidates, pool_of

#: What came this lately is still on its way to a list.
ON_ITS_WAY = timedelta(minutes=15)
_ALWAYS = datetime(1900, 1, 1, tzinfo=UTC)
#: Runs over what was never filed, so that the check ends. Source: ours.
ROUNDS_MOST = 500


def prove_seen(*, actor: Actor, now: datetime) -> int:
    """Look at every result there is: filed, with someone who can see it. Return how many were not.

    What was in nobody's list is filed now; what lies with someone who can no longer see it goes to the next. Each
    leaves a row for the administrator. History asks nobody, and leaves none.
    """
    authorise(actor, policy.PROVE)
    return _file_what_was_left(actor, now) + _mend_owners(actor, now)


def _file_what_was_left(actor: Actor, now: datetime) -> int:
    found = 0
    for _ in range(ROUNDS_MOST):
        rows = unfiled(since=_ALWAYS, until=now - ON_ITS_WAY, most=BATCH, is_all=True)
        told = set(OrphanAlert.objects.filter(settled_at__isnull=True).values_list("report_kind", "report_id"))
        fresh = [row for row in rows if (row[0], row[1]) not in told]
        if not fresh:
            return found
        items = {(item.report_kind, item.report_id): item for item in file_rows(actor, fresh, now)}
        for kind, name, patient_id in fresh:
            item = items.get((kind, name))
            if item is not None and item.state == "open":
                found += _tell(kind, name, "never_filed", item, now)
            elif patient_id is None:
                found += _tell(kind, name, "no_patient", None, now)
    return found


def _mend_owners(actor: Actor, now: datetime) -> int:
    found = 0
    for item in InboxItem.objects.filter(state="open").order_by("due_at").iterator():
        if item.owner_id is None:
            if not pool_of(item.clinic_id, now):
                found += _tell(item.report_kind, item.report_id, "nobody", item, now)
        elif item.owner_id not in {one.person_id for one in candidates(item.patient_id, None, now)}:
            _hand_on(actor, item.id, now, why="left")
            found += _tell(item.report_kind, item.report_id, "nobody", item, now)
    return found


def _tell(kind: str, report_id: str, why: str, item: InboxItem | None, now: datetime) -> int:
    alert = OrphanAlert(report_kind=kind, report_id=report_id, why=why, item=item, found_at=now)
    OrphanAlert.objects.bulk_create([alert], ignore_conflicts=True)
    return int(OrphanAlert.objects.filter(id=alert.id).exists())


@transaction.atomic
def settle_orphan(*, actor: Actor, now: datetime, alert_id: UUID) -> None:
    """Say that an alert was looked after. Raises: NotFound. Locks: the alert."""
    authorise(actor, policy.SETTLE)
    alert = OrphanAlert.objects.select_for_update().filter(id=alert_id, settled_at__isnull=True).first()
    if alert is None:
        raise NotFound()
    alert.settled_at, alert.settled_by_id = now, actor.person_id
    alert.save(update_fields=["settled_at", "settled_by_id"])
    record_change(
        actor=actor, action=policy.SETTLE, now=now, resource=(alert.report_kind, alert.report_id),
        reason="administrator", detail={"why": alert.why},
    )  # fmt: skip
