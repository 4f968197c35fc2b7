"""ICD-10-CM from the package that is installed with Bedside (docs/decisions/0005)."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cached_property
from importlib.metadata import files as files_of
from importlib.metadata import version as version_of
from typing import NamedTuple

from bedside.fhir.terminology.faults import ICD_10_CM

from . import icd_10_cm_list
from .rows import PackMalformed
from .shapes import BestRow, ConceptRow, NameRow, PackFacts, ParentRow, PropertyRow

_PACKAGE = "simple-icd-10-cm"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class _Line(NamedTuple):
    code: str
    parent: str
    is_chosen: bool
    is_billable: bool
    words: str


def _release() -> str:
    """Return the year and month of the release the package carries, from the name of its list."""
    for file in files_of(_PACKAGE) or ():
        told = re.fullmatch(r"code-list-([A-Z][a-z]+)-([0-9]{4})\.txt", file.name)
        if told and told[1] in _MONTHS:
            return f"{told[2]}-{_MONTHS.index(told[1]) + 1:02}"
    return version_of(_PACKAGE)


class Icd10CmPack:
    """The release of ICD-10-CM that the package carries."""

    def __init__(self, version: str = "") -> None:
        """Look up which release it is."""
        self.facts = PackFacts(
            ICD_10_CM,
            version or _release(),
            "ICD-10-CM",
            "ICD-10-CM is in the public domain; published by the U.S. National Center for Health Statistics.",
        )

    def digest(self) -> str:
        """Return what tells it from any other: the release of the package."""
        return f"{_PACKAGE} {version_of(_PACKAGE)}"

    @cached_property
    def _lines(self) -> list[_Line]:
        """Return the whole list: about four seconds in a process of its own."""
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", icd_10_cm_list.__name__], capture_output=True, check=False, encoding="utf-8"
        )
        if done.returncode:
            raise PackMalformed(_PACKAGE, "The package could not be read.")
        found = []
        for line in done.stdout.splitlines():
            code, parent, chosen, billable, words = line.split("\t")
            found.append(_Line(code, parent, chosen == "1", billable == "1", words))
        return found

    def concepts(self) -> Iterator[ConceptRow]:
        """Return blocks, categories and codes. A block such as E08-E13 groups and is not chosen itself."""
        for one in self._lines:
            yield ConceptRow(one.code, True, not one.is_chosen)

    def names(self) -> Iterator[NameRow]:
        """Return the one name of each."""
        for one in self._lines:
            yield NameRow(one.code, one.words, 0, "en")

    def best(self) -> Iterator[BestRow]:
        """Return nothing: each has one name."""
        yield from ()

    def parents(self) -> Iterator[ParentRow]:
        """Return what stands right above each."""
        for one in self._lines:
            if one.parent:
                yield ParentRow(one.code, one.parent)

    def properties(self) -> Iterator[PropertyRow]:
        """Return whether each can be billed."""
        for one in self._lines:
            yield PropertyRow(one.code, "billable", "valueBoolean", "true" if one.is_billable else "false")
