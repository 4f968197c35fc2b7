"""The inbox of a physician, one result of it, and what an administrator watches over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from bedside.consent.queries import patient_facts
from bedside.directory.models import Practitioner
from bedside.kernel.errors import NotFound
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_view_once
from bedside.record.chart import Chart
from bedside.record.queries import get_chart
from bedside.record.results.lines import Sheet, sheets_of
from bedside.record.results.trends import WINDOW, ResultTrend, series_of, trend_of
from bedside.results import policy
from bedside.results.models import Acknowledgement, HandOver, InboxItem, OrphanAlert
from bedside.results.rules import inbox_key
from bedside.results.terms import ROWS_MOST, URGENCIES


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one urgency, who has waited longest first."""

    urgency: str
    items: tuple[InboxItem, ...]


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for a physician, what lies in the pool of their clinic, and what they saw last."""

    now: datetime
    groups: tuple[Group, ...]
    pool: tuple[InboxItem, ...]
    seen: tuple[Acknowledgement, ...]

    @property
    def count(self) -> int:
        """How many wait."""
        return sum(len(group.items) for group in self.groups)


def _sorted(items: Iterable[InboxItem]) -> tuple[InboxItem, ...]:
    return tuple(sorted(items, key=lambda item: inbox_key(item.urgency, item.filed_at)))


def _open() -> QuerySet[InboxItem]:
    return InboxItem.objects.filter(state="open").select_related("patient", "owner__practitioner").order_by("due_at")


def inbox(*, actor: Actor, now: datetime) -> Inbox:
    """Return what waits for this physician: critical, then abnormal, then the rest. Three queries and one audit row."""
    authorise(actor, policy.INBOX)
    mine = _sorted(_open().filter(owner_id=actor.person_key)[:ROWS_MOST])
    in_pool = Q(owner__isnull=True, clinic_id__in=actor.organization_ids)
    pool = _sorted(_open().filter(in_pool)[:ROWS_MOST])
    seen = Acknowledgement.objects.filter(by_id=actor.person_key).select_related("item__patient").order_by("-at")[:5]
    record_view_once(
        actor=actor, action=policy.INBOX, now=now, reason="own_list",
        detail={"patients": sorted({str(item.patient_id) for item in (*mine, *pool)})},
    )  # fmt: skip
    groups = [Group(code, tuple(item for item in mine if item.urgency == code)) for code, _ in URGENCIES]
    return Inbox(now, tuple(group for group in groups if group.items), pool, tuple(seen))


def open_counts(*, actor: Actor) -> tuple[int, int]:
    """Return how many results wait for this physician, and how many of them are critical. One query, no audit row."""
    waiting = list(InboxItem.objects.filter(state="open", owner_id=actor.person_key).values_list("urgency", flat=True))
    return len(waiting), waiting.count("critical")


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One result with the chart around it: its values, their trends, who had it and who saw it."""

    now: datetime
    item: InboxItem
    chart: Chart
    sheet: Sheet | None
    trends: tuple[ResultTrend, ...]
    acknowledgements: tuple[Acknowledgement, ...]
    hand_overs: tuple[HandOver, ...]

    @property
    def is_seen(self) -> bool:
        """Say whether this version was seen."""
        return any(seen.version == self.item.version for seen in self.acknowledgements)


def result_page(*, actor: Actor, item_id: UUID, now: datetime) -> ResultPage:
    """Return one result to a physician in the patient's care. Raises: NotFound, NotAllowed."""
    item = InboxItem.objects.select_related("patient", "owner__practitioner").filter(id=item_id).first()
    if item is None:
        raise NotFound()
    facts = patient_facts(actor=actor, patient_id=item.patient_id, now=now)
    authorise(actor, policy.SEE, facts, Context(now))
    resource: tuple[str, Any] = (item.report_kind, item.report_id)
    chart = get_chart(
        actor=actor, patient_id=item.patient_id, now=now, action=policy.SEE, resource=resource
    )  # fmt: skip
    places = [at for at, one in enumerate(chart.reports) if (one.kind, one.id) == resource]
    report = chart.reports[places[0]] if places else None
    near = chart.reports[places[0] : places[0] + WINDOW] if places else ()
    series = series_of(near)
    keys = [result.key for result in report.results] if report else []
    drawn = (trend_of(series.get(key, []), now.date()) for key in keys)
    return ResultPage(
        now=now,
        item=item,
        chart=chart,
        sheet=sheets_of([report], near)[0] if report else None,
        trends=tuple(one for one in drawn if one)[:8],
        acknowledgements=tuple(item.acknowledgements.select_related("by__practitioner").order_by("-at")),
        hand_overs=tuple(item.hand_overs.select_related("from_person", "to_person").order_by("-at")),
    )


@dataclass(frozen=True, slots=True)
class Watch:
    """What an administrator watches: what lies in a pool or is late, and what nobody would have seen."""

    now: datetime
    pool: tuple[InboxItem, ...]
    late: tuple[InboxItem, ...]
    alerts: tuple[OrphanAlert, ...]
    physicians: tuple[Practitioner, ...]
    waiting: int


def watch(*, actor: Actor, now: datetime) -> Watch:
    """Return how results wait in the clinics the administrator runs. No values and no names of tests."""
    authorise(actor, policy.WATCH)
    ours = Q(clinic_id__in=actor.organization_ids) | Q(clinic__isnull=True)
    rows = _sorted(_open().filter(ours).filter(Q(owner__isnull=True) | Q(level__gt=0))[:ROWS_MOST])
    alerts = OrphanAlert.objects.filter(settled_at__isnull=True).select_related("item__patient", "item__owner")
    physicians = Practitioner.objects.filter(
        organization_id__in=actor.organization_ids, person__role_grants__role="physician"
    ).select_related("person")
    record_view_once(
        actor=actor, action=policy.WATCH, now=now, reason="administrator",
        detail={"patients": sorted({str(item.patient_id) for item in rows})},
    )  # fmt: skip
    return Watch(
        now=now,
        pool=tuple(item for item in rows if item.owner_id is None),
        late=tuple(item for item in rows if item.owner_id is not None),
        alerts=tuple(alerts.order_by("found_at")[:ROWS_MOST]),
        physicians=tuple(physicians.order_by("person__family_name").distinct()[:ROWS_MOST]),
        waiting=InboxItem.objects.filter(ours, state="open").count(),
    )
