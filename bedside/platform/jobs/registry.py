"""Name a job, name the verb it stands behind, and ask for it to be done.

A job is a plain function in a room's `jobs.py`: keyword-only `(*, actor, now, …)` with JSON arguments. It is
given the house itself as actor and the time it runs at. Asking for it is a row in the caller's transaction:
nothing is done for what was rolled back, nothing is lost that was committed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import close_old_connections, connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from bedside.kernel.time import utc_now
from bedside.platform.access import authorise, system_actor

log = logging.getLogger(__name__)

#: Tries of one job, the first included; the wait doubles from 4 seconds. Source: ours, so that every job ends.
ATTEMPTS_MOST = 6

Work = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Job:
    """A named piece of work: the verb that lets it run, and when it runs by itself (cron, UTC)."""

    name: str
    policy: str
    work: Work
    cron: str = ""


_JOBS: dict[str, Job] = {}


def jobs() -> Mapping[str, Job]:
    """Return every job by name."""
    return dict(_JOBS)


def job(name: str, *, policy: str) -> Callable[[Work], Work]:
    """Register a function as the job of that name, behind that verb."""

    def named(work: Work) -> Work:
        _add(Job(name, policy, work))
        return work

    return named


def periodic(cron: str, *, name: str, policy: str) -> Callable[[Work], Work]:
    """Register a function as a job that the house does by itself, at each time of the cron line (UTC).

    However many workers run, each time is done once.
    """

    def named(work: Work) -> Work:
        _add(Job(name, policy, work, cron))
        return work

    return named


def _add(one: Job) -> None:
    if one.name in _JOBS:
        raise ValueError(f"job registered twice: {one.name}")
    _JOBS[one.name] = one

    def run(timestamp: int | None = None, **arguments: Any) -> None:
        close_old_connections()
        try:
            run_job(one.name, arguments)
        finally:
            if not connection.in_atomic_block:
                close_old_connections()

    run.__name__ = one.name.replace(".", "_")
    task = app.task(  # type: ignore[call-overload]
        run,
        name=one.name,
        retry=RetryStrategy(max_attempts=ATTEMPTS_MOST, exponential_wait=2),
        queueing_lock=one.name if one.cron else None,
        lock=one.name if one.cron else None,
    )
    if one.cron:
        app.periodic(cron=one.cron, periodic_id=one.name)(task)


def run_job(name: str, arguments: Mapping[str, Any]) -> None:
    """Do a job now, as the house. Its verb is asked first, like everyone's."""
    one = _JOBS[name]
    actor = system_actor(name)
    authorise(actor, one.policy)
    one.work(actor=actor, now=utc_now(), **arguments)


def defer(name: str, **arguments: Any) -> None:
    """Ask for a job to be done, in the caller's transaction. The arguments are JSON: ids and codes."""
    app.configure_task(name, queue="default").defer(**arguments)
