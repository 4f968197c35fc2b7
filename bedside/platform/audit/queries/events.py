"""Rows of the log, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery

from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.models import AuditEvent
from bedside.platform.audit.write import record_view

PAGE = 50


def _page(rows: QuerySet[AuditEvent], before_id: int | None, limit: int) -> list[AuditEvent]:
    """Return the newest rows, from just before that one on. Why: by time, and by id where the time is the same."""
    if before_id is not None:
        at = AuditEvent.objects.filter(id=before_id).values("at")[:1]
        rows = rows.filter(Q(at__lt=Subquery(at)) | Q(at=Subquery(at), id__lt=before_id))
    return list(rows.order_by("-at", "-id")[:limit])


def events_about(
    *,
    actor: Actor,
    patient_id: UUID,
    now: datetime,
    is_own_included: bool = True,
    before_id: int | None = None,
    limit: int = PAGE,
) -> list[AuditEvent]:
    """Return what was seen and done about a patient, the newest first, from just before `before_id` on.

    Raises: NotFound for anyone but the patient and a privacy officer.
    """
    decision = authorise(actor, "audit.read_about_patient", patient_id, Context(now))
    rows = AuditEvent.objects.filter(patient_id=patient_id)
    if not is_own_included:
        rows = rows.exclude(actor_id=patient_id).exclude(actor_id=None)
    found = _page(rows, before_id, limit)
    record_view(
        actor=actor,
        action="audit.read_about_patient",
        now=now,
        patient_id=patient_id,
        reason=decision.reason,
        detail={"rows": len(found)},
    )
    return found


def find_events(
    *,
    actor: Actor,
    now: datetime,
    patient_ids: Collection[UUID] | None = None,
    actor_name: str = "",
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    before_id: int | None = None,
    limit: int = PAGE,
) -> list[AuditEvent]:
    """Return rows of the whole log for a privacy officer: of these patients, by people of that name, in that time.

    `patient_ids` None means any patient; an empty collection means none.
    """
    authorise(actor, "audit.search_events")
    rows = AuditEvent.objects.all()
    if patient_ids is not None:
        rows = rows.filter(patient_id__in=patient_ids)
    if actor_name:
        rows = rows.filter(actor_name__icontains=actor_name)
    if from_at is not None:
        rows = rows.filter(at__gte=from_at)
    if to_at is not None:
        rows = rows.filter(at__lt=to_at)
    found = _page(rows, before_id, limit)
    only = next(iter(patient_ids)) if patient_ids is not None and len(patient_ids) == 1 else None
    record_view(
        actor=actor,
        action="audit.search_events",
        now=now,
        patient_id=only,
        reason="privacy_officer",
        detail={"rows": len(found), "patients": len(patient_ids) if patient_ids is not None else None},
    )
    return found
