"""How many resources a second the store keeps, durably: singly, in batches of a hundred, in one large transaction.

    .venv/bin/python bench/fhir_writes.py --folder .cache/writes --samples ../folder-of-transaction-bundles

Everything but HTTP is in the figures: reading the JSON, validation, what it is found by, the statements and the flush
to disk. A server of its own is started in the folder, with the resources of `--patients` in it before the clock starts.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bedside.config.embedded_postgres import EmbeddedPostgres
from bench.figures import percentile, report

SINGLES, BATCHES, TIMES = 3000, 30, 5


def main() -> None:
    """Load, measure, and print the figures beside their goals."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path(".cache/writes"))
    parser.add_argument("--samples", type=Path, help="a folder of transaction bundles; two of them are joined to one")
    parser.add_argument("--patients", type=int, default=200, help="how many patients of a hundred resources are there")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with EmbeddedPostgres(asked.folder.resolve() / "postgres", password="bench") as server:
        os.environ["DATABASE_URL"] = server.admin_url("postgres")
        os.environ["DJANGO_SETTINGS_MODULE"] = "bedside.config.settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", "fhir", verbosity=0)
        asyncio.run(measure(server.admin_url("postgres"), asked.patients, asked.samples))


async def measure(address: str, patients: int, samples: Path | None) -> None:
    """Run each kind of writing on connections of its own."""
    from psycopg import AsyncConnection

    from bench import fhir_world as world

    texts = [body for _, _, body, _, _ in itertools.chain(world.doctors(), world.patients(patients + 200))]
    ready, fresh = texts[: patients * 100], itertools.cycle(texts[patients * 100 :])
    wires = [await AsyncConnection.connect(address, autocommit=True) for _ in range(16)]
    for some in chunks(ready, 1000):
        await batch(wires[0], some)
    await wires[0].execute("VACUUM (ANALYZE)")
    for clients in (1, 4, 16):
        each, times = SINGLES // clients, []
        began = time.perf_counter()
        await asyncio.gather(*[singles(wire, fresh, each, times) for wire in wires[:clients]])
        rate = each * clients / (time.perf_counter() - began)
        report(f"single creates, {clients} at one time", rate, 700, "a second", more_is_better=True)
        print(f"      p50 {percentile(times, 0.5):.1f} ms, p99 {percentile(times, 0.99):.1f} ms")
    for clients in (1, 2):
        began = time.perf_counter()
        await asyncio.gather(*[batches(wire, fresh) for wire in wires[:clients]])
        rate = 100 * BATCHES * clients / (time.perf_counter() - began)
        report(f"batches of 100, {clients} at one time", rate, 6000, "a second", more_is_better=True)
    if samples:
        text = joined(samples)
        times = [await whole(wires[0], text) for _ in range(TIMES)]
        report(f"one transaction of {text.count(b'fullUrl')}", sorted(times)[TIMES // 2], 400, "ms")
    for wire in wires:
        await wire.close()


def chunks(items: Sequence[str], most: int) -> list[Sequence[str]]:
    """Cut a list into parts."""
    return [items[first : first + most] for first in range(0, len(items), most)]


def writer() -> Any:
    """Return someone who may write anything."""
    from bedside.fhir.reach import EVERYTHING
    from bedside.fhir.store import Writer

    def permit(changes: Any) -> Any:
        return
        yield

    return Writer(author_id=None, now=datetime.now(UTC), reach=EVERYTHING, permit=permit)


def nothing(*_: Any) -> Any:
    """Match and fetch nothing: no entry here asks for either."""
    return []
    yield


async def singles(wire: Any, texts: Any, count: int, times: list[float]) -> None:
    """Create so many, one after the other, each flushed to disk before the next begins."""
    from bedside.fhir.asking import answer_async
    from bedside.fhir.documents import read_document
    from bedside.fhir.store import create

    for _ in range(count):
        began = time.perf_counter()
        await answer_async(create(writer(), read_document(next(texts))), wire)
        times.append((time.perf_counter() - began) * 1000)


async def batches(wire: Any, texts: Any) -> None:
    """Send batches of a hundred new resources."""
    for _ in range(BATCHES):
        await batch(wire, [next(texts) for _ in range(100)])


async def batch(wire: Any, texts: Sequence[str]) -> None:
    """Send one batch of new resources, from its text on."""
    from bedside.fhir.asking import answer_async
    from bedside.fhir.documents import read_document
    from bedside.fhir.store import Outcome, batch_bundle

    entries = ",".join(
        f'{{"resource":{text},"request":{{"method":"POST","url":"{text[17 : text.index(chr(34), 17)]}"}}}}'
        for text in texts
    )
    bundle = read_document(f'{{"resourceType":"Bundle","type":"batch","entry":[{entries}]}}')
    async with wire.transaction():
        results = await answer_async(batch_bundle(writer(), bundle, match=nothing, fetch=nothing), wire)
    wrong = [one for one in results if not isinstance(one, Outcome)]
    assert not wrong, getattr(wrong[0], "faults", wrong[0])


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


async def whole(wire: Any, text: bytes) -> float:
    """Carry out one transaction bundle, from its bytes on. Units: ms."""
    from bedside.fhir.asking import answer_async
    from bedside.fhir.documents import read_document
    from bedside.fhir.store import transaction_bundle

    began = time.perf_counter()
    async with wire.transaction():
        await answer_async(transaction_bundle(writer(), read_document(text), match=nothing, fetch=nothing), wire)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
