"""Random lives of a visit: whatever people do, and however often, there is never a ghost or a double."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedside.kernel.errors import Refusal
from bedside.platform.access import system_actor
from bedside.visits import commands
from bedside.visits.commands.presence import GIVEN_UP_AFTER
from bedside.visits.models import Participant, Visit, VisitStep
from bedside.visits.rules import may_move
from bedside.visits.terms import OVER_STATES, PUT_OUT_STATES

from .stage import HERE, arrive

PEOPLE = ("ada", "chen", "ben", "gita", "eve")
COMMANDS = (
    "check_in",
    "wait",
    "admit",
    "hold",
    "take_up",
    "end",
    "no_show",
    "mode",
    "invite_ben",
    "invite_gita",
    "admit_ben",
    "deny_ben",
    "remove_gita",
)
LINE = ("join", "lose", "resume", "leave", "lose_old", "leave_old", "sweep")

step = st.tuples(st.sampled_from(COMMANDS + LINE * 3), st.sampled_from(PEOPLE), st.integers(0, 40))


class Story:
    """One visit, and what each person's clients believe."""

    def __init__(self, cast, now):
        self.cast = cast
        self.now = now
        self.visit = arrive(cast, now, upto="opened")
        self.joins = {name: [] for name in PEOPLE}

    def place(self, name):
        return Participant.objects.filter(visit=self.visit, person_id=self.cast.id(name)).first()

    def do(self, what, name, seconds):
        self.now += timedelta(seconds=seconds)
        with contextlib.suppress(Refusal):
            self._do(what, name)

    def _do(self, what, name):
        who = {"actor": self.cast.actor(name), "now": self.now}
        here = {**who, "visit_id": self.visit.id}
        match what:
            case "check_in":
                commands.check_in_patient(**here, **HERE)
            case "wait":
                commands.enter_waiting_room(**here)
            case "admit":
                commands.admit_patient(**here)
            case "hold":
                commands.hold_visit(**here)
            case "take_up":
                commands.take_up_visit(**here)
            case "end":
                commands.end_visit(**here)
            case "no_show":
                commands.mark_no_show(**who, appointment_id=self.visit.appointment_id)
            case "mode":
                commands.change_mode(**here, mode="voice", why="weak link")
            case "invite_ben" | "invite_gita":
                guest = what.removeprefix("invite_")
                role = "nurse" if guest == "gita" else "family"
                commands.invite_participant(**here, person_id=self.cast.id(guest), role=role)
            case "admit_ben" | "deny_ben" | "remove_gita":
                verb, guest = what.split("_")
                if place := self.place(guest):
                    getattr(commands, f"{verb}_participant")(**here, participant_id=place.id)
            case "sweep":
                commands.sweep_rooms(actor=system_actor("visits.sweep_rooms"), now=self.now)
            case _:
                self._line(what, name)

    def _line(self, what, name):
        place = self.place(name)
        if place is None:
            return
        who = {"actor": self.cast.actor(name), "now": self.now, "participant_id": place.id}
        if what == "join":
            token = commands.issue_ticket(
                actor=who["actor"], now=self.now, visit_id=self.visit.id, session_key="k"
            ).token
            joined = commands.redeem_ticket(actor=who["actor"], now=self.now, token=token, session_key="k")
            self.joins[name].append(joined.join)
            return
        if not self.joins[name]:
            return
        verb, is_old = what.removesuffix("_old"), what.endswith("_old")
        command = {"lose": "lose_line", "resume": "resume_line", "leave": "leave_room"}[verb]
        join = self.joins[name][0 if is_old else -1]
        before = place.state
        was_present = getattr(commands, command)(**who, join=join)
        if is_old and len(self.joins[name]) > 1:
            assert not was_present
            assert self.place(name).state == before

    def check(self):
        visit = Visit.objects.get(id=self.visit.id)
        places = list(Participant.objects.filter(visit=visit))
        assert len({place.person_id for place in places}) == len(places)
        joins = [place.join_no for place in places if place.join_no]
        assert len(set(joins)) == len(joins)
        entries = [place.entry_no for place in places if place.entry_no]
        assert len(set(entries)) == len(entries)
        assert max(joins + entries, default=0) <= visit.join_count
        for place in places:
            assert place.state not in PUT_OUT_STATES or place.admitted_at is None
            assert place.state != "connected" or place.admitted_at is not None
            assert place.state != "lobby" or place.admitted_at is None
        patient = next(place for place in places if place.role == "patient")
        assert patient.admitted_at is None or visit.started_at is not None
        assert (visit.ended_at is not None) == (visit.state in OVER_STATES)
        steps = list(VisitStep.objects.filter(visit=visit, kind="state").order_by("id"))
        states = [steps[0].from_value, *(one.to_value for one in steps)]
        assert all(may_move(a, b) for a, b in pairwise(states))
        assert states[-1] == visit.state


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@pytest.mark.slow
@given(steps=st.lists(step, max_size=30), seed=st.booleans())
def test_no_ghosts_and_no_doubles(cast, now, steps, seed):
    from django.db import transaction

    with transaction.atomic():
        story = Story(cast, now)
        if seed:
            for what in ("check_in", "wait"):
                story.do(what, "ada", 1)
            story.do("join", "ada", 1)
            story.do("join", "chen", 1)
            story.do("admit", "chen", 1)
        for one in steps:
            story.do(*one)
            story.check()
        story.now += GIVEN_UP_AFTER + timedelta(seconds=1)
        story.do("sweep", "hal", 0)
        on_line = Participant.objects.filter(visit=story.visit, state__in=("lobby", "connected", "reconnecting"))
        assert not on_line.exists()
        transaction.set_rollback(True)
