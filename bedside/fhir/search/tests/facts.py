"""Small worlds for the tests of search: resources as bare facts, the rows they are found by, and a reach that hides.

Why: what a search must find is worked out from the facts alone (see `naive`), and never from keys or rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from bedside.fhir.indexing.entries import DateEntry, Entries, NumberEntry, StringEntry
from bedside.fhir.indexing.keys import param_key, param_number, patient_uuid, reference_key, token_key
from bedside.fhir.indexing.terms import PRINCIPAL_DATE
from bedside.fhir.indexing.values import canonical_quantity, norm
from bedside.fhir.indexing.words import (
    canonical_code,
    composite_words,
    identifier_code,
    of_type_code,
    of_type_words,
    token_words,
)
from bedside.fhir.reach import Fragment

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
Range = tuple[datetime | None, datetime | None]


@dataclass
class Thing:
    """One resource, as what each of its search parameters holds.

    Shape: `tokens` are (system, code), `typed` (system, code, value) of identifiers, `refs` (type, id), `said` the
    identifiers of references, `quantities` (value, system, code), `pairs` of composites (token, value).
    """

    kind: str
    id: str
    patients: tuple[str, ...] = ()
    tokens: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    typed: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    refs: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    said: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    strings: dict[str, list[str]] = field(default_factory=dict)
    uris: dict[str, list[str]] = field(default_factory=dict)
    dates: dict[str, list[Range]] = field(default_factory=dict)
    numbers: dict[str, list[Decimal]] = field(default_factory=dict)
    quantities: dict[str, list[tuple[Decimal, str, str]]] = field(default_factory=dict)
    pairs: dict[str, list[tuple[tuple[str, str], Any]]] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    stored_at: datetime = BEGINNING
    is_deleted: bool = False

    @property
    def name(self) -> tuple[str, str]:
        """Its type and id."""
        return self.kind, self.id


def entries_of(thing: Thing) -> Entries:
    """Return what a thing is found by, as `indexing.words` says it."""
    found = Entries(patient_ids=[patient_uuid(id) for id in thing.patients])
    kind, tokens = thing.kind, found.tokens
    for code, codings in thing.tokens.items():
        tokens += [token_key(kind, code, w) for system, c in codings for w in token_words(system, c)]
    for code, typed in thing.typed.items():
        tokens += [token_key(kind, of_type_code(code), of_type_words(*each)) for each in typed]
    for code, refs in thing.refs.items():
        tokens += [reference_key(*ref) ^ param_key(kind, code) for ref in refs]
    for code, codings in thing.said.items():
        tokens += [token_key(kind, identifier_code(code), w) for s, c in codings for w in token_words(s, c)]
    for code, uris in thing.uris.items():
        tokens += [token_key(kind, code, uri) for uri in uris]
        found.strings += [StringEntry(param_number(kind, code), uri, uri) for uri in uris if code[0] != "_"]
    has_value = {code for part in (thing.tokens, thing.refs, thing.said, thing.uris) for code in part if part[code]}
    tokens += [token_key(kind, code, "") for code in sorted(has_value)]
    for code, texts in thing.strings.items():
        found.strings += [StringEntry(param_number(kind, code), norm(text), text) for text in texts]
    for code, ranges in thing.dates.items():
        if PRINCIPAL_DATE.get(kind) == code:
            for found.at_from, found.at_to in ranges:
                pass
        else:
            found.dates += [DateEntry(param_number(kind, code), *one) for one in ranges]
    for code, numbers in thing.numbers.items():
        found.numbers += [NumberEntry(param_number(kind, code), float(n), float(n)) for n in numbers]
    for code, quantities in thing.quantities.items():
        for quantity in quantities:
            found.numbers += _quantity_entries(kind, code, quantity, None)
    _add_pairs(thing, found)
    found.tokens = sorted(set(tokens))
    return found


def _quantity_entries(
    kind: str, code: str, quantity: tuple[Decimal, str, str], with_key: int | None
) -> list[NumberEntry]:
    value, system, unit = quantity
    number = float(value)
    made = [
        NumberEntry(param_number(kind, code), number, number, token_key(kind, code, unit) if unit else None, with_key)
    ]
    if system and unit:
        base, base_unit = canonical_quantity(value, system, unit)
        own = canonical_code(code)
        key = token_key(kind, own, f"{system}|{base_unit}")
        made.append(NumberEntry(param_number(kind, own), float(base), float(base), key, with_key))
    return made


def _add_pairs(thing: Thing, found: Entries) -> None:
    kind = thing.kind
    for code, pairs in thing.pairs.items():
        for (system, token), other in pairs:
            for words in [w for w in token_words(system, token) if not w.endswith("|")]:
                with_key = token_key(kind, code, words)
                if len(other) == 3:
                    found.numbers += _quantity_entries(kind, code, other, with_key)
                else:
                    second = [w for w in token_words(*other) if not w.endswith("|")]
                    found.tokens += [token_key(kind, code, composite_words(words, w)) for w in second]


_COLUMNS = """fhir_resource (rid, key, stored_at, at_from, at_to, patient_id, version, is_deleted, type, id,
                               more_patients, tokens, body)"""


def insert(things: Iterable[Thing]) -> None:
    """Write things as rows, in the order given, each a minute after the one before."""
    given = list(things)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('fhir_resource_rid_seq') FROM generate_series(1, %s)", [len(given)])
        numbered = list(zip([row[0] for row in cursor.fetchall()], given, strict=True))
        entries = {}
        for number, (rid, thing) in enumerate(numbered):
            thing.stored_at = BEGINNING + timedelta(minutes=number)
            entries[rid] = Entries() if thing.is_deleted else entries_of(thing)
        _copy(cursor, _COLUMNS, (_row(rid, thing, entries[rid]) for rid, thing in numbered))
        found = entries.items()
        dates = ((rid, one.from_at, one.to_at, one.param) for rid, each in found for one in each.dates)
        _copy(cursor, "fhir_date (rid, from_at, to_at, param)", dates)
        strings = ((rid, one.param, one.norm, one.raw) for rid, each in found for one in each.strings)
        _copy(cursor, "fhir_string (rid, param, norm, raw)", strings)
        numbers = (
            (rid, one.low, one.high, one.code, one.with_key, one.param) for rid, each in found for one in each.numbers
        )
        _copy(cursor, "fhir_number (rid, low, high, code, with_key, param)", numbers)


def _copy(cursor: Any, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _row(rid: int, thing: Thing, found: Entries) -> tuple[Any, ...]:
    body = orjson.dumps({"resourceType": thing.kind, "id": thing.id, **thing.body}).decode()
    patient, *others = found.patient_ids or [None]
    return (
        rid, reference_key(thing.kind, thing.id), thing.stored_at, found.at_from, found.at_to, patient,
        1, thing.is_deleted, thing.kind, thing.id, others or None, found.tokens, body,
    )  # fmt: skip


@dataclass(frozen=True)
class Hiding:
    """A reach that shows what is of nobody, and what is of one of some patients."""

    shown: frozenset[str]

    def condition(self, alias: str, kind: str | None, patients: str = "") -> Fragment:
        """Say so in SQL."""
        name = f"{alias}_shown"
        mine: list[UUID] = [patient_uuid(id) for id in sorted(self.shown)]
        words = f"%({name})s::uuid[]"
        sql = f"{alias}.patient_id IS NULL OR {alias}.patient_id = ANY({words}) OR {alias}.more_patients && {words}"
        return Fragment(sql, {name: mine})

    def shows(self, thing: Thing) -> bool:
        """Say so of one thing."""
        return not thing.patients or bool(set(thing.patients) & self.shown)
