"""Rows turned into columns: one array of PostgreSQL for each, so that one statement writes any number of resources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bedside.fhir.indexing.keys import reference_key

from .rows import NewVersion

#: Strings are looked up by their beginning; an index entry of PostgreSQL ends at 2,704 bytes.
NORM_LETTERS = 400


def _array(words: Iterable[object]) -> str:
    """Return values without commas, quotes and braces as the text of an array. None is NULL."""
    return "{" + ",".join(["NULL" if word is None else str(word) for word in words]) + "}"


def _times(times: Iterable[datetime | None]) -> str:
    return "{" + ",".join(["NULL" if at is None else f'"{at.isoformat()}"' for at in times]) + "}"


def columns_of(rows: Sequence[NewVersion], rids: Sequence[int]) -> dict[str, Any]:
    """Return the values of the writing statements of `writing`: one array for each column, in the rows' order."""
    patients = [row.entries.patient_ids for row in rows]
    return {
        "rids": _array(rids),
        "kinds": [row.kind for row in rows],
        "ids": [row.id for row in rows],
        "keys": _array(reference_key(row.kind, row.id) for row in rows),
        "versions": _array(row.version for row in rows),
        "stored": _times(row.stored_at for row in rows),
        "authors": _array(row.author_id for row in rows),
        "methods": [row.method for row in rows],
        "bodies": [row.body for row in rows],
        "gone": _array(row.is_deleted for row in rows),
        "patients": _array(found[0] if found else None for found in patients),
        "others": [_array(found[1:]) if len(found) > 1 else None for found in patients],
        "tokens": [_array(sorted(set(row.entries.tokens))) for row in rows],
        "at_from": _times(row.entries.at_from for row in rows),
        "at_to": _times(row.entries.at_to for row in rows),
        **_dates(rows, rids),
        **_strings(rows, rids),
        **_numbers(rows, rids),
    }


def _dates(rows: Sequence[NewVersion], rids: Sequence[int]) -> dict[str, Any]:
    found = [(rid, one) for rid, row in zip(rids, rows, strict=True) for one in row.entries.dates]
    return {
        "d_rids": _array(rid for rid, _ in found),
        "d_params": _array(one.param for _, one in found),
        "d_from": _times(one.from_at for _, one in found),
        "d_to": _times(one.to_at for _, one in found),
    }


def _strings(rows: Sequence[NewVersion], rids: Sequence[int]) -> dict[str, Any]:
    found = [(rid, one) for rid, row in zip(rids, rows, strict=True) for one in row.entries.strings]
    return {
        "s_rids": _array(rid for rid, _ in found),
        "s_params": _array(one.param for _, one in found),
        "s_norm": [one.norm[:NORM_LETTERS] for _, one in found],
        "s_raw": [one.raw for _, one in found],
    }


def _numbers(rows: Sequence[NewVersion], rids: Sequence[int]) -> dict[str, Any]:
    found = [(rid, one) for rid, row in zip(rids, rows, strict=True) for one in row.entries.numbers]
    return {
        "n_rids": _array(rid for rid, _ in found),
        "n_params": _array(one.param for _, one in found),
        "n_low": _array(one.low for _, one in found),
        "n_high": _array(one.high for _, one in found),
        "n_code": _array(one.code for _, one in found),
        "n_with": _array(one.with_key for _, one in found),
    }
