"""Write an audit row, in the transaction of the act it records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from bedside.platform.access import Actor
from bedside.platform.statements import first_row

from .models import AuditEvent
from .terms import SAME_LOOK

_INSERT = """
INSERT INTO audit_event (at, kind, action, actor_id, actor_name, actor_roles, job, is_stepped_in,
                         patient_id, resource_type, resource_id, reason, detail)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def _write(
    kind: str,
    *,
    actor: Actor,
    action: str,
    now: datetime,
    patient_id: UUID | None,
    resource: tuple[str, object] | None,
    reason: str,
    detail: Mapping[str, Any] | None,
) -> None:
    resource_type, resource_id = resource or ("", "")
    values = (
        now,
        kind,
        action,
        actor.author_id,
        actor.name,
        " ".join(sorted(actor.roles)),
        actor.job,
        actor.is_stepped_in,
        patient_id,
        resource_type,
        str(resource_id),
        reason,
        json.dumps(dict(detail or {}), cls=DjangoJSONEncoder),
    )
    first_row(_INSERT, values)


def record_change(
    *,
    actor: Actor,
    action: str,
    now: datetime,
    patient_id: UUID | None = None,
    resource: tuple[str, object] | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record that the actor changed something. `resource` is (type, id); `detail` holds codes only."""
    _write(
        "change",
        actor=actor,
        action=action,
        now=now,
        patient_id=patient_id,
        resource=resource,
        reason=reason,
        detail=detail,
    )


def record_view(
    *,
    actor: Actor,
    action: str,
    now: datetime,
    patient_id: UUID | None = None,
    resource: tuple[str, object] | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record that the actor saw something. `resource` is (type, id); `detail` holds codes only."""
    _write(
        "view",
        actor=actor,
        action=action,
        now=now,
        patient_id=patient_id,
        resource=resource,
        reason=reason,
        detail=detail,
    )


def record_refusal(
    *,
    actor: Actor,
    action: str,
    now: datetime,
    patient_id: UUID | None = None,
    resource: tuple[str, object] | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record that the actor was refused something. Call it outside the transaction the refusal undoes."""
    _write(
        "refusal",
        actor=actor,
        action=action,
        now=now,
        patient_id=patient_id,
        resource=resource,
        reason=reason,
        detail=detail,
    )


def record_view_once(
    *,
    actor: Actor,
    action: str,
    now: datetime,
    patient_id: UUID | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record that the actor saw something on a page that refreshes itself: once, as long as it shows the same.

    Why: a board that stays open all day is one long look, not a row a minute. Someone new on it is a new row.
    Source: docs/rules/audit.md, "A page that stays open".
    """
    same = AuditEvent.objects.filter(
        actor_id=actor.person_id,
        at__gt=now - SAME_LOOK,
        at__lte=now,
        action=action,
        patient_id=patient_id,
        reason=reason,
        is_stepped_in=actor.is_stepped_in,
        detail=dict(detail or {}),
    )
    if not same.exists():
        record_view(actor=actor, action=action, now=now, patient_id=patient_id, reason=reason, detail=detail)
