"""What SQL lets through is what `decide` allows: on worlds made at random, row by row."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from bedside.accounts.grants import Grant
from bedside.accounts.scopes import parse_scopes
from bedside.consent.models import CareRelationship
from bedside.consent.queries import relations_by_patient
from bedside.consent.rules import PatientFacts
from bedside.consent.terms import RELATION_REASONS
from bedside.gateway.reach import reach_of
from bedside.gateway.rules import ResourceFacts
from bedside.platform.access import ANONYMOUS, Actor, decide, system_actor
from tests.cast import Cast

pytestmark = pytest.mark.django_db

KINDS = ["Observation", "Condition", "Patient", "Practitioner", "ValueSet", "Basic", "Schedule", "Binary"]
SCOPES = [
    "user/*.cruds",
    "user/*.rs",
    "user/Observation.rs",
    "user/Condition.s user/Practitioner.r user/Binary.r",
    "user/*.cud",
    "patient/*.rs",
    "patient/Observation.rs user/Practitioner.rs",
    "patient/Observation.rs user/Condition.rs",
    "patient/ValueSet.rs",
    "",
]
ROWS = 120


class World:
    """Some people, how they are related, and resources about them."""

    def __init__(self, cast: Cast, now: datetime, seed: int) -> None:
        self.dice = random.Random(seed)
        self.now = now
        self.people = [cast.id(name) for name in ("ada", "ben", "eve", "chen", "gita", "femi")]
        self.actors = [cast.actor(name) for name in ("ada", "ben", "chen", "gita", "femi", "tomas")]
        for person in self.people:
            for patient in self.people[:4]:
                if self.dice.random() < 0.45 and person != patient:
                    self.relate(person, patient)
        self.rows = [self.row(number) for number in range(ROWS)]

    def relate(self, person: UUID, patient: UUID) -> None:
        starts = self.now + timedelta(days=self.dice.choice([-30, -1, 0, 1]))
        ends = self.dice.choice([None, starts + timedelta(hours=1), starts + timedelta(days=40), self.now])
        CareRelationship.objects.create(
            person_id=person,
            patient_id=patient,
            reason=self.dice.choice(RELATION_REASONS)[0],
            source_id=uuid4(),
            starts_at=starts,
            ends_at=ends if ends is None or ends > starts else None,
        )

    def row(self, number: int) -> tuple[int, str, list[UUID], UUID | None]:
        patients = self.dice.sample(self.people, self.dice.choice([0, 1, 1, 1, 2, 3]))
        return number, self.dice.choice(KINDS), patients, self.dice.choice([None, *self.people])

    def grant(self) -> Grant:
        actor = self.dice.choice(self.actors)
        scopes = parse_scopes(self.dice.choice(SCOPES))
        return Grant(actor, scopes, actor.person_id if "patient" in scopes.holders else None)

    def by_rule(self, grant: Grant) -> set[int]:
        """The rows `decide` allows, one by one."""
        verb = "gateway.exchange_resources" if grant.actor.job else "gateway.read_resource"
        found = set()
        for number, kind, patients, author in self.rows:
            relations = relations_by_patient(actor=grant.actor, patient_ids=patients, now=self.now)
            facts = tuple(PatientFacts(patient, relations[patient]) for patient in patients)
            for letter in "rs" if grant.actor.job else "r":
                resource = ResourceFacts(kind, letter, facts, author, grant.scopes, grant.patient_id)
                if decide(grant.actor, verb, resource).allowed:
                    found.add(number)
        return found

    def by_reach(self, grant: Grant, kind: str | None) -> set[int]:
        """The rows the condition lets through."""
        where = reach_of(grant, self.now).condition("r", kind)
        rows = [(n, k, ps[0] if ps else None, ps[1:] or None, author) for n, k, ps, author in self.rows]
        only = "" if kind is None else "AND r.type = %(kind)s"
        names = ", ".join(
            f"(%(n{n})s::int, %(k{n})s::text, %(p{n})s::uuid, %(m{n})s::uuid[], %(a{n})s::uuid)" for n in range(ROWS)
        )
        values = {f"{c}{row[0]}": value for row in rows for c, value in zip("nkpma", row, strict=True)}
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT r.n FROM (VALUES {names}) AS r (n, type, patient_id, more_patients, author_id)"
                f" WHERE {where.sql} {only}",
                {**values, **where.values, "kind": kind},
            )
            return {number for (number,) in cursor.fetchall()}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_what_can_be_reached_is_what_decide_allows(cast: Cast, now: datetime, seed: int) -> None:
    world = World(cast, now, seed)
    seen = 0
    for _ in range(25):
        grant = world.grant()
        allowed = world.by_rule(grant)
        assert world.by_reach(grant, None) == allowed, (seed, grant)
        for kind in KINDS:
            of_kind = {number for number, its, _, _ in world.rows if its == kind}
            assert world.by_reach(grant, kind) == allowed & of_kind, (seed, grant, kind)
        seen += len(allowed)
    assert seen > 100, "a world in which nobody sees anything proves nothing"


@pytest.mark.parametrize(("scopes", "share"), [("system/*.rs", 1.0), ("system/Observation.rs system/Basic.c", 0.2)])
def test_the_house_reaches_the_types_of_its_scopes(cast: Cast, now: datetime, scopes: str, share: float) -> None:
    world = World(cast, now, 1)
    grant = Grant(system_actor("gateway.exchange"), parse_scopes(scopes), None)
    allowed = world.by_rule(grant)
    assert world.by_reach(grant, None) == allowed
    assert len(allowed) == sum(1 for _, kind, _, _ in world.rows if scopes == "system/*.rs" or kind == "Observation")


@pytest.mark.parametrize("actor", [ANONYMOUS, Actor(person_id=uuid4(), roles=frozenset({"physician"}))])
def test_nobody_and_a_stranger_reach_no_chart(cast: Cast, now: datetime, actor: Actor) -> None:
    world = World(cast, now, 2)
    grant = Grant(actor, parse_scopes("user/*.cruds patient/*.cruds"), actor.person_id)
    charts = {number for number, _, patients, _ in world.rows if patients}
    assert world.by_reach(grant, None) & charts == set()


def test_a_system_scope_in_a_persons_hand_is_worth_nothing(cast: Cast, now: datetime) -> None:
    world = World(cast, now, 3)
    grant = Grant(cast.actor("chen"), parse_scopes("system/*.cruds"), None)
    assert world.by_reach(grant, None) == world.by_rule(grant) == set()
