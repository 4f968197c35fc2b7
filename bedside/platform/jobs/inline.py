"""Do what was asked for, here and now, on the caller's own connection. For tests and for the demo's loading."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Q
from procrastinate.contrib.django.models import ProcrastinateJob

from bedside.platform.access import authorise, system_actor

from .registry import jobs


def run_waiting(*, now: datetime) -> list[str]:
    """Do every job that waits, in the order it was asked for, at the given time. Return their names."""
    done: list[str] = []
    waiting = ProcrastinateJob.objects.filter(Q(scheduled_at__isnull=True) | Q(scheduled_at__lte=now))
    while (asked := waiting.filter(status="todo").order_by("id").first()) is not None:
        one = jobs()[asked.task_name]
        actor = system_actor(one.name)
        authorise(actor, one.policy)
        _set(asked.id, "doing")
        try:
            one.work(actor=actor, now=now, **asked.args)
        except BaseException:
            if not connection.needs_rollback:
                _set(asked.id, "todo")
            raise
        _set(asked.id, "succeeded")
        done.append(one.name)
    return done


def _set(job_id: int, status: str) -> None:
    """Say where a job is, as the worker does: one that is being done no longer waits, and may ask for itself again."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job_id])
