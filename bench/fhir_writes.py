"""How many resources a second are kept through the FHIR API: singly, in batches of a hundred, in one transaction.

    .venv/bin/python bench/fhir_writes.py --samples ../folder-of-transaction-bundles
    .venv/bin/python bench/fhir_writes.py --database postgresql://…/bench_writes --token-file .cache/writes/token

Everything is in the figures: HTTP, who asks, whether they may, the log, the resource on disk. One server process is
asked over loopback. Without `--database` a PostgreSQL of its own is started in the folder; one that is named must write
durably (fsync on), and is loaded with `--patients` first unless the token file is there already.

Processor times are those of the server and of PostgreSQL's processes, for one resource: on a machine that others use
they say more than the clock does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import fhir_api  # noqa: E402
from figures import percentile, report  # noqa: E402

from bedside.config.embedded_postgres import EmbeddedPostgres  # noqa: E402

PORT = 8741
SINGLES, BATCHES, TIMES = 2000, 60, 7
GOALS = {"singles": 700.0, "batches": 6000.0, "whole": 400.0}
#: Path, body, bearer, and how many resources it is.
Sent = tuple[str, bytes, str, int]


def main() -> None:
    """Load if need be, measure in rounds, and print the best round beside its goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(".cache/writes"))
    parser.add_argument("--database", default="", help="a durable PostgreSQL, instead of one of its own")
    parser.add_argument("--token-file", type=Path, help="where the token of the loaded database is kept")
    parser.add_argument("--samples", type=Path, help="a folder of transaction bundles; two of them are joined to one")
    parser.add_argument("--patients", type=int, default=1000, help="how many patients of a hundred resources are there")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with _database(asked) as address:
        os.environ["DATABASE_URL"] = address
        os.environ["DJANGO_SETTINGS_MODULE"] = "bedside.config.settings"
        os.environ["BENCH_HOUSE"] = secrets.token_urlsafe()
        import django

        django.setup()
        kept = asked.token_file or asked.folder / "token"
        if not kept.exists():
            kept.write_text(fhir_api.load(asked.patients))
        _draw_faces()
        server = fhir_api.serve("fhir_house:application", PORT, address)
        try:
            asyncio.run(measure(asked, kept.read_text(), server.pid, address))
        finally:
            server.terminate()
            server.wait(30)


@contextlib.contextmanager
def _database(asked: argparse.Namespace) -> Iterator[str]:
    if asked.database:
        yield asked.database
        return
    with EmbeddedPostgres(asked.folder.resolve() / "postgres", password="bench") as server:
        yield server.admin_url("postgres")


def _draw_faces() -> None:
    """Draw the faces of the people that were loaded, so that no request waits for them."""
    from bedside.gateway.faces.drawing import draw_due_faces
    from bedside.kernel.time import utc_now
    from bedside.platform.access import system_actor

    while draw_due_faces(actor=system_actor("gateway.draw_faces"), now=utc_now()):
        pass


async def measure(asked: argparse.Namespace, token: str, server: int, address: str) -> None:
    """Measure each kind of writing."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as raw:
        for setting in ("fsync", "synchronous_commit"):
            value = raw.execute(f"SHOW {setting}").fetchone()
            print(f"      {setting} is {value[0] if value else '?'}")

        def spent() -> tuple[float, float]:
            known = raw.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()").fetchall()
            return fhir_api.cpu_seconds(server), sum(fhir_api.cpu_seconds(pid) for (pid,) in known)

        dice = random.Random()
        for clients in (1, 8, 16):
            name = f"single creates, {clients} at one time"
            await best(name, "singles", lambda: single(dice, token, asked.patients), SINGLES, clients, spent, asked)
        for clients in (1, 2, 4):
            name = f"batches of 100, {clients} at one time"
            await best(name, "batches", lambda: batch(dice, token, asked.patients), BATCHES, clients, spent, asked)
        if asked.samples:
            text = joined(asked.samples)
            sent = ("", text, os.environ["BENCH_HOUSE"], text.count(b"fullUrl"))
            await best(f"one transaction of {sent[3]}", "whole", lambda: sent, TIMES, 1, spent, asked)


async def best(
    name: str,
    goal: str,
    make: Callable[[], Sent],
    count: int,
    clients: int,
    spent: Callable[[], tuple[float, float]],
    asked: argparse.Namespace,
) -> None:
    """Send so many in each round, and print the round in which the clock stood best."""
    rounds = []
    await _send([make() for _ in range(6 * clients)], clients)
    for _ in range(asked.rounds):
        sent = [make() for _ in range(count)]
        resources = sum(one[3] for one in sent)
        before, began = spent(), time.perf_counter()
        times = await _send(sent, clients)
        took, after = time.perf_counter() - began, spent()
        each = [(b - a) / resources * 1_000_000 for a, b in zip(before, after, strict=True)]
        rounds.append((resources / took, times, each))
    rate, times, each = max(rounds, key=lambda one: one[0])
    if goal == "whole":
        report(name, percentile(times, 0.5), GOALS[goal], "ms")
    else:
        report(name, rate, GOALS[goal], "a second", more_is_better=True)
    least = [min(one[2][at] for one in rounds) for at in (0, 1)]
    print(
        f"      p50 {percentile(times, 0.5):.1f} ms, p99 {percentile(times, 0.99):.1f} ms; processor time for one "
        f"resource: server {each[0]:.0f} µs (least {least[0]:.0f}), PostgreSQL {each[1]:.0f} µs (least {least[1]:.0f})",
        flush=True,
    )


def _fresh(dice: random.Random, patient: int) -> dict[str, Any]:
    made = fhir_api.resource(dice.randrange(84), patient, dice)
    del made["id"]
    return made


def single(dice: random.Random, token: str, patients: int) -> Sent:
    """Return one new Observation of somebody."""
    from bedside.fhir.documents import write_document

    return "/Observation", write_document(_fresh(dice, dice.randrange(patients))).encode(), token, 1


def batch(dice: random.Random, token: str, patients: int) -> Sent:
    """Return a batch of a hundred new Observations of one patient, as a device or a laboratory sends them."""
    from bedside.fhir.documents import write_document

    patient, request = dice.randrange(patients), {"method": "POST", "url": "Observation"}
    entries = [{"resource": _fresh(dice, patient), "request": request} for _ in range(100)]
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    return "", write_document(bundle).encode(), token, 100


def joined(samples: Path) -> bytes:
    """Return two transaction bundles of the folder as one of about 500 entries."""
    from bedside.fhir.documents import read_document, write_document

    bundles = [read_document(path.read_bytes()) for path in sorted(samples.glob("*.json"))]
    largest = max(bundles, key=lambda bundle: len(bundle["entry"]))
    rest = 500 - len(largest["entry"])
    other = min(bundles, key=lambda bundle: abs(rest - len(bundle["entry"])))
    entries = largest["entry"] + other["entry"]
    unique = {entry["fullUrl"]: entry for entry in entries}
    return write_document(largest | {"entry": list(unique.values())}).encode()


async def _send(sent: list[Sent], clients: int) -> list[float]:
    """Send all, over so many connections, and return how long each took. Units: ms."""
    queue, times = iter(sent), []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        for path, body, token, _ in queue:
            began = time.perf_counter()
            head = f"POST /fhir/R4{path} HTTP/1.1\r\nHost: localhost:{PORT}\r\nAuthorization: Bearer {token}\r\n"
            head += (
                f"Content-Type: application/fhir+json\r\nPrefer: return=minimal\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            said = await reader.readuntil(b"\r\n\r\n")
            at = said.lower().index(b"content-length:") + 15
            answer = await reader.readexactly(int(said[at : said.index(b"\r", at)]))
            if said[9:12] not in (b"200", b"201") or b'"status":"4' in answer:
                raise SystemExit(f"the server said {said[:60]!r} {answer[:300]!r}")
            times.append((time.perf_counter() - began) * 1000)
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return times


if __name__ == "__main__":
    main()
