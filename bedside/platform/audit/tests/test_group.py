"""Rows of many requests go to disk together, and nobody goes on before theirs is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from psycopg_pool import AsyncConnectionPool

from bedside.config.asgi import conninfo
from bedside.platform.access import Actor
from bedside.platform.audit.group import AuditUnavailable, Event, GroupWriter, event
from bedside.platform.audit.models import AuditEvent
from bedside.platform.statements.borrowing import Borrowed, Lines

pytestmark = pytest.mark.django_db(transaction=True)
GITA = Actor(person_id=uuid4(), name="Gita Rao", roles=frozenset({"nurse"}))


def with_writer(use: Callable[[GroupWriter, Any], Awaitable[Any]], **options: Any) -> Any:
    async def run() -> Any:
        pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            conninfo(), min_size=1, max_size=1, open=False, kwargs={"autocommit": True}
        )
        lines = Lines(pool)
        await pool.open(wait=True)
        writer = GroupWriter(lines, **options)
        writer.start()
        try:
            return await use(writer, lines)
        finally:
            await writer.stop()
            await lines.close()

    return asyncio.run(run())


def seen(now: datetime, **more: Any) -> Event:
    return event("view", actor=GITA, action="gateway.read_resource", now=now, **more)


def test_a_row_is_there_when_the_writer_returns(now: datetime) -> None:
    patient = uuid4()

    async def use(writer: GroupWriter, lines: Any) -> Any:
        rows = [seen(now, patient_id=patient, resource=("Observation", "1"), reason="treating", detail={"n": 1})]
        await writer.write(rows)
        async with Borrowed(lines) as other:
            return (await (await other.execute("SELECT count(*) FROM audit_event")).fetchone())[0]

    assert with_writer(use) == 1
    row = AuditEvent.objects.get()
    assert (row.at, row.kind, row.actor_id, row.actor_roles, row.patient_id) == (
        now,
        "view",
        GITA.person_id,
        "nurse",
        patient,
    )
    assert (row.resource_type, row.resource_id, row.reason, row.detail) == ("Observation", "1", "treating", {"n": 1})


def test_rows_that_wait_together_are_written_together(now: datetime) -> None:
    async def use(writer: GroupWriter, lines: Any) -> None:
        await asyncio.gather(*(writer.write([seen(now)]) for _ in range(100)))

    with_writer(use)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT xmin::text) FROM audit_event")
        rows, transactions = cursor.fetchone()
    assert rows == 100
    assert transactions <= 3


def test_the_reason_can_be_looked_up_as_the_row_is_written(now: datetime) -> None:
    async def use(writer: GroupWriter, lines: Any) -> None:
        await writer.write([seen(now, reason="house"), seen(now) | {"reasons": ["self", "treating"]}])

    with_writer(use, reason="coalesce(given.reasons[2], given.reason)")
    assert sorted(AuditEvent.objects.values_list("reason", flat=True)) == ["house", "treating"]


def test_when_the_rows_cannot_be_written_everybody_who_waits_is_told(now: datetime) -> None:
    async def use(writer: GroupWriter, lines: Any) -> list[Any]:
        wrong = seen(now) | {"at": "no time at all"}
        found = await asyncio.gather(*(writer.write([row]) for row in (seen(now), wrong)), return_exceptions=True)
        await writer.write([seen(now)])
        return list(found)

    assert [type(found) for found in with_writer(use)] == [AuditUnavailable, AuditUnavailable]
    assert AuditEvent.objects.count() == 1, "the writer goes on with those who come later"


def test_a_writer_that_has_stopped_lets_nobody_by(now: datetime) -> None:
    async def use(writer: GroupWriter, lines: Any) -> None:
        await writer.stop()
        with pytest.raises(AuditUnavailable):
            await writer.write([seen(now)])

    with_writer(use)


def test_stopping_while_somebody_waits_tells_them(now: datetime) -> None:
    async def use(writer: GroupWriter, lines: Any) -> None:
        async with Borrowed(lines):  # the only one there is
            waiting = asyncio.create_task(writer.write([seen(now)]))
            while not lines.in_line:
                await asyncio.sleep(0)
            await writer.stop()
            with pytest.raises(AuditUnavailable):
                await waiting

    with_writer(use)
    assert not AuditEvent.objects.exists()


def test_nothing_to_write_needs_no_writer() -> None:
    async def use(writer: GroupWriter, lines: Any) -> None:
        await writer.stop()
        await writer.write([])

    with_writer(use)
