"""Put results before someone's eyes: what a laboratory's line just brought, and what came by any other door."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from bedside.accounts.models import Person
from bedside.fhir.indexing.keys import param_key, token_key
from bedside.fhir.models import Resource
from bedside.fhir.queries import find_patient_resources
from bedside.fhir.terms import OBSERVATION_CATEGORY
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.write import record_change
from bedside.platform.events import announce
from bedside.platform.statements import all_rows
from bedside.record.results.facts import Report, Result
from bedside.record.results.ranges import Whom
from bedside.record.results.reading import results_of
from bedside.results import policy
from bedside.results.events import ResultArrived
from bedside.results.models import InboxItem
from bedside.results.rules import due_at, is_history, next_owner, worse
from bedside.results.terms import BATCH

from .people import candidates, clinic_of, tell_patient, tell_waiting

#: How far back what came by another door is looked for each minute; the nightly check looks at everything.
LOOK_BACK = timedelta(days=1)

#: Results that are in nobody's list, or there in an earlier version: reports, and laboratory values of no report.
UNFILED = """
SELECT r.type, r.id, r.patient_id FROM fhir_resource r
LEFT JOIN result_inbox i ON i.report_kind = r.type AND i.report_id = r.id
WHERE r.type = 'DiagnosticReport' AND NOT r.is_deleted AND r.stored_at >= %(since)s AND r.stored_at < %(until)s
  AND (%(is_all)s OR r.patient_id IS NOT NULL) AND (i.id IS NULL OR i.version < r.version)
UNION ALL
SELECT r.type, r.id, r.patient_id FROM fhir_resource r
LEFT JOIN result_inbox i ON i.report_kind = r.type AND i.report_id = r.id
WHERE r.type = 'Observation' AND NOT r.is_deleted AND r.stored_at >= %(since)s AND r.stored_at < %(until)s
  AND (%(is_all)s OR r.patient_id IS NOT NULL) AND (i.id IS NULL OR i.version < r.version)
  AND %(laboratory)s = ANY(r.tokens)
  AND NOT EXISTS (SELECT 1 FROM fhir_resource d WHERE d.type = 'DiagnosticReport' AND NOT d.is_deleted
                  AND d.tokens @> ARRAY[r.key # %(result)s])
LIMIT %(most)s
"""


def unfiled(*, since: datetime, until: datetime, most: int, is_all: bool = False) -> list[tuple[str, str, UUID | None]]:
    """Return the results of a stretch of time that are in nobody's list, as type, id and patient.

    With `is_all` also those that name no patient.
    """
    values = {
        "since": since,
        "until": until,
        "most": most,
        "is_all": is_all,
        "laboratory": token_key("Observation", "category", f"{OBSERVATION_CATEGORY}|laboratory"),
        "result": param_key("DiagnosticReport", "result"),
    }
    return [(kind, name, patient_id) for kind, name, patient_id in all_rows(UNFILED, values)]


def file_report(*, actor: Actor, now: datetime, patient_id: UUID, report_id: str) -> InboxItem | None:
    """Put a report that a laboratory just sent before whoever must see it. None when it is not there any more.

    Locks: the patient's row.
    """
    authorise(actor, policy.FILE)
    found = [one for one in _reports(patient_id) if one.id == report_id]
    return _file(actor, patient_id, found[0], now, is_live=True) if found else None


def file_new(*, actor: Actor, now: datetime) -> int:
    """File what came by another door within a day: the FHIR API, an import. Return how many.

    What was issued long before it came is history: it stands in the chart and asks nobody.
    """
    authorise(actor, policy.FILE_NEW)
    rows = unfiled(since=now - LOOK_BACK, until=now + timedelta(minutes=1), most=BATCH)
    return len(file_rows(actor, rows, now))


def file_rows(actor: Actor, rows: Iterable[tuple[str, str, UUID | None]], now: datetime) -> list[InboxItem]:
    """File these results, patient by patient. Those of nobody are left to the nightly check."""
    wanted: dict[UUID, set[tuple[str, str]]] = {}
    for kind, name, patient_id in rows:
        if patient_id is not None:
            wanted.setdefault(patient_id, set()).add((kind, name))
    items = []
    for patient_id in Person.objects.filter(id__in=wanted).values_list("id", flat=True):
        asked = wanted[patient_id]
        reports = [report for report in _reports(patient_id) if (report.kind, report.id) in asked]
        items += [_file(actor, patient_id, report, now, is_live=False) for report in reports]
        _pass_over(patient_id, asked - {(report.kind, report.id) for report in reports}, now)
    return items


def _pass_over(patient_id: UUID, rest: set[tuple[str, str]], now: datetime) -> None:
    """Note that these are no news: values that someone here wrote down themselves, or parts of a panel."""
    versions = dict(
        Resource.objects.filter(type="Observation", id__in=[n for _, n in rest]).values_list("id", "version")
    )
    own = [
        InboxItem(
            report_kind=kind, report_id=name, version=versions.get(name, 1), patient_id=patient_id, urgency="other",
            state="own", filed_at=now, due_at=now,
        )
        for kind, name in rest
    ]  # fmt: skip
    InboxItem.objects.bulk_create(
        own, update_conflicts=True, unique_fields=["report_kind", "report_id"], update_fields=["version"]
    )


def _reports(patient_id: UUID) -> tuple[Report, ...]:
    person = Person.objects.get(id=patient_id)
    found = find_patient_resources(patient_id=patient_id, types=("DiagnosticReport", "Observation"))
    return results_of(found, Whom(person.birth_on, person.sex))


@transaction.atomic
def _file(actor: Actor, patient_id: UUID, report: Report, now: datetime, *, is_live: bool) -> InboxItem:
    Person.objects.select_for_update().get(id=patient_id)
    before = InboxItem.objects.filter(report_kind=report.kind, report_id=report.id).first()
    if before is not None and before.version >= report.version:
        return before
    item = before or InboxItem(report_kind=report.kind, report_id=report.id, patient_id=patient_id)
    is_old = not is_live and is_history(issued_at=report.issued_at, at=report.at, stored_at=report.stored_at)
    _set_clock(item, report, now, was_waiting=before is not None and before.state == "open")
    item.state = "history" if is_old and (before is None or before.state == "history") else "open"
    _describe(item, report)
    _choose_owner(item, report, now)
    item.save()
    record_change(
        actor=actor, action=policy.FILE, now=now, patient_id=patient_id, reason="house",
        resource=(report.kind, report.id), detail={"version": report.version, "state": item.state},
    )  # fmt: skip
    if item.state == "open":
        announce(ResultArrived(item.id, patient_id, item.owner_id))
        tell_patient(patient_id, "result", now)
        if item.urgency == "critical" or item.owner_id is None:
            tell_waiting(item, now)
    return item


def _set_clock(item: InboxItem, report: Report, now: datetime, *, was_waiting: bool) -> None:
    """Begin to count, or, where an earlier version still waits, go on counting: a correction wins nobody time."""
    if not was_waiting:
        item.urgency, item.filed_at, item.level = report.worst, now, 0
        item.due_at = due_at(item.urgency, now)
        return
    item.urgency = worse(item.urgency, report.worst)
    item.due_at = min(item.due_at, due_at(item.urgency, now))


def _choose_owner(item: InboxItem, report: Report, now: datetime) -> None:
    able = candidates(item.patient_id, report, now)
    if item.owner_id is None or item.owner_id not in {one.person_id for one in able}:
        item.owner_id = next_owner(able)
    item.clinic_id = clinic_of(item.patient_id, item.owner_id)


def _describe(item: InboxItem, report: Report) -> None:
    """Keep what the list says of a result: its name, its status and its values outside the range."""
    item.version, item.status = report.version, report.status
    item.title_en, item.title_es = report.name.en[:200], report.name.es[:200]
    marked = sorted(
        (r for r in report.results if r.is_abnormal and not r.is_withdrawn), key=lambda r: not r.is_critical
    )
    item.marks = [_mark(one) for one in marked[:6]]


def _mark(result: Result) -> dict[str, str]:
    name, shown = result.name, result.shown
    return {"en": name.en[:80], "es": name.es[:80], "shown": shown.en[:40], "unit": result.unit[:20],
            "flag": "critical" if result.is_critical else result.flag or "abnormal"}  # fmt: skip
