"""Whatever is asked of whatever world, a search finds what the plain way finds, and never what is hidden.

The plain way sees only what can be reached. So if any path of a search (a chain, a `_has`, an include, a list, a
count) let what is hidden have a say, the two would differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedside.fhir.asking import answer
from bedside.fhir.search import Page, Query, parse, search_steps

from .facts import Hiding, Thing, insert
from .naive import World
from .worlds import PATIENTS, Dice, include, search, world

pytestmark = pytest.mark.slow
many = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SEEDS = st.integers(0, 2**64 - 1)
#: Searches of each world.
ASKED = 25


@contextmanager
def inhabited(things: list[Thing]) -> Iterator[None]:
    """Have a world in the database for a while."""
    with transaction.atomic():
        insert(things)
        yield
        transaction.set_rollback(True)


def drawn(seed: int) -> tuple[Dice, list[Thing], Hiding]:
    """Draw a world and what is seen of it."""
    dice = Dice(seed)
    return dice, world(dice), Hiding(frozenset(dice.some([*PATIENTS], 3)))


def pages_of(kind: str, pairs: list[tuple[str, str]], reach: Hiding) -> list[tuple[Query, Page]]:
    """Go through all pages of a search."""
    pages: list[tuple[Query, Page]] = []
    while not pages or pages[-1][1].next:
        query = parse(kind, pairs, after=pages[-1][1].next if pages else None)
        pages.append((query, answer(search_steps(query, reach))))
    return pages


@pytest.mark.django_db
@many
@given(SEEDS)
def test_all_pages_together_are_what_there_is_to_find(seed: int) -> None:
    dice, things, reach = drawn(seed)
    with inhabited(things):
        for _ in range(ASKED):
            kind, pairs = search(dice)
            pages = pages_of(kind, [*pairs, ("_count", dice.choice("1359")), ("_total", "accurate")], reach)
            found = [(row.kind, row.id) for _, page in pages for row in page.matches]
            expected = [thing.name for thing in World(things, reach).find(pages[0][0])]
            assert found == expected, pairs
            assert {page.total for _, page in pages} == {len(expected)}, pairs


@pytest.mark.django_db
@many
@given(SEEDS)
def test_what_comes_along_is_what_is_referred_to_and_can_be_seen(seed: int) -> None:
    dice, things, reach = drawn(seed)
    with inhabited(things):
        for _ in range(ASKED):
            kind = dice.choice(["Observation", "Patient", "Encounter", "List", "Practitioner"])
            pairs = [include(dice, kind) for _ in range(dice.randint(1, 3))]
            ((query, page),) = pages_of(kind, pairs, reach)
            seen = World(things, reach)
            found = [(row.kind, row.id) for row in page.included]
            assert len(found) == len(set(found)), pairs
            assert set(found) == seen.include(query.includes, seen.find(query)), pairs


@pytest.mark.django_db
@many
@given(SEEDS)
def test_a_search_of_all_types_and_of_a_chart_finds_the_same_as_the_plain_way(seed: int) -> None:
    dice, things, reach = drawn(seed)
    with inhabited(things):
        for _ in range(ASKED):
            kinds = dice.some(["Observation", "Encounter", "Patient"], 3)
            pairs = dice.some([("_tag", "718-7"), ("_lastUpdated", "ge2026"), ("_id", "ada,o1"), ("_list", "l2")])
            if kinds and "Patient" not in kinds:
                pairs += dice.some([("date", "ge2026"), ("status", "final"), ("patient", "eve")])
            pairs += [("_type", ",".join(kinds))] if kinds else []
            query = parse(None, pairs, patient=dice.choice([None, *PATIENTS]))
            page = answer(search_steps(query, reach))
            expected = [thing.name for thing in World(things, reach).find(query)]
            assert [(row.kind, row.id) for row in page.matches] == expected, pairs
