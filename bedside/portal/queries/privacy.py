"""The privacy officer's page: emergencies, and the whole log to search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Concat

from bedside.accounts.models import Person
from bedside.consent.models import CareRelationship
from bedside.kernel.time import local_day_bounds
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.models import AuditSeal
from bedside.platform.audit.queries import LogReport, chain_head, find_events, verify_log
from bedside.platform.audit.write import record_view

from .looked import Deed, tell

EMERGENCIES_MOST = 20
NAMES_MOST = 50


@dataclass(frozen=True, slots=True)
class PrivacyPage:
    """What the privacy officer sees when the page opens."""

    emergencies: tuple[CareRelationship, ...]
    head: AuditSeal | None


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of the log that were asked for. `patients` names them by id; `next_before` leads to the next page."""

    deeds: tuple[Deed, ...]
    patients: dict[UUID, Person]
    next_before: int | None


def privacy_page(*, actor: Actor, now: datetime) -> PrivacyPage:
    """Return the charts that were opened in an emergency, newest first, and the seal of the log."""
    authorise(actor, "portal.view_privacy")
    rows = CareRelationship.objects.filter(reason="break_glass").select_related("patient", "person__practitioner")
    emergencies = tuple(rows.order_by("-starts_at")[:EMERGENCIES_MOST])
    record_view(actor=actor, action="portal.view_privacy", now=now, reason="privacy_officer")
    return PrivacyPage(emergencies, chain_head())


def search_log(
    *,
    actor: Actor,
    now: datetime,
    patient: str = "",
    person: str = "",
    on: date | None = None,
    before_id: int | None = None,
) -> Found:
    """Return rows of the log about patients of that name, by people of that name, on that day of the officer's zone."""
    from_at, to_at = local_day_bounds(on, actor.time_zone) if on else (None, None)
    rows = find_events(
        actor=actor,
        now=now,
        patient_ids=_ids_of(patient) if patient else None,
        actor_name=person,
        from_at=from_at,
        to_at=to_at,
        before_id=before_id,
        limit=51,
    )
    shown = rows[:50]
    names = Person.objects.in_bulk({row.patient_id for row in shown if row.patient_id})
    return Found(tuple(tell(shown)), names, shown[-1].id if len(rows) > len(shown) else None)


def _ids_of(name: str) -> list[UUID]:
    people = Person.objects.annotate(whole_name=Concat("given_name", Value(" "), "family_name"))
    return list(people.filter(whole_name__icontains=name).values_list("id", flat=True)[:NAMES_MOST])


def check_log(*, actor: Actor, now: datetime) -> LogReport:
    """Check the whole log, and leave a row that it was checked."""
    report = verify_log(actor=actor, now=now)
    record_view(
        actor=actor, action="audit.verify_log", now=now, reason="privacy_officer", detail={"rows": report.events}
    )
    return report
