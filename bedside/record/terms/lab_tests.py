"""Common laboratory tests in plain words: what patients read beside a value.

Source: data/lab_tests.tsv; each line names the page of MedlinePlus that it follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bedside.record.words import Words


@dataclass(frozen=True, slots=True)
class LabTest:
    """A test: its plain name and what it is about, without what a value means for one person. A panel has no line."""

    name: Words
    meaning: Words
    source: str


def _read(path: Path) -> dict[str, LabTest]:
    found: dict[str, LabTest] = {}
    for line in path.open(encoding="utf-8"):
        if not line.startswith("#"):
            codes, en, es, means_en, means_es, source = line.rstrip("\n").split("\t")
            test = LabTest(Words(en, es), Words(means_en, means_es), source)
            found.update(dict.fromkeys(codes.split(), test))
    return found


#: By LOINC code.
LAB_TESTS: dict[str, LabTest] = _read(Path(__file__).parents[1] / "data" / "lab_tests.tsv")
