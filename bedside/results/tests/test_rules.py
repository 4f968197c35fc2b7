"""Who must see a result and by when: the tables of docs/rules/results.md, run."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.results.rules import (
    Candidate,
    NotAStep,
    NoteTooLong,
    clean_note,
    due_at,
    inbox_key,
    is_history,
    next_owner,
    worse,
)
from bedside.results.terms import LIMITS, URGENCIES
from tests.cast import NOW

PAGE = (Path(__file__).parents[3] / "docs" / "rules" / "results.md").read_text()
PEOPLE = {letter: UUID(int=number) for number, letter in enumerate("ABC", start=1)}


def rows(title):
    lines = PAGE.split(f"## {title}")[1].split("\n## ")[0].splitlines()
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [pytest.param(*row, id=" ".join(row)) for row in found[2:]]


@pytest.mark.parametrize(("in_care", "had", "to"), rows("Who must see it"))
def test_the_table_of_who_holds(in_care, had, to):
    candidates = []
    for place, word in enumerate(in_care.replace("–", "").split()):
        letter, _, relation = word.partition(":")
        since = NOW + timedelta(days=place)
        candidates.append(Candidate(PEOPLE[letter[0]], relation, since, is_orderer="*" in letter))
    owner = next_owner(candidates, had=[PEOPLE[one] for one in had.replace("–", "").split()])
    assert owner == PEOPLE.get(to)


@pytest.mark.parametrize(("urgency", "_holds", "most"), rows("By when"))
def test_the_table_of_when_holds(urgency, _holds, most):
    assert due_at(urgency, NOW) - NOW == timedelta(hours=int(most.split(" ")[0]))


RELATIONS = st.sampled_from(["treating", "covering", "booked"])
CROWD = st.lists(st.tuples(st.integers(1, 9), RELATIONS, st.integers(0, 99), st.booleans()), max_size=9)


@given(CROWD, st.sets(st.integers(1, 9)))
def test_a_result_never_goes_back_and_only_to_someone_in_care(crowd, had):
    candidates = [Candidate(UUID(int=n), rel, NOW + timedelta(days=d), o) for n, rel, d, o in crowd]
    owner = next_owner(candidates, had={UUID(int=n) for n in had})
    able = {one.person_id for one in candidates} - {UUID(int=n) for n in had}
    assert (owner in able) if able else owner is None


@given(st.lists(st.tuples(st.sampled_from(list(LIMITS)), st.integers(0, 99)), min_size=1))
def test_the_inbox_is_sorted_by_urgency_then_by_waiting(items):
    order = [code for code, _ in URGENCIES]
    keys = sorted(inbox_key(urgency, NOW + timedelta(hours=hours)) for urgency, hours in items)
    ranks = [rank for rank, _ in keys]
    assert ranks == sorted(order.index(urgency) for urgency, _ in items)
    assert all(a[1] <= b[1] for a, b in pairwise(keys) if a[0] == b[0])


def test_the_worse_of_two_counts():
    assert worse("other", "critical") == "critical"
    assert worse("abnormal", "other") == "abnormal"


def test_history_is_told_by_when_it_was_issued():
    long_ago, lately = NOW - timedelta(days=40), NOW - timedelta(days=2)
    assert is_history(issued_at=None, at=long_ago, stored_at=NOW)
    assert not is_history(issued_at=lately, at=long_ago, stored_at=NOW)  # a culture that took six weeks
    assert not is_history(issued_at=None, at=lately, stored_at=NOW)


def test_a_note_is_kept_as_typed_and_refused_when_it_cannot_be():
    assert clean_note(" Fine.\r\nRepeat\x00 soon ", "repeat") == "Fine.\nRepeat soon"
    with pytest.raises(NotAStep):
        clean_note("", "dance")
    with pytest.raises(NoteTooLong):
        clean_note("x" * 2001, "")
