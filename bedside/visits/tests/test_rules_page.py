"""The tables of docs/rules/live-visits.md, run."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bedside.kernel.time import UTC
from bedside.visits.rules import capabilities, estimate_wait, may_move
from bedside.visits.terms import CAPABILITIES, MOVES

DOC = (Path(__file__).parents[3] / "docs/rules/live-visits.md").read_text()
NINE = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


def table(heading):
    """Return the rows of the table whose first column has that heading."""
    lines = DOC.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def words(cell):
    return {word.strip() for word in cell.split(",") if word.strip()}


def at(minutes):
    return NINE + timedelta(minutes=int(minutes))


def test_the_moves_are_those_of_the_page():
    told = {"" if from_state == "(nothing)" else from_state: words(to) for from_state, to in table("from")}
    assert told == {state: set(moves) for state, moves in MOVES.items()}
    assert all(may_move(a, b) == (b in told[a]) for a in told for b in told)


def test_the_capabilities_are_those_of_the_page():
    told = {role: words(can) for role, can in table("role")}
    assert set(told) == set(CAPABILITIES)
    assert all(capabilities(role) == can for role, can in told.items())


@pytest.mark.parametrize(("now", "came", "ahead", "busy", "expected", "late"), table("now"))
def test_the_wait_is_told_as_on_the_page(now, came, ahead, busy, expected, late):
    wait = estimate_wait(
        now=at(now),
        starts_at=NINE,
        waiting_since=at(came),
        ahead=int(ahead),
        visit_minutes=20,
        present_visit_started_at=None if busy == "free" else at(busy),
    )
    assert wait.expected_at == at(expected)
    assert wait.late_minutes == int(late)
