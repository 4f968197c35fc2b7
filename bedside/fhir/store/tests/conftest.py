"""Someone who may write anything, and a condition that looks for an identifier's value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from bedside.fhir.asking import Ask, Steps
from bedside.fhir.reach import EVERYTHING
from bedside.fhir.store import Change, Item, RequestUnclear, Writer, read_body

WRITER_ID = UUID(int=77)


def permit_all(changes: Sequence[Change]) -> Steps[None]:
    """Permit whatever is asked."""
    return
    yield


@pytest.fixture
def writer(now: datetime) -> Writer:
    return Writer(author_id=WRITER_ID, now=now, reach=EVERYTHING, permit=permit_all)


@pytest.fixture
def forbidding(writer: Writer) -> Callable[[Callable[[Change], bool]], Writer]:
    """Return a writer who may make only the changes a test allows."""

    def make(allows: Callable[[Change], bool]) -> Writer:
        def permit(changes: Sequence[Change]) -> Steps[None]:
            yield Ask("SELECT 1")
            if not all(map(allows, changes)):
                raise RequestUnclear("Not yours to change.", status=403)

        return replace(writer, permit=permit)

    return make


def by_identifier(kind: str, criteria: str) -> Steps[Sequence[str]]:
    """Find resources that say the value of "identifier=system|value" anywhere."""
    rows = yield Ask(
        "SELECT id FROM fhir_resource WHERE type = %s AND NOT is_deleted AND strpos(body, %s) > 0 LIMIT 2",
        (kind, '"value":"' + criteria.rpartition("|")[2] + '"'),
    )
    return [id for (id,) in rows]


def fetch_one(item: Item) -> Steps[Any]:
    """Read "Type/id"."""
    kind, _, id = item.url.partition("/")
    return (yield from read_body(kind, id, EVERYTHING))


def patient(value: str = "1", **more: Any) -> dict[str, Any]:
    """Return a small Patient known by an identifier."""
    return {"resourceType": "Patient", "identifier": [{"system": "urn:x", "value": value}], **more}


def observation(subject: str, **more: Any) -> dict[str, Any]:
    """Return a small Observation of someone."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": subject},
        **more,
    }
