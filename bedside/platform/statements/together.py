"""Statements that travel together: one packet to PostgreSQL, one wait, and the answers to all of them.

Why: for a row found by its key the way there and back, and waking up for it, costs more than the row. So what nobody
waits for goes with what is asked next. Each statement is prepared by name on its connection, as in this package.

Shape: for asynchronous connections outside Django. The first statement that is refused is raised, and what stood
behind it was not carried out; where no transaction is open the statements of one packet are one. Rows come as bytes,
not as text: a time or an id is read faster so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection, generators
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

from .wording import numbered

Row = tuple[Any, ...]

#: More than a request has words for; the one that has not been asked for longest gives way.
MOST_PREPARED = 200
#: A statement that does not say is prepared when it is asked so often on one connection.
OFTEN = 5

_GOOD = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})
_FORGOTTEN = "26000"  # invalid_sql_statement_name
#: Around a statement that is planned for its values, on a connection that plans once for any values.
_ANEW, _AS_BEFORE = b"SET plan_cache_mode = force_custom_plan", b"RESET plan_cache_mode"
#: How statements begin that nobody plans.
_UNPLANNED = frozenset({b"BEGIN", b"COMMIT", b"ROLLBACK", b"SAVEPOINT", b"RELEASE", b"SET", b"RESET"})


class Statement(Protocol):
    """A statement and its values.

    `prepare`: True gives it a name at once, None when it comes often, and False has it planned for its values,
    whatever the connection does otherwise (`plan_cache_mode`).
    """

    @property
    def sql(self) -> str:
        """The words, with `%s` or `%(name)s` for the values."""

    @property
    def values(self) -> Sequence[Any] | Mapping[str, Any]:
        """The values."""

    @property
    def prepare(self) -> bool | None:
        """Whether it is planned once."""


@dataclass(slots=True)
class _Sent:
    """One statement on its way: `name` is what it is prepared as, b"" for none; `is_anew` plans it for its values."""

    words: bytes
    values: Sequence[Any]
    types: tuple[int, ...]
    formats: Any
    adapting: Any
    name: bytes
    is_new: bool = False
    is_anew: bool = False


Key = tuple[bytes, tuple[int, ...]]


class _Known:
    """What one connection has prepared, and how often it was asked what is not."""

    __slots__ = ("asked", "names")

    def __init__(self) -> None:
        self.names: dict[Key, bytes] = {}
        self.asked: dict[Key, int] = {}

    def is_due(self, key: Key, prepare: bool | None) -> bool:
        """Say whether a statement that has no name is to get one now."""
        if prepare is not None:
            return prepare
        if len(self.asked) > MOST_PREPARED:
            self.asked.clear()
        self.asked[key] = times = self.asked.get(key, 0) + 1
        return times >= OFTEN


_known: WeakKeyDictionary[AsyncConnection[Any], _Known] = WeakKeyDictionary()
_numbers = count()


@dataclass(frozen=True, slots=True)
class _One:
    """A statement that goes alone."""

    sql: str
    values: Sequence[Any] | Mapping[str, Any]
    prepare: bool | None


async def all_rows_async(
    connection: AsyncConnection[Any],
    sql: str,
    values: Sequence[Any] | Mapping[str, Any] = (),
    *,
    prepare: bool | None = None,
) -> list[Row]:
    """Execute one statement and return its rows, if it has any. Raises: what psycopg raises."""
    return await rows_of_last(connection, [_One(sql, values, prepare)])


async def rows_of_last(connection: AsyncConnection[Any], statements: Sequence[Statement]) -> list[Row]:
    """Execute statements in one packet and return the rows of the last one, if it has any.

    Raises: what psycopg raises for the first that is refused; what stood behind it was not carried out.
    """
    known = _known.get(connection)
    if known is None:
        known = _known[connection] = _Known()
    sent = [_adapted(connection, known, one) for one in statements]
    if len(sent) == 1 and not sent[0].is_new and not sent[0].is_anew:
        result = _good(connection, known, await _exchange_one(connection.pgconn, sent[0]))
    else:
        async with connection.lock:
            result = await connection.wait(_exchange(connection, known, sent))
    last = sent[-1].adapting
    last.set_pgresult(result)
    return last.load_rows(0, result.ntuples, tuple) if result.ntuples else []


def _adapted(connection: AsyncConnection[Any], known: _Known, one: Statement) -> _Sent:
    words, order, formats = numbered(one.sql)
    adapting = Transformer(connection)
    plain = [one.values[name] for name in order] if isinstance(one.values, Mapping) else one.values
    values: Any = adapting.dump_sequence(plain, formats) if plain else ()
    sent = _Sent(words, values, adapting.types or (), adapting.formats, adapting, b"")
    if one.prepare is not False:
        key = (words, sent.types)
        name = known.names.get(key)
        if name is None and known.is_due(key, one.prepare):
            name, sent.is_new = b"bedside_%d" % next(_numbers), True
        sent.name = name or b""
    else:
        sent.is_anew = words.split(None, 1)[0] not in _UNPLANNED
    return sent


async def _exchange_one(pgconn: PGconn, sent: _Sent) -> PGresult:
    """Send one statement and return its result.

    Why not psycopg's own waiting: for a row found by its key it costs as much again as the question. Whoever is
    cancelled here loses the connection: what was on its way would come as the answer to the next question.
    """
    loop, number = asyncio.get_running_loop(), pgconn.socket
    try:
        _send(pgconn, sent)
        while pgconn.flush():
            await _ready(loop.add_writer, loop.remove_writer, number)
            pgconn.consume_input()
        found: PGresult | None = None
        while True:
            while pgconn.is_busy():
                await _ready(loop.add_reader, loop.remove_reader, number)
                pgconn.consume_input()
            result = pgconn.get_result()
            if result is None:
                break
            found = result
    except BaseException as error:
        if not isinstance(error, psycopg.Error):
            pgconn.finish()
        raise
    if found is None:
        raise psycopg.OperationalError("the connection was lost")
    return found


async def _ready(watch: Callable[..., Any], leave: Callable[[int], Any], number: int) -> None:
    """Wait until a socket can be read from, or written to."""
    waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    watch(number, _wake, waiting)
    try:
        await waiting
    finally:
        leave(number)


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


def _exchange(connection: AsyncConnection[Any], known: _Known, sent: list[_Sent]) -> Any:
    """Send all and return the last result, as one of psycopg's generators that say what they wait for."""
    pgconn = connection.pgconn
    pgconn.enter_pipeline_mode()
    named: dict[Key, bytes] = {}
    #: For each command on its way, what it gives a name to.
    on_the_way: list[Key | None] = []
    for one in sent:
        key = (one.words, one.types)
        if one.is_new and key not in named:
            if len(known.names) >= MOST_PREPARED:
                oldest = known.names.pop(next(iter(known.names)))
                pgconn.send_query_params(b"DEALLOCATE " + oldest, None)
                on_the_way.append(None)
            pgconn.send_prepare(one.name, one.words, one.types)
            named[key] = one.name
            on_the_way.append(key)
        one.name = named.get(key, one.name)
        if one.is_anew:
            pgconn.send_query_params(_ANEW, None)
            on_the_way.append(None)
        _send(pgconn, one)
        on_the_way.append(None)
        if one.is_anew:
            pgconn.send_query_params(_AS_BEFORE, None)
            on_the_way.append(None)
    pgconn.pipeline_sync()
    results = yield from _gathered(pgconn, len(on_the_way))
    if pgconn.status == ConnStatus.OK:
        pgconn.exit_pipeline_mode()
    for new, result in zip(on_the_way, results, strict=False):
        _good(connection, known, result)
        if new is not None:
            known.names[new] = named[new]
    return results[-2] if sent[-1].is_anew else results[-1]


def _gathered(pgconn: PGconn, awaited: int) -> Any:
    """Return the results of so many commands, read to the end of the packet; fewer where the connection broke."""
    while pgconn.flush():
        ready = yield Wait.RW
        if ready and ready & Ready.R:
            pgconn.consume_input()
    results: list[PGresult] = []
    for _ in range(awaited):
        found = yield from generators.fetch_many(pgconn)
        if not found:
            break
        results.append(found[0])
    else:
        yield from generators.fetch_many(pgconn)
    return results


def _send(pgconn: PGconn, one: _Sent) -> None:
    if one.name:
        pgconn.send_query_prepared(one.name, one.values, one.formats, Format.BINARY)
    else:
        pgconn.send_query_params(one.words, one.values, one.types, one.formats, Format.BINARY)


def _good(connection: AsyncConnection[Any], known: _Known, result: PGresult) -> PGresult:
    """Return a result that is one. Raises: what psycopg raises for it."""
    if result.status in _GOOD:
        return result
    if connection.pgconn.status != ConnStatus.OK:
        raise psycopg.OperationalError("the connection was lost")
    error = psycopg.errors.error_from_result(result, connection.info.encoding)
    if error.sqlstate == _FORGOTTEN:  # somebody else let go of all names; they are given anew next time
        known.names.clear()
    raise error
