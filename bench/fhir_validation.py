"""How long it takes to say whether a document is FHIR, and what others take that are installed beside us.

    .venv/bin/python bench/fhir_validation.py --data ../shared/data/synthea-r4 [--schema fhir.schema.json]

The goal is 100 us for an Observation. fhirkit-rs and jsonschema-rs (with the R4 schema) are measured where they can be
imported; so is how many of the faults of our own tests each finds, of those it was never made for too.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "bench"))

from figures import report  # noqa: E402

from bedside.fhir.documents import read_document  # noqa: E402
from bedside.fhir.validation import validate  # noqa: E402
from bedside.fhir.validation.tests.faults_by_path import BY_PATH  # noqa: E402
from bedside.fhir.validation.tests.faults_of_meaning import OF_MEANING  # noqa: E402
from bedside.fhir.validation.tests.faults_of_narrative import OF_NARRATIVE  # noqa: E402
from bedside.fhir.validation.tests.faults_of_shape import OF_SHAPE  # noqa: E402

#: Units: microseconds.
GOAL = 100.0
FAULTS = OF_SHAPE | OF_NARRATIVE | OF_MEANING | BY_PATH
Find = Callable[[Any], bool]


def us_each(ask: Callable[[Any], object], documents: list[Any], rounds: int = 5) -> float:
    """Return the median over documents of the best of some rounds. Units: microseconds."""
    best = [float("inf")] * len(documents)
    for _ in range(rounds):
        for at, document in enumerate(documents):
            began = time.perf_counter()
            ask(document)
            best[at] = min(best[at], time.perf_counter() - began)
    return median(best) * 1e6


def with_fhirkit() -> Find | None:
    """Return whether fhirkit-rs finds something wrong."""
    try:
        import fhirkit
    except ImportError:
        return None

    def finds(document: Any) -> bool:
        try:
            return bool(fhirkit.validate(document))
        except ValueError:
            return True

    return finds


def with_schema(path: Path | None) -> Find | None:
    """Return whether jsonschema-rs finds something wrong, by the schema of R4."""
    try:
        import jsonschema_rs
    except ImportError:
        return None
    if path is None:
        return None
    schema = json.loads(path.read_text())
    checks: dict[str, Any] = {}

    def finds(document: Any) -> bool:
        kind = document.get("resourceType") if isinstance(document, dict) else None
        if kind not in schema["definitions"]:
            return True
        if kind not in checks:
            checks[kind] = jsonschema_rs.validator_for({**schema, "oneOf": [{"$ref": f"#/definitions/{kind}"}]})
        return not checks[kind].is_valid(document)

    return finds


def plain(value: Any) -> Any:
    """Return a document with floats for decimals, which is what others read."""
    return json.loads(json.dumps(value, default=lambda d: float(d) if isinstance(d, Decimal) else str(d)))


def found_of(find: Find, *, as_floats: bool) -> int:
    """Return how many of the faults of our tests are noticed."""
    found = 0
    for document, _, _ in FAULTS.values():
        try:
            found += find(plain(document) if as_floats else document)
        except (ValueError, TypeError, OverflowError):
            found += 1
    return found


def main() -> int:
    """Measure, print, and say whether the goal was reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "synthea-r4")
    parser.add_argument("--schema", type=Path, help="fhir.schema.json of R4, to measure jsonschema-rs")
    asked = parser.parse_args()
    began = time.perf_counter()
    validate({"resourceType": "Observation"})
    first = (time.perf_counter() - began) * 1e3
    print(f"the first Observation of a process, registry read and check compiled: {first:.0f} ms")
    kinds: dict[str, list[Any]] = defaultdict(list)
    for path in sorted(asked.data.glob("*.json")):
        for entry in read_document(path.read_bytes())["entry"]:
            kinds[entry["resource"]["resourceType"]].append(entry["resource"])
    if not kinds:
        print(f"There are no bundles in {asked.data}: name their folder with --data.")
        return 1

    took = {kind: us_each(validate, documents) for kind, documents in sorted(kinds.items())}
    reached = report("an Observation of Synthea is validated", took["Observation"], GOAL, "us")
    for kind, each in took.items():
        print(f"      {kind:30} {each:8.1f} us, {len(kinds[kind])} of them")
    print(f"      faults of our tests found: {found_of(lambda d: bool(validate(d)), as_floats=False)} of {len(FAULTS)}")
    for name, find in {"fhirkit-rs": with_fhirkit(), "jsonschema-rs": with_schema(asked.schema)}.items():
        if find is None:
            print(f"      {name} is not installed (or --schema not given): not compared")
            continue
        each = us_each(find, [plain(document) for document in kinds["Observation"]])
        known = found_of(find, as_floats=True)
        print(f"      {name}: an Observation {each:.1f} us, ours takes {took['Observation'] / each:.1f} times that; "
              f"finds {known} of {len(FAULTS)} faults")  # fmt: skip
    return 0 if reached else 1


if __name__ == "__main__":
    raise SystemExit(main())
