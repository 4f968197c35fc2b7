"""Puts a release into the tables: streamed into tables that last for the transaction, then sorted out by PostgreSQL.

Why: a release has millions of rows that name each other across files. PostgreSQL joins them on disk; Python holds one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connection

from bedside.fhir.terminology.words import words_of

from .rows import PackMalformed
from .shapes import BestRow, ConceptRow, NameRow, Pack, ParentRow, PropertyRow

Say = Callable[[str], None]

_STAGES = """
CREATE TEMPORARY TABLE pack_concept (code text COLLATE "C", is_active boolean, is_abstract boolean) ON COMMIT DROP;
CREATE TEMPORARY TABLE pack_name (
    code text COLLATE "C", id text COLLATE "C", rank smallint, language text, use text, value text, words text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE pack_best (id text COLLATE "C", rank smallint) ON COMMIT DROP;
CREATE TEMPORARY TABLE pack_parent (code text COLLATE "C", parent text COLLATE "C") ON COMMIT DROP;
CREATE TEMPORARY TABLE pack_property (
    code text COLLATE "C", property text COLLATE "C", kind text, value text COLLATE "C"
) ON COMMIT DROP;
"""
_COPIES = {
    "concepts": "COPY pack_concept (code, is_active, is_abstract) FROM STDIN",
    "names": "COPY pack_name (code, id, rank, language, use, value, words) FROM STDIN",
    "preferred names": "COPY pack_best (id, rank) FROM STDIN",
    "places in the hierarchy": "COPY pack_parent (code, parent) FROM STDIN",
    "properties": "COPY pack_property (code, property, kind, value) FROM STDIN",
}

#: The codes there are, with numbers PostgreSQL knows: of the rows just put into fhir_concept it knows none yet, and
#: would join them row by row.
_HELD = """
CREATE TEMPORARY TABLE pack_held ON COMMIT DROP AS
SELECT code, bool_or(is_active) AS is_active, bool_and(is_abstract) AS is_abstract FROM pack_concept GROUP BY code;
ANALYZE pack_held, pack_name, pack_best, pack_parent, pack_property;
"""
_CONCEPTS = """
WITH ranked AS (
    SELECT n.code, n.value, n.words, coalesce(b.rank, n.rank) AS rank
    FROM pack_name n LEFT JOIN (SELECT id, min(rank) AS rank FROM pack_best GROUP BY id) b ON b.id = n.id AND n.id <> ''
), named AS (
    SELECT code, (array_agg(value ORDER BY rank, length(value), value) FILTER (WHERE rank < 9))[1] AS display,
           string_agg(words, ' ')::tsvector AS words
    FROM ranked GROUP BY code
)
INSERT INTO fhir_concept (system, code, display, is_active, is_abstract, words)
SELECT %(system)s, h.code, coalesce(n.display, h.code), h.is_active, h.is_abstract, coalesce(n.words, ''::tsvector)
FROM pack_held h LEFT JOIN named n USING (code) ORDER BY h.code
"""
_REST = (
    """INSERT INTO fhir_designation (system, code, language, use, value)
    SELECT DISTINCT %(system)s::integer, n.code, n.language, n.use, n.value FROM pack_name n JOIN pack_held USING (code)
    WHERE n.rank < 9 AND (n.rank > 0 OR n.use <> '') ORDER BY n.code""",
    """INSERT INTO fhir_concept_parent (system, code, parent)
    SELECT DISTINCT %(system)s::integer, p.code, p.parent FROM pack_parent p
    JOIN pack_held USING (code) JOIN pack_held d ON d.code = p.parent
    WHERE p.code <> p.parent ORDER BY p.code, p.parent""",
    """INSERT INTO fhir_concept_property (system, code, property, kind, value)
    SELECT DISTINCT %(system)s::integer, p.code, p.property, p.kind, p.value FROM pack_property p
    JOIN pack_held USING (code) ORDER BY p.code, p.property, p.value""",
)
#: Said each time this many rows are read.
_SAID_EVERY = 250_000

TABLES = ("fhir_designation", "fhir_concept_property", "fhir_concept_parent", "fhir_concept")


def _name(row: NameRow) -> tuple[Any, ...]:
    words = " ".join(dict.fromkeys((*words_of(row.value), *words_of(row.code))))
    return row.code, row.id, row.rank, row.language, row.use, _clean(row.value), words


def _clean(text: str) -> str:
    return text.replace("\x00", "")


def _rows(pack: Pack) -> Iterator[tuple[str, Iterable[tuple[Any, ...]]]]:
    concepts: Iterable[ConceptRow] = pack.concepts()
    yield "concepts", concepts
    yield "names", map(_name, pack.names())
    best: Iterable[BestRow] = pack.best()
    yield "preferred names", best
    parents: Iterable[ParentRow] = pack.parents()
    yield "places in the hierarchy", parents
    properties: Iterable[PropertyRow] = pack.properties()
    yield "properties", properties


def copy_pack(pack: Pack, system: int, *, say: Say) -> int:
    """Copy a release into the tables under a number of its own, and return how many concepts it has.

    Locks: runs in the caller's transaction; what is read before it commits is what was there before.
    Raises: PackMalformed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STAGES)
        for what, rows in _rows(pack):
            count = 0
            with cursor.copy(_COPIES[what]) as copy:
                for row in rows:
                    copy.write_row(row)
                    count += 1
                    if count % _SAID_EVERY == 0:
                        say(f"{count:,} {what} …")
            if count:
                say(f"{count:,} {what}.")
        cursor.execute(_HELD)
        cursor.execute(_CONCEPTS, {"system": system})
        count = int(cursor.rowcount)
        if not count:
            raise PackMalformed(pack.facts.name, "There is not one code in it.")
        for statement in _REST:
            cursor.execute(statement, {"system": system})
        cursor.execute("DROP TABLE pack_held, pack_concept, pack_name, pack_best, pack_parent, pack_property")
    return count


def delete_rows(system: int) -> None:
    """Delete the concepts of a code system that was loaded under a number."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE system = %s", [system])  # noqa: S608  (the names are above)
