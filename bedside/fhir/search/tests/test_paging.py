"""Pages follow each other without a gap and without a repetition, whatever is written between them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.db import connection

from bedside.fhir.asking import answer
from bedside.fhir.reach import EVERYTHING
from bedside.fhir.search import Page, parse, search_steps

from .facts import BEGINNING, Thing, insert

pytestmark = pytest.mark.django_db


def page(kind: str, words: str, after: str | None = None) -> Page:
    pairs = [tuple(pair.split("=", 1)) for pair in words.split("&")]
    return answer(search_steps(parse(kind, pairs, after=after), EVERYTHING))  # type: ignore[arg-type]


def all_pages(kind: str, words: str, between: Callable[[int], None] = lambda _: None) -> list[str]:
    found, after, number = [], None, 0
    while number == 0 or after:
        here = page(kind, words, after)
        found += [row.id for row in here.matches]
        after, number = here.next, number + 1
        between(number)
    return found


def test_what_is_there_from_first_to_last_comes_exactly_once() -> None:
    insert(Thing("Patient", f"p{number}", patients=(f"p{number}",)) for number in range(20))

    def writes(number: int) -> None:
        with connection.cursor() as cursor:
            insert([Thing("Patient", f"new{number}", patients=(f"new{number}",))])
            changed = [f"p{number}", f"p{19 - number}"]
            stored = BEGINNING + timedelta(days=number)
            cursor.execute("UPDATE fhir_resource SET version = 2, stored_at = %s WHERE id = ANY(%s)", [stored, changed])
            cursor.execute("UPDATE fhir_resource SET is_deleted = true WHERE id = %s", [f"p{3 * number}"])

    found = all_pages("Patient", "_count=3", writes)
    assert len(found) == len(set(found)), "nothing twice"
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM fhir_resource WHERE NOT is_deleted AND id LIKE 'p%'")
        assert {row[0] for row in cursor.fetchall()} <= set(found), "nothing lost"


def test_a_deletion_at_the_edge_of_a_page_loses_nothing() -> None:
    insert(Thing("Patient", f"p{number}") for number in range(6))
    first = page("Patient", "_count=3")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE fhir_resource SET is_deleted = true WHERE id IN ('p2', 'p3')")
    assert [row.id for row in page("Patient", "_count=3", first.next).matches] == ["p4", "p5"]


def things() -> list[Thing]:
    """Make observations with and without each thing to sort by, and with the same."""
    made = []
    days: list[int | None] = [None, 1, 2]
    for number, (day, status, amount) in enumerate(product(days, ["", "final", "amended"], [None, 5, 100])):
        at = BEGINNING + timedelta(days=day or 0)
        range_ = [(at, at + timedelta(days=1))] if day else []
        value = [(Decimal(amount), "http://unitsofmeasure.org", "mg")] if amount else []
        body = {"status": status} if status else {}
        dates = {"date": range_, "value-date": range_}
        name = [chr(97 + number % 5)] if number % 4 else []
        strings = {"value-string": name}
        made.append(
            Thing(
                "Observation",
                f"o{number:02}",
                dates=dates,
                quantities={"value-quantity": value},
                body=body,
                strings=strings,
            )
        )
    return made


KEYS: dict[str, Callable[[Thing], object]] = {
    "date": lambda thing: thing.dates["date"][0][0] if thing.dates["date"] else None,
    "value-date": lambda thing: thing.dates["value-date"][0][0] if thing.dates["value-date"] else None,
    "status": lambda thing: thing.body.get("status"),
    "value-quantity": lambda thing: (
        thing.quantities["value-quantity"][0][0] if thing.quantities["value-quantity"] else None
    ),
    "value-string": lambda thing: thing.strings["value-string"][0] if thing.strings["value-string"] else None,
    "_id": lambda thing: thing.id,
    "_lastUpdated": lambda thing: thing.stored_at,
}
SORTS = [
    *KEYS, *(f"-{key}" for key in KEYS), "date,status", "-date,status", "status,-date", "-status,-value-quantity",
    "value-string,-value-date,status", "status,-_id",
]  # fmt: skip


@pytest.mark.parametrize("sort", SORTS)
def test_sorted_pages_follow_each_other(sort: str) -> None:
    made = things()
    insert(made)
    expected = list(enumerate(made))
    if sort.startswith("-"):
        expected.reverse()
    for key in reversed(sort.split(",")):
        worth = KEYS[key.removeprefix("-")]
        there = [each for each in expected if worth(each[1]) is not None]
        there.sort(key=lambda each: worth(each[1]), reverse=key.startswith("-"))  # type: ignore[arg-type, return-value]
        expected = there + [each for each in expected if worth(each[1]) is None]
    for count in (1, 4, 50):
        assert all_pages("Observation", f"_sort={sort}&_count={count}") == [thing.id for _, thing in expected]
