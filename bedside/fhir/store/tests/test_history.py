"""What happened, newest first, page by page, and only within reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bedside.fhir.asking import answer
from bedside.fhir.reach import EVERYTHING, Fragment
from bedside.fhir.store import ResourceMissing, create, delete, history_page, update

from .conftest import observation, patient

pytestmark = pytest.mark.django_db


class Only:
    """Whoever reaches only one type."""

    def __init__(self, kind):
        self.kind = kind

    def condition(self, alias, kind, patients=""):
        return Fragment(f"{alias}.type = %({alias}_only)s", {f"{alias}_only": self.kind})


@pytest.fixture
def busy_day(writer, now):
    """Two patients and an observation; the first patient is changed and removed, a minute between each."""

    def at(minute):
        return replace(writer, now=now + timedelta(minutes=minute))

    one = answer(create(at(0), patient("one"))).id
    two = answer(create(at(1), patient("two"))).id
    seen = answer(create(at(2), observation(f"Patient/{one}"))).id
    answer(update(at(3), patient("one again"), kind="Patient", id=one))
    answer(delete(at(4), kind="Patient", id=one))
    return one, two, seen


def told(page):
    return [(found.id, found.version, found.method) for found in page.versions]


def test_the_history_of_one_resource_is_newest_first(busy_day):
    one, _, _ = busy_day
    page = answer(history_page(reach=EVERYTHING, kinds=["Patient"], id=one))
    assert told(page) == [(one, 3, "DELETE"), (one, 2, "PUT"), (one, 1, "POST")]
    assert (page.total, page.next) == (3, None)
    assert page.versions[0].is_deleted
    assert page.versions[0].body == ""
    assert '"one again"' in page.versions[1].body


def test_the_history_of_a_type_and_of_all_types_is_merged_by_time(busy_day):
    one, two, seen = busy_day
    of_patients = told(answer(history_page(reach=EVERYTHING, kinds=["Patient"])))
    assert of_patients == [(one, 3, "DELETE"), (one, 2, "PUT"), (two, 1, "POST"), (one, 1, "POST")]
    of_all = told(answer(history_page(reach=EVERYTHING, kinds=["Observation", "Patient"])))
    assert of_all == [*of_patients[:2], (seen, 1, "POST"), *of_patients[2:]]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_pages_follow_each_other_without_a_gap(busy_day, writer, now, count):
    kinds = ["Observation", "Patient"]
    whole = told(answer(history_page(reach=EVERYTHING, kinds=kinds)))
    found, after = [], None
    while True:
        page = answer(history_page(reach=EVERYTHING, kinds=kinds, count=count, after=after))
        found += told(page)
        answer(create(replace(writer, now=now + timedelta(days=1)), patient("meanwhile")))
        if page.next is None:
            break
        after = page.next
    assert found == whole


def test_history_can_begin_and_end_at_a_time(busy_day, now):
    one, _, seen = busy_day
    kinds = ["Observation", "Patient"]
    late = answer(history_page(reach=EVERYTHING, kinds=kinds, since=now + timedelta(minutes=3)))
    assert [version for _, version, _ in told(late)] == [3, 2]
    middle = history_page(
        reach=EVERYTHING, kinds=kinds, since=now + timedelta(minutes=2), until=now + timedelta(minutes=2)
    )
    assert told(answer(middle)) == [(seen, 1, "POST")]
    since = answer(history_page(reach=EVERYTHING, kinds=["Patient"], id=one, since=now + timedelta(minutes=3)))
    assert since.total == 2


def test_history_of_nothing_and_of_what_is_out_of_reach_is_missing(busy_day):
    one, _, _ = busy_day
    with pytest.raises(ResourceMissing):
        answer(history_page(reach=EVERYTHING, kinds=["Patient"], id="none"))
    with pytest.raises(ResourceMissing):
        answer(history_page(reach=Only("Observation"), kinds=["Patient"], id=one))
    seen = answer(history_page(reach=Only("Observation"), kinds=["Observation", "Patient"]))
    assert [found.kind for found in seen.versions] == ["Observation"]


@pytest.mark.parametrize(
    ("first", "last", "stood"),
    [
        (-2, -1, []),
        (-1, 0, []),
        (0, 0.5, [("one", 1)]),
        (1.5, 1.6, [("two", 1), ("one", 1)]),
        (2.5, 3, [("seen", 1), ("two", 1), ("one", 1)]),
        (2.5, 3.5, [("one", 2), ("seen", 1), ("two", 1), ("one", 1)]),
        (3, 4, [("one", 2), ("seen", 1), ("two", 1)]),
        (4, 9, [("seen", 1), ("two", 1)]),
    ],
)
def test_what_stood_at_a_time_is_what_was_stored_and_not_yet_replaced(busy_day, now, first, last, stood):
    within = now + timedelta(minutes=first), now + timedelta(minutes=last)
    page = answer(history_page(reach=EVERYTHING, kinds=["Observation", "Patient"], within=within))
    names = dict(zip(busy_day, ("one", "two", "seen"), strict=True))
    assert [(names[id], version) for id, version, _ in told(page)] == stood


def test_what_was_replaced_at_the_same_instant_never_stood(writer, now):
    one = answer(create(writer, patient("one"))).id
    answer(update(writer, patient("one again"), kind="Patient", id=one))
    within = now - timedelta(hours=1), now + timedelta(hours=1)
    page = answer(history_page(reach=EVERYTHING, kinds=["Patient"], id=one, within=within))
    assert [version for _, version, _ in told(page)] == [2]
    assert page.total == 1
