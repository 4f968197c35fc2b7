"""Rows turned into columns: one array of PostgreSQL for each, so that one statement writes any number of resources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from bedside.fhir.indexing.entries import Entries
from bedside.fhir.indexing.keys import reference_key

from .rows import NewVersion

#: Strings are looked up by their beginning; an index entry of PostgreSQL ends at 2,704 bytes.
NORM_LETTERS = 400


def _numbers(values: Sequence[float | bool | None]) -> str:
    """Return numbers or booleans as the text of an array, as Python writes a list of them. None is NULL."""
    return "{" + str(values)[1:-1].replace("None", "NULL") + "}"


def _words(words: Iterable[str | None]) -> str:
    """Return words without commas, quotes and braces as the text of an array. None is NULL."""
    return "{" + ",".join(["NULL" if word is None else word for word in words]) + "}"


@lru_cache(maxsize=4096)
def _person(id: UUID) -> str:
    return str(id)


def _people(ids: Iterable[UUID | None]) -> str:
    return _words([None if id is None else _person(id) for id in ids])


@lru_cache(maxsize=4096)
def _time(at: datetime) -> str:
    return f'"{at.isoformat()}"'


def _times(times: Iterable[datetime | None]) -> str:
    return _words([None if at is None else _time(at) for at in times])


def columns_of(rows: Sequence[NewVersion], rids: Sequence[int]) -> dict[str, Any]:
    """Return the values of the writing statements of `writing`: one array for each column, in the rows' order."""
    found = [row.entries for row in rows]
    patients = [one.patient_ids for one in found]
    return {
        "rids": _numbers(list(rids)),
        "kinds": [row.kind for row in rows],
        "ids": [row.id for row in rows],
        "keys": _numbers([reference_key(row.kind, row.id) for row in rows]),
        "versions": _numbers([row.version for row in rows]),
        "stored": _times([row.stored_at for row in rows]),
        "authors": _people([row.author_id for row in rows]),
        "methods": [row.method for row in rows],
        "bodies": [row.body for row in rows],
        "gone": _numbers([row.is_deleted for row in rows]),
        "patients": _people([some[0] if some else None for some in patients]),
        "others": [_people(some[1:]) if len(some) > 1 else None for some in patients],
        "tokens": [_numbers(sorted(set(one.tokens))) for one in found],
        "at_from": _times([one.at_from for one in found]),
        "at_to": _times([one.at_to for one in found]),
        **_dates_of(found, rids),
        **_strings_of(found, rids),
        **_numbers_of(found, rids),
    }


def _dates_of(found: Sequence[Entries], rids: Sequence[int]) -> dict[str, Any]:
    dates = [one for entries in found for one in entries.dates]
    return {
        "d_rids": _numbers([rid for rid, entries in zip(rids, found, strict=True) for _ in entries.dates]),
        "d_params": _numbers([one.param for one in dates]),
        "d_from": _times([one.from_at for one in dates]),
        "d_to": _times([one.to_at for one in dates]),
    }


def _strings_of(found: Sequence[Entries], rids: Sequence[int]) -> dict[str, Any]:
    strings = [one for entries in found for one in entries.strings]
    return {
        "s_rids": _numbers([rid for rid, entries in zip(rids, found, strict=True) for _ in entries.strings]),
        "s_params": _numbers([one.param for one in strings]),
        "s_norm": [one.norm[:NORM_LETTERS] for one in strings],
        "s_raw": [one.raw for one in strings],
    }


def _numbers_of(found: Sequence[Entries], rids: Sequence[int]) -> dict[str, Any]:
    numbers = [one for entries in found for one in entries.numbers]
    return {
        "n_rids": _numbers([rid for rid, entries in zip(rids, found, strict=True) for _ in entries.numbers]),
        "n_params": _numbers([one.param for one in numbers]),
        "n_low": _numbers([one.low for one in numbers]),
        "n_high": _numbers([one.high for one in numbers]),
        "n_code": _numbers([one.code for one in numbers]),
        "n_with": _numbers([one.with_key for one in numbers]),
    }
