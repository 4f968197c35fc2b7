"""Whole records go in as transactions and come back by `$everything`: every value that went in comes out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from bedside.accounts.models import Person
from bedside.fhir.tests.examples import example_data, find_examples
from bedside.record.queries import get_chart
from tests.cast import LONG_AGO

from .conftest import Api, Caller, treat

#: The bundle of every run; the others are for the long one.
FIRST = "edward_gulgowski"


def bundles() -> list[Any]:
    """Return the names of the bundles."""
    folder = find_examples("synthea-r4")
    others = sorted({path.stem for path in folder.glob("*.json")} - {FIRST}) if folder else []
    return [FIRST, *(pytest.param(name, marks=pytest.mark.slow) for name in others)]


def as_sent(text: str | bytes) -> Any:
    """Read JSON with every number as its own digits."""
    return json.loads(text, parse_float=Digits, parse_int=Digits)


class Digits(str):
    """A number as it was written: 1.10 is not 1.1."""


def test_numbers_are_told_apart_by_their_digits() -> None:
    assert as_sent("[1.10]") != as_sent("[1.1]")
    assert as_sent("[1.10]") == as_sent("[1.10]")


def everything_of(caller: Caller, patient: str) -> Iterator[dict[str, Any]]:
    """Yield every resource of a patient's record, page by page."""
    path: str | None = f"Patient/{patient}/$everything?_count=100"
    while path:
        page = caller.get(path)
        assert page.status == 200, page.body[:500]
        for entry in as_sent(page.body).get("entry", []):
            yield entry["resource"]
        path = page.link("next")


def moved(value: Any, names: dict[str, str]) -> Any:
    """Return a value with every link to an entry of the bundle leading to where it now stands."""
    if isinstance(value, dict):
        return {key: moved(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [moved(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) and not isinstance(value, Digits) else value


def without_stamps(resource: dict[str, Any]) -> dict[str, Any]:
    """Return a resource without its id and what the store stamps on it."""
    meta = {name: value for name, value in resource.get("meta", {}).items() if name not in ("versionId", "lastUpdated")}
    kept = {name: value for name, value in resource.items() if name not in ("id", "meta")}
    return {**kept, "meta": meta} if meta else kept


@pytest.mark.parametrize("name", bundles())
def test_a_whole_record_comes_back_as_it_went_in(api: Api, client: Client, now: datetime, name: str) -> None:
    sent = (example_data("synthea-r4") / f"{name}.json").read_bytes()
    done = api.lab.post("", sent)
    assert done.status == 200, done.words[:2000]
    entries = as_sent(sent)["entry"]
    stands = [
        one["response"]["location"].partition("/fhir/R4/")[2].partition("/_history")[0] for one in done.json["entry"]
    ]
    names = {entry["fullUrl"]: name for entry, name in zip(entries, stands, strict=True)}
    patient = next(name for name in stands if name.startswith("Patient/")).partition("/")[2]
    assert Person.objects.filter(pk=patient).exists()
    treat(api.cast.id("chen"), UUID(patient), LONG_AGO)  # a page reads its own clock
    found = {f"{one['resourceType']}/{one['id']}": one for one in everything_of(api.chen, patient)}
    assert sorted(found) == sorted(stands)
    wrong = {}
    for entry, name in zip(entries, stands, strict=True):
        if without_stamps(found[name]) != without_stamps(moved(entry["resource"], names)):
            wrong[name] = (found[name], entry["resource"])
    assert wrong == {}
    client.force_login(api.cast.chen.user)
    page = client.get(reverse("record:chart", args=[patient]))
    assert (page.status_code, escape(Person.objects.get(pk=patient).full_name) in page.content.decode()) == (200, True)
    chart = get_chart(actor=api.cast.actor("chen"), patient_id=UUID(patient), now=now)
    assert len(chart.problems) == sum(one["resource"]["resourceType"] == "Condition" for one in entries)
