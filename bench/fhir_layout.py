"""Two layouts of the resource store on a million resources: hashed tokens in the row, or a row for every value.

    .venv/bin/python bench/fhir_layout.py --patients 10000 --folder .cache/layout

What was found stands in docs/decisions/0027. A server of its own is started in the folder and kept, so that a second
run only asks; `--again` loads anew.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bedside.config.embedded_postgres import EmbeddedPostgres
from bench import fhir_layout_queries as queries
from bench import fhir_world as world
from bench.fhir_layout_tables import COPIES, INDEXES, LAYOUTS, TABLES, rows_of

#: The last tenth is loaded with the indexes in place: that is what a working clinic does.
LATE_SHARE = 0.1
AT_ONCE = 1000
TIMES = 100


def main() -> None:
    """Load both layouts, ask both the same, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, default=Path(".cache/layout"))
    parser.add_argument("--again", action="store_true", help="load anew")
    parser.add_argument("--plans", action="store_true", help="print the plan of every question")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with EmbeddedPostgres(asked.folder.resolve() / "postgres", password="bench") as server:
        with psycopg.connect(server.admin_url("postgres"), autocommit=True) as admin:
            for layout in LAYOUTS:
                name = f"layout_{layout}"
                there = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
                if there and asked.again:
                    admin.execute(f"DROP DATABASE {name}")
                if not there or asked.again:
                    admin.execute(f"CREATE DATABASE {name}")
                    load(layout, server.admin_url(name), asked.patients)
        for layout in LAYOUTS:
            sizes(layout, server.admin_url(f"layout_{layout}"))
        for title, ask in queries.ALL.items():
            for layout in LAYOUTS:
                measure(title, layout, ask, server.admin_url(f"layout_{layout}"), asked.patients, plans=asked.plans)


def made(patients: int) -> Iterator[world.Made]:
    """Yield the whole world."""
    yield from world.doctors()
    yield from world.patients(patients)


def load(layout: str, address: str, patients: int) -> None:
    """Make the tables and fill them: most of it bare, the rest with every index in place."""
    early = int((patients * 100 + world.DOCTORS) * (1 - LATE_SHARE))
    source = made(patients)
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute(TABLES[layout])
        fill(raw, layout, islice(source, early), 0, 20 * AT_ONCE)
        began = time.perf_counter()
        raw.execute(INDEXES[layout])
        say(layout, "indexes built over nine tenths", time.perf_counter() - began, "s")
        raw.execute("VACUUM (ANALYZE)")
        seconds, count = fill(raw, layout, source, early, AT_ONCE)
        say(layout, "loaded with indexes, a thousand a transaction", count / seconds, "resources/s")
        raw.execute("VACUUM (ANALYZE)")
        raw.execute("CHECKPOINT")


def fill(raw: psycopg.Connection, layout: str, source: Iterator[world.Made], rid: int, most: int) -> tuple[float, int]:
    """Copy resources in, so many a transaction. Return the seconds PostgreSQL took, and how many they were."""
    seconds, first = 0.0, rid
    while some := list(islice(source, most)):
        tables: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COPIES[layout]}
        for one in some:
            rid += 1
            rows_of(layout, rid, one, tables)
        began = time.perf_counter()
        with raw.transaction():
            for table, columns in COPIES[layout].items():
                with raw.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in tables[table]:
                        copy.write_row(row)
        seconds += time.perf_counter() - began
    return seconds, rid - first


def sizes(layout: str, address: str) -> None:
    """Print the bytes of every table and index for one resource."""
    with psycopg.connect(address) as raw:
        count = raw.execute("SELECT count(*) FROM fhir_resource").fetchone()[0]
        rows = raw.execute(
            "SELECT relname, relkind, pg_relation_size(c.oid) + CASE WHEN reltoastrelid > 0"
            " THEN pg_relation_size(reltoastrelid) ELSE 0 END FROM pg_class c"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i') ORDER BY 2 DESC, 3 DESC"
        ).fetchall()
    for name, kind, size in rows:
        say(layout, f"{'table' if kind == 'r' else '  index'} {name}", size / count, "bytes a resource")
    for kind, words in (("r", "all tables"), ("i", "all indexes")):
        say(layout, words, sum(size for _, one, size in rows if one == kind) / count, "bytes a resource")


def measure(title: str, layout: str, ask: Callable[..., Any], address: str, patients: int, *, plans: bool) -> None:
    """Ask one question many times, first with plans made once a connection, then with a plan for each."""
    dice = random.Random(1)
    asked = [ask(layout, dice, patients) for _ in range(TIMES)]
    for prepare, how in ((True, "planned once"), (False, "planned each time")):
        with psycopg.connect(address, autocommit=True) as raw:
            raw.prepare_threshold = 0 if prepare else None
            times, found = [], 0
            for sql, values in asked:
                began = time.perf_counter()
                found += len(raw.execute(sql, values).fetchall())
                times.append((time.perf_counter() - began) * 1000)
                if sum(times) > 20_000:
                    break
            times.sort()
            p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
            words = f"p50 {statistics.median(times):8.2f} ms   p95 {p95:8.2f} ms   {found / len(times):6.1f} rows"
            print(f"{title:44} {layout:6} {how:18} {words}", flush=True)
            if plans and not prepare:
                sql, values = asked[0]
                for (line,) in raw.execute(f"EXPLAIN (ANALYZE, BUFFERS OFF, COSTS OFF) {sql}", values):
                    print("      ", line)


def say(layout: str, words: str, value: float, unit: str) -> None:
    """Print one figure."""
    print(f"{layout:6} {words:50} {value:12.1f} {unit}", flush=True)


if __name__ == "__main__":
    main()
