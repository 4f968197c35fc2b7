"""Jobs: asked for in a transaction, done behind a named verb, ended when their worker died."""

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.access import Audience, actions, register
from bedside.platform.jobs import defer, job, jobs, registry, run_job
from bedside.platform.jobs.inline import run_waiting

done = []


register("jobs.test_work", audience=Audience.HOUSE)


@job("jobs.test_work", policy="jobs.test_work")
def work(*, actor, now, word):
    done.append((actor.job, now, word))


@pytest.fixture(autouse=True)
def nothing_done():
    done.clear()


@pytest.mark.django_db
def test_what_is_asked_for_is_done_once_with_the_time_and_the_house(now):
    defer("jobs.test_work", word="a")
    assert run_waiting(now=now) == ["jobs.test_work"]
    assert run_waiting(now=now) == []
    assert done == [("jobs.test_work", now, "a")]


@pytest.mark.django_db
def test_what_is_rolled_back_is_not_asked_for(now):
    with transaction.atomic():
        defer("jobs.test_work", word="a")
        transaction.set_rollback(True)
    assert run_waiting(now=now) == []


@pytest.mark.django_db
def test_a_job_behind_a_verb_nobody_registered_is_refused(monkeypatch):
    closed = registry.Job("jobs.test_closed", "jobs.nothing", lambda **_: done.append("never"))
    monkeypatch.setitem(registry._JOBS, closed.name, closed)
    with pytest.raises((NotAllowed, NotFound)):
        run_job("jobs.test_closed", {})
    assert not done


def test_a_name_is_used_once():
    with pytest.raises(ValueError, match="twice"):
        job("jobs.test_work", policy="jobs.test_work")(lambda **_: None)


def test_every_job_names_a_verb_that_only_the_house_may_do():
    for one in jobs().values():
        assert actions()[one.policy].audience is Audience.HOUSE, one.name


def test_the_house_does_these_by_the_clock():
    by_clock = {one.name for one in jobs().values() if one.cron}
    assert {
        "notify.deliver_emails",
        "scheduling.send_reminders",
        "scheduling.expire_holds",
        "scheduling.refresh_search",
    } <= by_clock


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_what_was_asked_and_frees_what_a_dead_one_left():
    """A real worker on its own connections: one job waits, one was left in the hands of a worker that died."""
    import asyncio

    from procrastinate.contrib.django import app

    from bedside.platform.jobs.worker import sweep_stalled_jobs

    defer("jobs.test_work", word="left behind")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 min') RETURNING id"
        )
        dead = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [dead])
    defer("jobs.test_work", word="waiting")

    async def shift():
        with app.replace_connector(app.connector.get_worker_connector()) as running:
            async with running.open_async():
                await running.run_worker_async(wait=False, install_signal_handlers=False)
                swept = await sweep_stalled_jobs(running)
                await running.run_worker_async(wait=False, install_signal_handlers=False)
                return swept

    assert asyncio.run(shift()) == 1
    assert [word for _, _, word in done] == ["waiting", "left behind"]
    mine = ProcrastinateJob.objects.filter(task_name="jobs.test_work")  # the clock may have asked for others meanwhile
    assert list(mine.values_list("status", flat=True)) == ["succeeded", "succeeded"]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_kept_failing_is_left_for_a_person():
    import asyncio

    from procrastinate.contrib.django import app

    from bedside.platform.jobs.worker import sweep_stalled_jobs

    defer("jobs.test_work", word="x")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = %s", [registry.ATTEMPTS_MOST])

    async def sweep():
        with app.replace_connector(app.connector.get_worker_connector()) as running:
            async with running.open_async():
                return await sweep_stalled_jobs(running)

    assert asyncio.run(sweep()) == 1
    assert ProcrastinateJob.objects.get().status == "failed"
