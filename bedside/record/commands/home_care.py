"""Home care: a picked plan becomes dated tasks, which the patient ticks off."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from bedside.fhir.commands import ResourceGone, StoredResource, instant_text, store_resource
from bedside.fhir.queries import get_resource
from bedside.fhir.terms import HOME_CARE
from bedside.kernel.errors import Invalid
from bedside.kernel.time import UTC
from bedside.platform.access import Actor
from bedside.platform.audit.write import record_change
from bedside.platform.events import announce
from bedside.record import policy, shapes
from bedside.record.events import ChartChanged, TasksChanged
from bedside.record.guard import allow
from bedside.record.people import today_of
from bedside.record.rules import DayImpossible
from bedside.record.terms.home_care import CHECK_BACK, PLANS


class UnknownPlan(Invalid):
    """We do not know that home-care plan. Choose one from the list; nothing you typed is lost."""


#: A plan begins within this many days; a check-back comes within this many.
FURTHEST_START = timedelta(days=90)
FURTHEST_CHECK_BACK = timedelta(days=365)


def assign_home_care(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    visit_id: UUID | None,
    plan: str,
    starts_on: date | None = None,
    check_back_on: date | None = None,
) -> list[UUID]:
    """Give the patient the dated tasks of a home-care plan, with a day on which we ask how it went.

    Shape: `starts_on` is day 0, today when not given; the check-back defaults to the plan's own day. Returns the ids
    of the tasks, the check-back last.
    Raises: NotYoursToWrite, UnknownPlan, DayImpossible.
    """
    reason = allow(actor=actor, action=policy.HOME_CARE, patient_id=patient_id, now=now)
    chosen = PLANS.get(plan)
    if chosen is None:
        raise UnknownPlan()
    today = today_of(patient_id, now)
    first = starts_on or today
    back = check_back_on or first + timedelta(days=chosen.check_back_days)
    if not timedelta(days=-1) <= first - today <= FURTHEST_START:
        raise DayImpossible()
    if not timedelta(0) <= back - first <= FURTHEST_CHECK_BACK:
        raise DayImpossible()
    author = (actor.person_id, actor.name)
    with transaction.atomic():
        care_plan = store_resource(
            actor=actor, now=now, patient_id=patient_id, code=f"{HOME_CARE}|{plan}", at=now,
            resource=shapes.care_plan(
                patient_id=patient_id, visit_id=visit_id, plan=plan, name=chosen.name, starts_on=first, now=now,
                author=author,
            ),
        )  # fmt: skip
        lines = [(line.key, line.words, first + timedelta(days=line.day)) for line in chosen.tasks]
        lines.append((f"{plan}.check-back", CHECK_BACK, back))
        tasks = [
            store_resource(
                actor=actor, now=now, patient_id=patient_id, code=f"{HOME_CARE}|{key}", at=due_at(due_on),
                resource=shapes.task(
                    patient_id=patient_id, visit_id=visit_id, care_plan_id=care_plan.id, code=key, name=words,
                    due_on=due_on, now=now, requester=author,
                ),
            )
            for key, words, due_on in lines
        ]  # fmt: skip
        record_change(
            actor=actor, action=policy.HOME_CARE, now=now, patient_id=patient_id, reason=reason,
            resource=("CarePlan", care_plan.id), detail={"plan": plan, "tasks": len(tasks)},
        )  # fmt: skip
        announce(ChartChanged(patient_id, visit_id))
        announce(TasksChanged(patient_id))
    return [task.id for task in tasks]


def complete_task(*, actor: Actor, now: datetime, patient_id: UUID, task_id: UUID) -> StoredResource:
    """Tick a task off. Ticking it twice changes nothing. Raises: ResourceGone, NotFound to a stranger."""
    return _move(actor=actor, now=now, patient_id=patient_id, task_id=task_id, status="completed")


def undo_task(*, actor: Actor, now: datetime, patient_id: UUID, task_id: UUID) -> StoredResource:
    """Take a tick back. Raises: ResourceGone, NotFound to a stranger."""
    return _move(actor=actor, now=now, patient_id=patient_id, task_id=task_id, status="requested")


def due_at(due_on: date) -> datetime:
    """Return the instant a task is kept under: noon of its day in UTC, which is that day nearly everywhere."""
    return datetime.combine(due_on, time(12), tzinfo=UTC)


def _move(*, actor: Actor, now: datetime, patient_id: UUID, task_id: UUID, status: str) -> StoredResource:
    reason = allow(actor=actor, action=policy.TASK, patient_id=patient_id, now=now)
    with transaction.atomic():
        resource = get_resource(type="Task", id=task_id)
        if resource["for"]["reference"] != f"Patient/{patient_id}":
            raise ResourceGone()
        version = int(resource["meta"]["versionId"])
        if resource["status"] == status:
            return StoredResource(task_id, "Task", version)
        resource["status"] = status
        due = due_at(date.fromisoformat(resource["restriction"]["period"]["end"]))
        resource["lastModified"] = instant_text(now)
        stored = store_resource(
            actor=actor, now=now, resource=resource, patient_id=patient_id, at=due, expected_version=version,
            code=f"{HOME_CARE}|{resource['code']['coding'][0]['code']}",
        )  # fmt: skip
        record_change(
            actor=actor, action=policy.TASK, now=now, patient_id=patient_id, reason=reason,
            resource=("Task", task_id), detail={"status": status},
        )  # fmt: skip
        announce(TasksChanged(patient_id))
    return stored
