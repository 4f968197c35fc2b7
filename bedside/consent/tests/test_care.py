"""Care relationships: how they begin, end and outlive a visit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bedside.consent import commands, queries
from bedside.consent.models import CareRelationship
from bedside.kernel.errors import NotFound
from bedside.kernel.ids import new_id
from bedside.platform.access import system_actor
from bedside.platform.audit.models import AuditEvent


def begin(cast, now, *, actor="ada", person="chen", reason="booked", source=None, ends_at=None):
    return commands.begin_care(
        actor=system_actor("test") if actor is None else cast.actor(actor),
        now=now,
        patient_id=cast.ada.id,
        person_id=cast.people[person].id,
        reason=reason,
        source=source,
        ends_at=ends_at,
    )


def held(cast, name, at):
    return queries.relations(actor=cast.actor(name), patient_id=cast.ada.id, now=at)


def test_booking_lets_the_doctor_in_and_nobody_else(cast, now):
    begin(cast, now, source=("appointment", new_id()))
    assert held(cast, "chen", now) == {"booked"}
    assert held(cast, "diaz", now) == frozenset()
    assert held(cast, "ada", now) == {"self"}


def test_beginning_twice_changes_nothing(cast, now):
    source = ("appointment", new_id())
    first = begin(cast, now, source=source)
    assert begin(cast, now + timedelta(minutes=1), source=source) == first
    assert CareRelationship.objects.count() == 1
    assert AuditEvent.objects.filter(action="consent.begin_care").count() == 1


def test_care_is_not_there_before_its_start_or_after_its_end(cast, now):
    begin(cast, now, actor=None, reason="covering", ends_at=now + timedelta(hours=8))
    assert held(cast, "chen", now - timedelta(seconds=1)) == frozenset()
    assert held(cast, "chen", now + timedelta(hours=7)) == {"covering"}
    assert held(cast, "chen", now + timedelta(hours=8)) == frozenset()


def test_cancelling_ends_the_booking_but_not_the_treatment(cast, now):
    booked, other = ("appointment", new_id()), ("appointment", new_id())
    begin(cast, now, source=booked)
    begin(cast, now, source=other)
    begin(cast, now, actor="chen", reason="treating", source=("visit", new_id()))
    later = now + timedelta(days=1)
    ended = commands.end_care(
        actor=cast.actor("ada"),
        now=later,
        patient_id=cast.ada.id,
        person_id=cast.chen.id,
        reason="booked",
        source=booked,
    )
    assert ended == 1
    assert held(cast, "chen", later) == {"booked", "treating"}
    assert held(cast, "chen", later + timedelta(days=400)) == {"booked", "treating"}


def test_ending_in_the_instant_of_beginning_is_possible(cast, now):
    source = ("appointment", new_id())
    begin(cast, now, source=source)
    args = {"patient_id": cast.ada.id, "person_id": cast.chen.id, "reason": "booked", "source": source}
    assert commands.end_care(actor=cast.actor("ada"), now=now, **args) == 1
    assert commands.end_care(actor=cast.actor("ada"), now=now + timedelta(seconds=1), **args) == 0
    again = begin(cast, now + timedelta(hours=1), source=source)
    assert again.ends_at is None


@pytest.mark.parametrize("who", ["diaz", "eve", "gita", "hal", "iris", "ben"])
def test_nobody_lets_themselves_in(cast, now, who):
    with pytest.raises(NotFound):
        begin(cast, now, actor=who, person=who, reason="treating")
    assert not CareRelationship.objects.exists()


def test_a_stranger_cannot_end_anything(cast, now):
    begin(cast, now)
    with pytest.raises(NotFound):
        commands.end_care(
            actor=cast.actor("eve"),
            now=now,
            patient_id=cast.ada.id,
            person_id=cast.chen.id,
            reason="booked",
        )


def test_a_proxy_may_book_for_the_patient(cast, now):
    begin(cast, now, person="ben", reason="proxy")
    begin(cast, now, actor="ben", source=("appointment", new_id()))
    assert held(cast, "chen", now) == {"booked"}
    assert queries.patients_acted_for(actor=cast.actor("ben"), now=now) == [cast.ada.id]


def test_the_care_team_names_each_person_once_by_the_closest_relation(cast, now):
    begin(cast, now, source=("appointment", new_id()))
    begin(cast, now, actor="chen", reason="treating", source=("visit", new_id()))
    begin(cast, now, person="ben", reason="proxy")
    team = queries.care_team(actor=cast.actor("ada"), patient_id=cast.ada.id, now=now)
    assert [(row.person.given_name, row.reason) for row in team] == [("Lin", "treating"), ("Ben", "proxy")]


def test_relations_with_many_patients_take_one_query(cast, now, django_assert_num_queries):
    begin(cast, now)
    ids = [cast.ada.id, cast.eve.id, cast.ben.id]
    with django_assert_num_queries(1):
        found = queries.relations_by_patient(actor=cast.actor("chen"), patient_ids=ids, now=now)
    assert found == {cast.ada.id: {"booked"}, cast.eve.id: frozenset(), cast.ben.id: frozenset()}
