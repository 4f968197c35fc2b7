"""The rules of a visit, as tables."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.kernel.time import UTC
from bedside.visits.rules import capabilities, clean_device_test, estimate_wait, may_move, readiness
from bedside.visits.terms import CAPABILITIES, MOVES, OVER_STATES, PARTICIPANT_ROLES, VISIT_STATES

NINE = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def at(minutes):
    return NINE + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("now", "starts", "came", "ahead", "busy_since", "expected", "late"),
    [
        (-10, 0, -10, 0, None, 0, 0),
        (0, 0, -10, 0, None, 0, 0),
        (12, 0, -10, 0, None, 12, 15),
        (0, 0, -10, 0, -5, 15, 15),
        (0, 0, -10, 1, -5, 35, 35),
        (0, 0, -10, 0, -40, 5, 5),
        (30, 0, 29, 0, None, 30, 0),
        (30, 0, 30, 0, 25, 45, 15),
        (1, 0, -10, 0, None, 1, 0),
    ],
)
def test_the_wait_is_told_as_it_is(now, starts, came, ahead, busy_since, expected, late):
    wait = estimate_wait(
        now=at(now),
        starts_at=at(starts),
        waiting_since=at(came),
        ahead=ahead,
        visit_minutes=20,
        present_visit_started_at=None if busy_since is None else at(busy_since),
    )
    assert wait.expected_at == at(expected)
    assert wait.late_minutes == late


def test_every_state_has_its_moves_and_the_last_ones_have_none():
    assert set(MOVES) == {""} | {state for state, _ in VISIT_STATES}
    for state in OVER_STATES:
        assert not MOVES[state]
    assert may_move("waiting", "in_call")
    assert not may_move("opened", "in_call")
    assert not may_move("nonsense", "ended")


def test_every_role_has_capabilities_and_an_unknown_one_has_none():
    assert set(CAPABILITIES) == {role for role, _ in PARTICIPANT_ROLES}
    assert capabilities("observer") == frozenset()
    assert not capabilities("patient") & {"admit", "deny", "remove", "hold", "end", "invite"}


@pytest.mark.parametrize(
    ("figures", "word"),
    [
        ({}, "unknown"),
        ({"microphone": "ok", "camera": "ok", "speaker": "ok"}, "ready"),
        ({"microphone": "ok", "camera": "fail"}, "voice_only"),
        ({"microphone": "fail", "camera": "ok"}, "no_sound"),
        ({"microphone": "ok", "camera": "ok", "loss": 0.2}, "weak_link"),
        ({"microphone": "ok", "camera": "ok", "rtt_ms": 1500}, "weak_link"),
    ],
)
def test_what_a_device_test_promises(figures, word):
    assert readiness(clean_device_test(figures)) == word


@given(
    st.dictionaries(
        st.text(max_size=12),
        st.one_of(st.none(), st.text(), st.floats(), st.booleans(), st.lists(st.integers())),
        max_size=8,
    )
)
def test_a_device_test_keeps_only_what_it_may_say(figures):
    clean = clean_device_test({**figures, "advice": "a\x00b" + "c" * 500})
    assert set(clean) <= {"camera", "microphone", "speaker", "rtt_ms", "loss", "advice"}
    assert len(clean["advice"]) <= 200
    assert "\x00" not in clean["advice"]
