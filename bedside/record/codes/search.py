"""Search by words or by code, common diagnoses first, in English and in Spanish.

Shape: an index of words (sorted, so that the start of a word finds it) to the codes that hold them. It is built when
first asked for and takes about 30 MB; nothing of it is in the database.
"""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from heapq import nsmallest
from importlib.metadata import version
from pathlib import Path
from threading import Lock, Thread

from django.conf import settings

from bedside.record.terms.problems import COMMON
from bedside.record.words import Words

from . import build

_LOCK = Lock()
#: Words that tell nothing. The classification says "unspecified" of a fifth of all codes.
_DULL = frozenset({"of", "the", "and", "in", "to", "de", "la", "el", "los", "las", "en", "del", "y", "with", "con"})


@dataclass(frozen=True, slots=True)
class Code:
    """One ICD-10-CM code. `name` is the plain name where we have one, else the classification's own words."""

    code: str
    display: str
    name: Words
    is_leaf: bool
    is_common: bool


def fold(text: str) -> str:
    """Return text as it is compared: lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in plain if not unicodedata.combining(c))


def words_of(text: str) -> list[str]:
    """Return the telling words of a text, folded."""
    cleaned = "".join(c if c.isalnum() else " " for c in fold(text))
    return [word for word in cleaned.split() if word not in _DULL]


@dataclass(frozen=True, slots=True)
class _Index:
    codes: list[str]
    displays: list[str]
    leaves: bytearray
    row_of: dict[str, int]
    in_order: list[str]
    common: frozenset[int]
    words: list[str]
    rows: list[array[int]]


def _list_path() -> Path:
    return Path(settings.DATA_DIR) / f"icd-10-cm-{version('simple-icd-10-cm')}.tsv"


def _index() -> _Index:
    with _LOCK:
        return _build_index()


@cache
def _build_index() -> _Index:
    path = _list_path()
    if not path.exists():
        subprocess.run([sys.executable, "-m", build.__name__, str(path)], check=True, cwd=settings.ROOT)  # noqa: S603
    codes: list[str] = []
    displays: list[str] = []
    leaves = bytearray()
    postings: dict[str, array[int]] = {}
    with path.open(encoding="utf-8") as lines:
        for row, line in enumerate(lines):
            code, leaf, display = line.rstrip("\n").split("\t")
            codes.append(code)
            displays.append(display)
            leaves.append(leaf == "1")
            common = COMMON.get(code)
            text = f"{display} {common.en} {common.es} {common.also}" if common else display
            for word in set(words_of(text)):
                postings.setdefault(word, array("I")).append(row)
    words = sorted(postings)
    row_of = {code: row for row, code in enumerate(codes)}
    known = frozenset(row_of[code] for code in COMMON if code in row_of)
    in_order = sorted(codes)
    return _Index(codes, displays, leaves, row_of, in_order, known, words, [postings[word] for word in words])


def _code(index: _Index, row: int) -> Code:
    code, display = index.codes[row], index.displays[row]
    common = COMMON.get(code)
    name = Words(common.en, common.es) if common else Words(display, display)
    return Code(code, display, name, bool(index.leaves[row]), common is not None)


def warm() -> None:
    """Build the index in the background, so that nobody waits for it at the first search."""
    if not _build_index.cache_info().currsize and not _LOCK.locked():
        Thread(target=_index, name="icd-10-cm", daemon=True).start()


def find_code(code: str) -> Code | None:
    """Return the code written that way, with or without its point, or None."""
    index = _index()
    typed = code.strip().upper().replace(".", "")
    dotted = typed if len(typed) <= 3 else f"{typed[:3]}.{typed[3:]}"
    row = index.row_of.get(dotted)
    return None if row is None else _code(index, row)


def search_codes(words: str, *, limit: int = 12) -> list[Code]:
    """Return billable codes that hold every word (or its start), or that begin with the code; common ones first."""
    typed = words.strip()[:200]
    if len(typed) < 2:
        return []
    index = _index()
    by_code = _by_code(index, typed)
    rows = by_code if by_code is not None else _by_words(index, words_of(typed))
    common = sorted(rows & index.common, key=lambda row: _rank(index, row, fold(typed)))[:limit]
    rest = nsmallest(limit - len(common), rows - index.common, key=lambda row: (len(index.displays[row]), row))
    return [_code(index, row) for row in common + rest]


def _rank(index: _Index, row: int, typed: str) -> tuple[bool, int, str]:
    common = COMMON[index.codes[row]]
    starts = fold(common.en).startswith(typed) or fold(common.es).startswith(typed)
    return not starts, len(common.en), common.code


def _by_code(index: _Index, typed: str) -> set[int] | None:
    start = typed.upper().replace(".", "")
    if not (start[0].isalpha() and start.isalnum() and start.isascii() and any(c.isdigit() for c in start[1:2])):
        return None
    dotted = start if len(start) <= 3 else f"{start[:3]}.{start[3:]}"
    first = bisect_left(index.in_order, dotted)
    last = bisect_left(index.in_order, dotted + "~")
    return {row for row in map(index.row_of.__getitem__, index.in_order[first:last]) if index.leaves[row]}


def _by_words(index: _Index, words: list[str]) -> set[int]:
    found: set[int] | None = None
    for word in words:
        rows: set[int] = set()
        at = bisect_left(index.words, word)
        while at < len(index.words) and index.words[at].startswith(word):
            rows.update(index.rows[at])
            at += 1
        found = rows if found is None else found & rows
        if not found:
            return set()
    return {row for row in found or () if index.leaves[row]}
