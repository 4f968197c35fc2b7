"""The tables of docs/rules/booking.md are the tables in the code."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bedside.kernel.time import UTC
from bedside.scheduling.rules import changeable_until, may_move, reminders_owed
from bedside.scheduling.terms import MOVES, STATUSES

DOC = (Path(__file__).parents[3] / "docs/rules/booking.md").read_text()


def test_the_moves_are_those_of_the_page():
    lines = [line for line in DOC.splitlines() if line.startswith("|") and line.count("|") == 3]
    page = {}
    for line in lines:
        start, ends = (cell.strip() for cell in line.strip("|").split("|"))
        if start in MOVES:
            page[start] = frozenset(ends.split())
    assert page == MOVES


def test_nothing_moves_but_by_the_table():
    known = ["", *dict(STATUSES)]
    for start in known:
        for end in known:
            assert may_move(start, end) == (end in MOVES[start])
    assert not may_move("eaten", "booked")


CHANGES = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in DOC.splitlines() if line.startswith("| 16:00")
]


@pytest.mark.parametrize(("start", "window", "now", "may"), CHANGES)
def test_until_when_a_patient_may_change(start, window, now, may):
    def at(text):
        return datetime.fromisoformat(f"2026-11-25T{text}:00").replace(tzinfo=UTC)

    assert (at(now) <= changeable_until(at(start), int(window))) == (may == "yes")


def test_the_page_has_changes():
    assert len(CHANGES) == 4


@pytest.mark.parametrize(
    ("ahead", "kinds"),
    [
        (timedelta(days=3), ["booked", "day_before", "soon"]),
        (timedelta(hours=24), ["booked", "soon"]),
        (timedelta(hours=5), ["booked", "soon"]),
        (timedelta(minutes=20), ["booked"]),
    ],
)
def test_what_is_owed_after_booking(now, ahead, kinds):
    owed = reminders_owed("booked", now + ahead, now)
    assert [kind for kind, _ in owed] == kinds
    assert all(due_at >= now for _, due_at in owed)
