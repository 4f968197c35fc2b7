"""Finds the example data that lies beside the project: bundles of Synthea, the package of US Core."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

#: A checkout beside the data, or one a folder deeper.
PLACES = [parent / "shared" / "data" for parent in Path(__file__).resolve().parents[3:6]]


def find_examples(name: str) -> Path | None:
    """Return a file or folder of the example data, None where it is absent."""
    return next((place / name for place in PLACES if (place / name).exists()), None)


def example_data(name: str) -> Path:
    """Return a file or folder of the example data; where it is absent the test that asks is skipped."""
    found = find_examples(name)
    if found is None:
        pytest.skip(f"the example data {name} is not here: it lies in ../shared/data beside the project")
    return found


@cache
def us_core_examples() -> dict[str, bytes]:
    """Return the examples of the US Core package as JSON, by name of file."""
    return dict(_examples(example_data("us-core/us_core_6.1.0.tgz")))


def _examples(package: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(package) as archive:
        for member in archive.getmembers():
            folder, _, name = member.name.rpartition("/")
            file = archive.extractfile(member)
            if folder == "package/example" and name.endswith(".json") and file is not None:
                yield name, file.read()
