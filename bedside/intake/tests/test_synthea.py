"""Whole records of Synthea by the command, twice: every value that stands in a file stands in the store, once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from bedside.accounts.models import Person
from bedside.config import cli
from bedside.consent.models import CareRelationship
from bedside.fhir.models import Resource
from bedside.fhir.tests.examples import example_data
from bedside.gateway.tests.test_synthea import FIRST, as_sent, moved
from bedside.intake.models import ImportRun
from tests.cast import LONG_AGO

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setattr(cli, "_with_house", lambda words, do: do())


def bring(paths: list[Path]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["import", *map(str, paths), "--source", "synthea", "--treating", "chen@example.org"])
    assert ended.value.code == 0


def in_files(paths: list[Path]) -> dict[str, Any]:
    """Return what the files say, by type and id, with every link leading to a type and id."""
    entries = [entry for path in paths for entry in as_sent(path.read_bytes())["entry"]]
    names = {one["fullUrl"]: f"{one['resource']['resourceType']}/{one['fullUrl'][9:]}" for one in entries}
    return {names[one["fullUrl"]]: moved(one["resource"], names) for one in entries}


def in_store() -> dict[str, Any]:
    rows = Resource.objects.filter(is_deleted=False).exclude(type="Provenance")
    return {f"{row.type}/{row.id}": as_sent(row.body) for row in rows}


def bare(resource: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name not in ("id", "meta")}


def check_twice(paths: list[Path]) -> None:
    bring(paths)
    expected, first = in_files(paths), in_store()
    assert sorted(first) == sorted(expected)
    assert {name for name in expected if bare(first[name]) != bare(expected[name])} == set()
    assert all(one["meta"]["tag"][-1]["code"] == "synthea" for one in first.values())
    people = Person.objects.filter(pk__in=[name[8:] for name in first if name.startswith("Patient/")]).count()
    assert people == len(paths)
    versions, told = Counter(Resource.objects.values_list("version", flat=True)), Resource.objects.count()
    bring(paths)
    assert in_store() == first
    assert (Counter(Resource.objects.values_list("version", flat=True)), Resource.objects.count()) == (versions, told)
    assert set(ImportRun.objects.values_list("state", "refused")) == {("done", 0)}


def test_a_whole_record_by_the_command_is_in_the_store_once_and_its_chart_opens(cast, client):
    check_twice([example_data("synthea-r4") / f"{FIRST}.json"])
    relation = CareRelationship.objects.get(person=cast.chen, source_type="import")
    CareRelationship.objects.filter(pk=relation.pk).update(starts_at=LONG_AGO)  # a page reads its own clock
    client.force_login(cast.chen.user)
    page = client.get(reverse("record:chart", args=[relation.patient_id]))
    assert (page.status_code, relation.patient.family_name in page.content.decode()) == (200, True)


@pytest.mark.slow
def test_every_record_by_one_command_is_in_the_store_once(cast):
    check_twice(sorted(example_data("synthea-r4").glob("*.json")))
