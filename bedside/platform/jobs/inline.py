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
        one.work(actor=actor, now=now, **asked.args)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [asked.id])
        done.append(one.name)
    return done
