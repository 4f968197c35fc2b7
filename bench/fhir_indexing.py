#!/usr/bin/env python3
"""How long it takes to work out what a FHIR document is found by, against its goals.

    .venv/bin/python bench/fhir_indexing.py --data ../shared/data/synthea-r4

The documents are those of bundles of Synthea, with references as they stand once a transaction is stored. Only the
CPU's time counts, each document's best of five, so that neighbours do not.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "bench"))

from figures import percentile, report  # noqa: E402

from bedside.fhir.documents import read_document  # noqa: E402
from bedside.fhir.indexing import entries_of  # noqa: E402

#: Units: microseconds, the mean of all documents of the type.
GOALS = {"Observation": 60.0, "Condition": 60.0, "Encounter": 80.0, "MedicationRequest": 60.0, "Patient": 300.0}
BUNDLES = 8


def documents(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the resources of some bundles by type, each reference to an entry by its type and id."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for file in sorted(folder.glob("*.json"))[:BUNDLES]:
        text = file.read_text()
        for entry in read_document(text)["entry"]:
            resource = entry["resource"]
            text = text.replace(f'"{entry["fullUrl"]}"', f'"{resource["resourceType"]}/{resource["id"]}"')
        for entry in read_document(text)["entry"]:
            found[entry["resource"]["resourceType"]].append(entry["resource"])
    return found


def best_of_five(document: dict[str, Any]) -> float:
    """Return the least time one document took. Units: microseconds."""
    times = []
    for _ in range(5):
        begun = time.process_time_ns()
        entries_of(document)
        times.append(time.process_time_ns() - begun)
    return min(times) / 1000


def main() -> None:
    """Measure every type and compare those that have a goal."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument(
        "--data",
        type=Path,
        default=ROOT.parent / "shared" / "data" / "synthea-r4",
        help="a folder of bundles of Synthea",
    )
    made = documents(reader.parse_args().data)
    gc.collect()
    gc.freeze()
    good = True
    for kind, own in sorted(made.items(), key=lambda pair: -len(pair[1])):
        times = [best_of_five(document) for document in own]
        mean = sum(times) / len(times)
        if kind in GOALS:
            good &= report(f"{kind}, {len(own)} documents, mean", mean, GOALS[kind], "µs")
        else:
            print(f"      {kind}, {len(own)} documents: mean {mean:.1f} µs, p95 {percentile(times, 0.95):.1f} µs")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
