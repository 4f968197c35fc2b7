"""The common diagnoses with plain names in both languages: what search shows first and what patients read.

Source: ICD-10-CM, as data/problems.tsv and docs/decisions/0005 say.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CommonProblem:
    """A common diagnosis: its code, plain names, and other words people search by."""

    code: str
    en: str
    es: str
    also: str


def _read(path: Path) -> dict[str, CommonProblem]:
    rows = (line.rstrip("\n").split("\t") for line in path.open(encoding="utf-8") if not line.startswith("#"))
    return {row[0]: CommonProblem(*row) for row in rows}


COMMON: dict[str, CommonProblem] = _read(Path(__file__).parents[1] / "data" / "problems.tsv")
