"""SNOMED CT as released in RF2: the snapshots of concepts, descriptions, relationships and of the language.

Source: SNOMED International, Release File Specifications (RF2), 4.2 (components) and 5.2 (language reference set).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bedside.fhir.terminology.faults import SNOMED

from .rows import PackMalformed, Release, tabbed
from .shapes import BestRow, ConceptRow, NameRow, PackFacts, ParentRow, PropertyRow

_IS_A = "116680003"
_FULL_NAME = "900000000000003001"
_PREFERRED = "900000000000548007"
_US_ENGLISH = "900000000000509007"
_GB_ENGLISH = "900000000000508004"
#: The module that stands for an edition in its version, by the namespace in its file names.
_EDITIONS = {"INT": "900000000000207008", "US1000124": "731000124108", "US": "731000124108"}
_USE = {_FULL_NAME: f"{SNOMED}|{_FULL_NAME}"}
_SYNONYM = f"{SNOMED}|900000000000013009"


class SnomedPack:
    """One release of SNOMED CT."""

    def __init__(self, release: Release, version: str = "") -> None:
        """Find the files, and the version from their names unless one is given.

        Raises: PackMalformed when a file is missing, or the edition is one whose module we do not know.
        """
        self._release = release
        self._concepts = release.one(r"x?sct2_Concept_Snapshot_.*\.txt", "sct2_Concept_Snapshot")
        self._names = release.find(r"x?sct2_Description_Snapshot.*\.txt")
        self._links = release.one(r"x?sct2_Relationship_Snapshot_.*\.txt", "sct2_Relationship_Snapshot")
        self._best = release.find(r"x?der2_cRefset_LanguageSnapshot.*\.txt")
        if not self._names:
            raise PackMalformed(release.name, "There is no sct2_Description_Snapshot in it.")
        self.files: Sequence[str] = [self._concepts, *self._names, self._links, *self._best]
        self.facts = PackFacts(
            SNOMED,
            version or self._version(),
            "SNOMED CT",
            "SNOMED CT is the property of SNOMED International; its use needs a licence.",
        )

    def _version(self) -> str:
        told = re.search(r"_Snapshot_([A-Z]+[0-9]*)_([0-9]{8})\.txt$", self._concepts)
        module = _EDITIONS.get(told[1]) if told else None
        if told is None or module is None:
            raise PackMalformed(self._concepts, "Its name does not tell the edition: say it with --version.")
        return f"{SNOMED}/{module}/version/{told[2]}"

    def digest(self) -> str:
        """Return what tells it from any other."""
        return self._release.digest(self.files)

    def concepts(self) -> Iterator[ConceptRow]:
        """Return its concepts, those out of use too."""
        for code, active in tabbed(self._release, self._concepts, ("id", "active")):
            yield ConceptRow(code, active == "1")

    def names(self) -> Iterator[NameRow]:
        """Return the names in use. A full name serves as display only where no synonym is preferred."""
        columns = ("id", "active", "conceptId", "languageCode", "typeId", "term")
        for file in self._names:
            for id, active, code, language, kind, term in tabbed(self._release, file, columns):
                if active == "1":
                    is_english = language.startswith("en")
                    rank = (3 if kind == _FULL_NAME else 4) + (0 if is_english else 2)
                    yield NameRow(
                        code, term, rank, language, _USE.get(kind, _SYNONYM), "" if kind == _FULL_NAME else id
                    )

    def best(self) -> Iterator[BestRow]:
        """Return the preferred names, those of the United States before those of Great Britain."""
        columns = ("active", "refsetId", "referencedComponentId", "acceptabilityId")
        ranks = {_US_ENGLISH: 0, _GB_ENGLISH: 1}
        for file in self._best:
            for active, where, id, how in tabbed(self._release, file, columns):
                if active == "1" and how == _PREFERRED and where in ranks:
                    yield BestRow(id, ranks[where])

    def _active_links(self) -> Iterator[tuple[str, str, str]]:
        columns = ("active", "sourceId", "destinationId", "typeId")
        for active, source, target, kind in tabbed(self._release, self._links, columns):
            if active == "1":
                yield source, target, kind

    def parents(self) -> Iterator[ParentRow]:
        """Return what is a kind of what."""
        for source, target, kind in self._active_links():
            if kind == _IS_A:
                yield ParentRow(source, target)

    def properties(self) -> Iterator[PropertyRow]:
        """Return the other relationships, each under the code of its kind."""
        for source, target, kind in self._active_links():
            if kind != _IS_A:
                yield PropertyRow(source, kind, "valueCode", target)
