"""Reads the parameters of a search, as they stood in the address or the form, into a `Query`. Touches nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bedside.fhir.faults import Fault

from . import controls
from .clauses import ClauseReader, narrows, reads_documents
from .cursor import read_cursor
from .limits import LETTERS_MOST, PAGE, PARAMETERS_MOST
from .query import Clause, Include, OfPatients, Query
from .refusal import Misread, SearchRefused
from .schema import Schema, whole_schema

Pairs = Iterable[tuple[str, str]]


def parse(
    kind: str | None,
    pairs: Pairs,
    *,
    lenient: bool = False,
    patient: str | None = None,
    after: str | None = None,
    base: str | None = None,
    schema: Schema | None = None,
) -> Query:
    """Return what is asked.

    Shape: `kind` None searches all types; `patient` keeps to the compartment of one; `after` is the `next` of the page
    before; `base` is the address this server is known by, so that a reference that begins with it is one of ours.
    Raises: SearchRefused with a fault for each parameter that cannot be read. `lenient` turns those that are unknown
    or not supported into warnings, and leaves them out; a limit is a limit.
    """
    reader = _Reader(kind, lenient, schema or whole_schema(), base)
    if patient is not None:
        reader.of_patient = True
        reader.clauses.append(OfPatients((patient,)))
    reader.read_all(list(pairs))
    if after is not None:
        reader.wanted["after"] = read_cursor(after, reader.wanted.get("sorts", ()))
    return reader.query()


class _Reader:
    """One reading. Keeps what is read so far, and what was wrong."""

    def __init__(self, kind: str | None, lenient: bool, schema: Schema, base: str | None) -> None:
        if kind is not None and kind not in schema.search:
            raise SearchRefused([Fault("", "not-supported", f"There is no type “{kind}” to search.")])
        self.kind, self.schema, self.lenient = kind, schema, lenient
        self.reader = ClauseReader(schema, base)
        self.clauses: list[Clause] = []
        self.includes: list[Include] = []
        self.wanted: dict[str, Any] = {"count": PAGE}
        self.applied: set[tuple[str, str]] = set()
        self.pairs: list[tuple[str, str]] = []
        self.warnings: list[str] = []
        self.faults: list[Fault] = []
        self.seen: set[str] = set()
        self.of_patient = False

    def read_all(self, pairs: list[tuple[str, str]]) -> None:
        if len(pairs) > PARAMETERS_MOST:
            words = f"One search takes at most {PARAMETERS_MOST} parameters; this one has {len(pairs)}."
            raise SearchRefused([Fault("", "too-costly", words)])
        self.pairs = pairs
        for name, value in sorted(pairs, key=lambda pair: pair[0] != "_type"):  # the types come first
            self._read_one(name, value)
        self._refuse_reading_all()
        if self.faults:
            raise SearchRefused(self.faults)

    def query(self) -> Query:
        """Return what was read."""
        return Query(
            self.kind,
            clauses=tuple(self.clauses),
            includes=tuple(self.includes),
            applied=tuple(pair for pair in self.pairs if pair in self.applied),
            warnings=tuple(self.warnings),
            **self.wanted,
        )

    def _refuse_reading_all(self) -> None:
        """Refuse to read the documents of a whole type: no index holds what is asked, and a statement has an end."""
        clauses = self.clauses
        if any(map(reads_documents, clauses)) and not any(map(narrows, clauses)) and not self.of_patient:
            words = "_text, _content and :text can be asked only together with another parameter, such as patient."
            self.faults.append(Fault("", "too-costly", words))

    def _read_one(self, name: str, value: str) -> None:
        try:
            if len(value) > LETTERS_MOST or len(name) > LETTERS_MOST:
                raise Misread(f"it is longer than {LETTERS_MOST} letters", code="too-costly")
            if "\x00" in value or "\x00" in name:
                raise Misread("it holds a character that is not text")
            self._add(name, value)
            self.applied.add((name, value))
        except Misread as wrong:
            shown = name if len(name) <= 80 else f"{name[:80]}…"
            words = f"The parameter “{shown}” cannot be used: {wrong.words}"
            words = words if words.endswith((".", "?", "…")) else f"{words}."
            if self.lenient and wrong.code != "too-costly":
                self.warnings.append(words)
            else:
                self.faults.append(Fault(f"http.{shown.partition(':')[0]}", wrong.code, words))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types the parameters are about."""
        return (self.kind,) if self.kind else self.wanted.get("kinds") or self.schema.types

    def _add(self, name: str, value: str) -> None:
        word = name.partition(":")[0]
        if word in controls.NAMES:
            self._add_control(name, word, value)
        else:
            self.clauses.append(self.reader.read(self.kinds, name, value))

    def _add_control(self, name: str, word: str, value: str) -> None:
        if word in {"_include", "_revinclude"}:
            include = controls.include(name, value, self.kinds, self.schema)
            controls.check_includes(len(self.includes) + 1)
            self.includes.append(include)
            return
        if name != word:
            raise Misread(f"“{word}” takes no modifier")
        if name in self.seen:
            raise Misread("it stands in the search twice")
        self.seen.add(name)
        if word in {"_filter", "_query", "_score", "_containedType"}:
            raise Misread("it is not supported; ask by parameters instead", code="not-supported")
        if word == "_contained":
            controls.contained(value)
        if word == "_type" and self.kind:
            raise Misread("it belongs to a search of the whole system, without a type in the address")
        match word:
            case "_count":
                self.wanted["count"] = controls.count(value)
            case "_total":
                self.wanted["total"] = controls.total(value)
            case "_summary":
                self.wanted["summary"] = controls.summary(value)
            case "_elements":
                self.wanted["elements"] = controls.elements(value)
            case "_sort":
                self.wanted["sorts"] = controls.sorts(value, self.kinds, self.schema)
            case "_type":
                self.wanted["kinds"] = controls.kinds(value, self.schema)
