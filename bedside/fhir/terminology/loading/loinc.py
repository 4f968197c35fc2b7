"""LOINC as released: the table of terms, the component hierarchy, and the Spanish names.

Source: LOINC Users' Guide, appendix A (LOINC database structure); FHIR R4 4.0.1, 4.3.5 (using LOINC with FHIR).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bedside.fhir.terminology.faults import LOINC

from .rows import PackMalformed, Release, quoted
from .shapes import LONGEST_VALUE, ONLY_WORDS, BestRow, ConceptRow, NameRow, PackFacts, ParentRow, PropertyRow

#: What FHIR calls the columns of LOINC that are properties.
_PROPERTIES = (
    "COMPONENT", "PROPERTY", "TIME_ASPCT", "SYSTEM", "SCALE_TYP", "METHOD_TYP", "CLASS", "STATUS", "CLASSTYPE",
    "ORDER_OBS", "EXAMPLE_UCUM_UNITS",
)  # fmt: skip
_CLASS_TYPES = {"1": "Laboratory class", "2": "Clinical class", "3": "Claims attachments", "4": "Surveys"}


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", version))


class LoincPack:
    """One release of LOINC."""

    def __init__(self, release: Release, version: str = "") -> None:
        """Find the files, and the version: the newest that any term names, unless one is given.

        Raises: PackMalformed when the table is missing or cut.
        """
        self._release = release
        self._table = release.one(r"Loinc\.csv", "Loinc.csv")
        self._tree = release.find(r"ComponentHierarchyBySystem\.csv")
        self._spanish = release.find(r"es[A-Z]{2}[0-9]*LinguisticVariant\.csv")
        self.files: Sequence[str] = [self._table, *self._tree, *self._spanish]
        copyright = (
            "This material contains content from LOINC (http://loinc.org). LOINC is copyright Regenstrief Institute, "
            "Inc. and the LOINC Committee and is available at no cost under the license at http://loinc.org/license."
        )
        self.facts = PackFacts(LOINC, version or self._version(), "LOINC", copyright)

    def _version(self) -> str:
        changed = {row[0] for row in quoted(self._release, self._table, ("VersionLastChanged",))}
        if not changed:
            raise PackMalformed(self._table, "There is not one code in it.")
        return max(changed, key=_number)

    def digest(self) -> str:
        """Return what tells it from any other."""
        return self._release.digest(self.files)

    def concepts(self) -> Iterator[ConceptRow]:
        """Return the terms, and the parts they are sorted under."""
        for code, status in quoted(self._release, self._table, ("LOINC_NUM", "STATUS")):
            yield ConceptRow(code, status != "DEPRECATED")
        for code, _, _ in self._nodes():
            if code.startswith("LP"):
                yield ConceptRow(code, True)

    def _nodes(self) -> Iterator[list[str]]:
        for file in self._tree:
            yield from quoted(self._release, file, ("CODE", "IMMEDIATE_PARENT", "CODE_TEXT"))

    def names(self) -> Iterator[NameRow]:
        """Return the long names as displays, the short and the plain ones, those in Spanish, and related words."""
        columns = ("LOINC_NUM", "LONG_COMMON_NAME", "SHORTNAME", "CONSUMER_NAME", "COMPONENT", "RELATEDNAMES2")
        for code, long, short, plain, component, related in quoted(self._release, self._table, columns):
            yield NameRow(code, long or component, 0, "en", f"{LOINC}|LONG_COMMON_NAME")
            for value, use in ((short, "SHORTNAME"), (plain, "CONSUMER_NAME")):
                if value:
                    yield NameRow(code, value, 2, "en", f"{LOINC}|{use}")
            yield NameRow(code, f"{component} {related}", ONLY_WORDS)
        for code, _, text in self._nodes():
            if code.startswith("LP"):
                yield NameRow(code, text, 1, "en")
        for file in self._spanish:
            language = f"es-{file.rsplit('/', 1)[-1][2:4]}"
            for code, name in quoted(self._release, file, ("LOINC_NUM", "LONG_COMMON_NAME")):
                if name:
                    yield NameRow(code, name, 3, language, f"{LOINC}|LONG_COMMON_NAME")

    def best(self) -> Iterator[BestRow]:
        """Return nothing: the table says which name is which."""
        yield from ()

    def parents(self) -> Iterator[ParentRow]:
        """Return what stands under which part."""
        for code, parent, _ in self._nodes():
            if parent:
                yield ParentRow(code, parent)

    def properties(self) -> Iterator[PropertyRow]:
        """Return the axes of each term and what it is used for."""
        for code, *values in quoted(self._release, self._table, ("LOINC_NUM", *_PROPERTIES)):
            for name, value in zip(_PROPERTIES, values, strict=True):
                said = _CLASS_TYPES.get(value, value) if name == "CLASSTYPE" else value
                if said and len(said) <= LONGEST_VALUE:
                    yield PropertyRow(code, name, "valueString", said)
