"""Changes to whatever a condition finds, also when many ask the same at one time."""

from __future__ import annotations

import pytest
from django.db import connection

from bedside.fhir.asking import answer
from bedside.fhir.store import (
    IdMismatch,
    ManyMatches,
    RequestUnclear,
    ResourceMissing,
    create,
    create_if_none,
    delete_where,
    patch_where,
    update_where,
)
from bedside.fhir.store.conditions import normal

from .conftest import by_identifier, patient
from .test_actions import in_threads

WHERE = "identifier=urn:x|1"


def count():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM fhir_version")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_conditional_create_stores_once(writer):
    first = answer(create_if_none(writer, patient("1"), criteria=WHERE, match=by_identifier))
    again = answer(create_if_none(writer, patient("1"), criteria=WHERE, match=by_identifier))
    assert (first.done, again.done, again.id, again.body) == ("created", "found", first.id, first.body)
    assert count() == 1


@pytest.mark.django_db
def test_two_matches_are_too_many_for_any_change(writer):
    answer(create(writer, patient("1")))
    answer(create(writer, patient("1")))
    where = {"kind": "Patient", "criteria": WHERE, "match": by_identifier}
    for action in (
        create_if_none(writer, patient("1"), criteria=WHERE, match=by_identifier),
        update_where(writer, patient("1"), **where),
        delete_where(writer, **where),
        patch_where(writer, lambda document: document, **where),
    ):
        with pytest.raises(ManyMatches):
            answer(action)
    assert count() == 2


@pytest.mark.django_db
def test_a_conditional_update_changes_the_one_or_creates(writer):
    where = {"kind": "Patient", "criteria": WHERE, "match": by_identifier}
    made = answer(update_where(writer, patient("1"), **where))
    changed = answer(update_where(writer, patient("1", active=True), **where))
    assert (made.done, changed.done, changed.id, changed.version) == ("created", "updated", made.id, 2)
    with pytest.raises(IdMismatch):
        answer(update_where(writer, patient("1", id="another"), **where))
    other = {"kind": "Patient", "criteria": "identifier=urn:x|2", "match": by_identifier}
    assert answer(update_where(writer, patient("2", id="own"), **other)).id == "own"


@pytest.mark.django_db
def test_a_conditional_delete_or_patch_needs_its_one(writer):
    where = {"kind": "Patient", "criteria": WHERE, "match": by_identifier}
    assert answer(delete_where(writer, **where)) is None
    with pytest.raises(ResourceMissing):
        answer(patch_where(writer, lambda document: document, **where))
    answer(create(writer, patient("1")))
    assert answer(patch_where(writer, lambda document: document | {"active": True}, **where)).version == 2
    assert answer(delete_where(writer, **where)).version == 3


def test_a_condition_is_the_same_however_it_is_written():
    assert normal("Patient", "a=1&b=x%7Cy") == normal("Patient", "?b=x|y&a=1")
    assert normal("Patient", "a=1") != normal("Patient", "a=2")
    assert normal("Patient", "a=1") != normal("Person", "a=1")
    with pytest.raises(RequestUnclear):
        normal("Patient", "?")


@pytest.mark.django_db(transaction=True)
def test_of_many_conditional_creates_at_one_time_one_creates(writer):
    def one(number):
        criteria = ["identifier=urn:x|1&active=true", "active=true&identifier=urn:x%7C1"][number % 2]
        return answer(create_if_none(writer, patient("1", active=True), criteria=criteria, match=by_value)).done

    results = in_threads(8, one)
    assert sorted(results) == ["created"] + ["found"] * 7


def by_value(kind, criteria):
    return (yield from by_identifier(kind, "|1"))
