"""RxNorm as released in RRF: concepts and names, relations, attributes.

Source: NLM, RxNorm Technical Documentation, sections 11 (concept structure) and 12 (files RXNCONSO, RXNREL, RXNSAT).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bedside.fhir.terminology.faults import RXNORM

from .rows import PackMalformed, Release, piped
from .shapes import LONGEST_VALUE, BestRow, ConceptRow, NameRow, PackFacts, ParentRow, PropertyRow

_NAMES = (
    "RXCUI", "LAT", "TS", "LUI", "STT", "SUI", "ISPREF", "RXAUI", "SAUI", "SCUI", "SDUI", "SAB", "TTY", "CODE", "STR",
    "SRL", "SUPPRESS", "CVF",
)  # fmt: skip
_RELATIONS = (
    "RXCUI1", "RXAUI1", "STYPE1", "REL", "RXCUI2", "RXAUI2", "STYPE2", "RELA", "RUI", "SRUI", "SAB", "SL", "DIR", "RG",
    "SUPPRESS", "CVF",
)  # fmt: skip
_ATTRIBUTES = (
    "RXCUI", "LUI", "SUI", "RXAUI", "STYPE", "CODE", "ATUI", "SATUI", "ATN", "SAB", "ATV", "SUPPRESS", "CVF",
)  # fmt: skip
#: Kinds of names that are other words for a concept; any other kind is what the concept is.
_OTHER_WORDS = {"PSN": 2, "SY": 3, "TMSY": 3, "ET": 4}


class RxnormPack:
    """One release of RxNorm. Only what RxNorm itself says is taken, not the vocabularies it quotes."""

    def __init__(self, release: Release, version: str = "") -> None:
        """Find the files, and the version from the name of the release unless one is given.

        Raises: PackMalformed when a file is missing, or the name tells no day.
        """
        self._release = release
        chosen = [one for one in release.files if "prescribe/" not in one]
        self._names, self._relations, self._attributes = (
            _only(chosen, name, release.name) for name in ("RXNCONSO", "RXNREL", "RXNSAT")
        )
        self.files: Sequence[str] = [self._names, self._relations, self._attributes]
        copyright = (
            "RxNorm is produced by the U.S. National Library of Medicine; courtesy of it, in part licensed (UMLS)."
        )
        self.facts = PackFacts(RXNORM, version or self._version(), "RxNorm", copyright)

    def _version(self) -> str:
        told = re.search(r"_([0-9]{8})", self._release.name)
        if told is None:
            raise PackMalformed(self._release.name, "Its name does not tell the release: say it with --version.")
        return told[1]

    def digest(self) -> str:
        """Return what tells it from any other."""
        return self._release.digest(self.files)

    def _own_names(self) -> Iterator[list[str]]:
        wanted = ("RXCUI", "SAB", "TTY", "STR", "SUPPRESS", "LAT")
        for row in piped(self._release, self._names, _NAMES, wanted):
            if row[1] == "RXNORM":
                yield row

    def concepts(self) -> Iterator[ConceptRow]:
        """Return the concepts, those no longer current too."""
        for code, _, kind, _, suppressed, _ in self._own_names():
            yield ConceptRow(code, suppressed == "N" and kind not in _OTHER_WORDS)

    def names(self) -> Iterator[NameRow]:
        """Return the names, the concept's own kind as its display."""
        for code, _, kind, words, suppressed, language in self._own_names():
            rank = _OTHER_WORDS.get(kind, 0 if suppressed == "N" else 1)
            yield NameRow(code, words, rank, "es" if language == "SPA" else "en", f"{RXNORM}|{kind}")

    def best(self) -> Iterator[BestRow]:
        """Return nothing: the kind of a name says which it is."""
        yield from ()

    def _own_relations(self) -> Iterator[list[str]]:
        wanted = ("RXCUI2", "RELA", "RXCUI1", "SAB")
        for row in piped(self._release, self._relations, _RELATIONS, wanted):
            if row[3] == "RXNORM" and row[0] and row[2]:
                yield row

    def parents(self) -> Iterator[ParentRow]:
        """Return what is a kind of what. The relation of RRF reads from the second concept to the first."""
        for code, kind, other, _ in self._own_relations():
            if kind == "isa":
                yield ParentRow(code, other)

    def properties(self) -> Iterator[PropertyRow]:
        """Return the kind of each concept, its relations, and its attributes such as strength and NDC."""
        for code, _, kind, _, _, _ in self._own_names():
            if kind not in _OTHER_WORDS:
                yield PropertyRow(code, "TTY", "valueCode", kind)
        for code, kind, other, _ in self._own_relations():
            if kind and kind not in ("isa", "inverse_isa"):
                yield PropertyRow(code, kind, "valueCode", other)
        wanted = ("RXCUI", "ATN", "SAB", "ATV", "SUPPRESS")
        for code, name, source, value, suppressed in piped(self._release, self._attributes, _ATTRIBUTES, wanted):
            if source == "RXNORM" and code and value and suppressed == "N" and len(value) <= LONGEST_VALUE:
                yield PropertyRow(code, name, "valueString", value)


def _only(files: Sequence[str], name: str, release: str) -> str:
    found = [one for one in files if one.rsplit("/", 1)[-1] == f"{name}.RRF"]
    if len(found) != 1:
        raise PackMalformed(release, f"There is no {name}.RRF in it." if not found else f"{name}.RRF is there twice.")
    return found[0]
