"""The same steps run on Django's connection and on an asynchronous one."""

from __future__ import annotations

import asyncio

import pytest
from django.db import connection
from psycopg import AsyncConnection

from bedside.config.asgi import conninfo
from bedside.fhir.asking import Ask, Steps, answer, answer_async


def _double(number: int) -> Steps[int]:
    rows = yield Ask("SELECT %s::int * 2", (number,))
    rows = yield Ask("SELECT %(n)s::int * 2", {"n": rows[0][0]})
    return int(rows[0][0])


@pytest.mark.django_db
def test_steps_run_in_djangos_transaction() -> None:
    assert answer(_double(3)) == 12
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.mark.django_db
def test_the_same_steps_run_on_an_asynchronous_connection() -> None:
    async def run() -> int:
        async with await AsyncConnection.connect(conninfo()) as raw:
            return await answer_async(_double(5), raw)

    assert asyncio.run(run()) == 20


@pytest.mark.django_db
def test_what_is_to_be_planned_anew_is_never_kept() -> None:
    def steps(prepare: bool | None) -> Steps[int]:
        for _ in range(7):
            yield Ask("SELECT %(n)s::int", {"n": 1}, prepare=prepare)
        rows = yield Ask("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::int'")
        return int(rows[0][0])

    assert answer(steps(False)) == 0
    assert answer(steps(None)) == 1


def test_what_steps_raise_comes_through() -> None:
    def steps() -> Steps[None]:
        raise KeyError("no")
        yield Ask("SELECT 1")

    with pytest.raises(KeyError):
        answer(steps())
