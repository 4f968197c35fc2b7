"""The rules of a visit, as tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.visits.rules import capabilities, clean_device_test, may_move, readiness
from bedside.visits.terms import CAPABILITIES, MOVES, OVER_STATES, PARTICIPANT_ROLES, VISIT_STATES


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
