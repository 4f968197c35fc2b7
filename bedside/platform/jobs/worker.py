"""The worker: does jobs beside the server, in the same event loop, and frees those whose worker died."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from procrastinate import App
from procrastinate.contrib.django import app as django_app
from procrastinate.jobs import Status

from bedside.kernel.time import utc_now

from .registry import ATTEMPTS_MOST

log = logging.getLogger(__name__)

#: A worker that has not been heard of for this long is dead, and its jobs are done again by another.
STALLED_AFTER_SECONDS = 30
SWEEP_EVERY_SECONDS = 30

#: Jobs are short and mostly wait for PostgreSQL; two at a time leave the second core to the people.
CONCURRENCY = 2


async def worker() -> None:
    """Do jobs until cancelled: the root app runs this for as long as it lives.

    Cancelling waits up to ten seconds for the jobs in hand; what is cut off is done again later.
    """
    connector = django_app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with django_app.replace_connector(connector) as running:
        async with running.open_async():
            sweeper = asyncio.create_task(_sweep_for_ever(running))
            try:
                await running.run_worker_async(
                    concurrency=CONCURRENCY,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=10,
                    delete_jobs="successful",
                    name="bedside",
                )
            finally:
                sweeper.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await sweeper


async def _sweep_for_ever(running: App) -> None:
    while True:
        try:
            await sweep_stalled_jobs(running)
        except Exception:
            # The sweeper must outlive a database that is away for a moment; it tries again at the next round.
            log.exception("could not look for stalled jobs")
        await asyncio.sleep(SWEEP_EVERY_SECONDS)


async def sweep_stalled_jobs(running: App, seconds: float = STALLED_AFTER_SECONDS) -> int:
    """Put jobs whose worker died back in line, or end them after their last try. Return how many."""
    stalled = list(await running.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds))
    for one in stalled:
        if one.attempts >= ATTEMPTS_MOST:
            await running.job_manager.finish_job(one, status=Status.FAILED, delete_job=False)
        else:
            await running.job_manager.retry_job(one, retry_at=utc_now())
    return len(stalled)
