"""The page on searching says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from bedside.fhir.search import limits
from bedside.fhir.search.clauses import MODIFIERS
from bedside.fhir.search.controls import NAMES
from bedside.fhir.search.query import Prefix

PAGE = (Path(__file__).parents[4] / "docs" / "reference" / "fhir-search.md").read_text()


def test_every_modifier_stands_in_the_row_of_its_sort() -> None:
    rows = {line.split("|")[1].strip(): line for line in PAGE.splitlines() if line.startswith("| ")}
    for sort, modifiers in MODIFIERS.items():
        if sort != "special":
            told = {word for word in re.findall(r"`:([\w-]+)`", rows[sort]) if not word.startswith("[")}
            assert told == set(modifiers), sort


def test_every_prefix_and_every_control_is_told() -> None:
    assert set(get_args(Prefix)) <= set(re.findall(r"`(\w\w)`", PAGE))
    assert NAMES - {"_format", "_pretty"} <= set(re.findall(r"`(_\w+)`", PAGE))


def test_every_limit_is_told() -> None:
    told = {int(number) for number in re.findall(r"^\|[^|]+\| (\d+) \|$", PAGE, re.MULTILINE)}
    named = {value for name, value in vars(limits).items() if name.endswith("_MOST") and name != "KEYS_MOST"}
    assert told == named
    assert f"{limits.PAGE} where nothing is said" in PAGE
