"""Whatever leaves a row in the log about a patient can be told to that patient in plain words, in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from django.utils import translation

from bedside.platform.access import Audience, actions
from bedside.portal.words import DEED_WORDS, REASON_WORDS

from .source import shelf, tree_of

VERB = re.compile(
    r"(accounts|audit|consent|directory|files|gateway|intake|orders|portal|record|scheduling|visits)\.[a-z_]+"
)

#: Verbs that leave no row about a patient: pages and lists without anyone in them, and the live line's own.
SILENT_ROOMS = ("ui.", "live.", "notify.", "rehearsal.")


def recorded() -> Iterator[str]:
    """Yield every verb a command, a query or a guard names: what they decide on is what they write down."""
    for path in {*shelf("commands"), *shelf("queries"), *shelf("guard"), *shelf("listeners")}:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Constant) and VERB.fullmatch(str(node.value)):
                yield str(node.value)


def verbs() -> list[str]:
    """Return every verb that could leave a row about a patient."""
    acting = [a.name for a in actions().values() if a.audience is not Audience.HOUSE and a.rule is not None]
    house = {a.name for a in actions().values() if a.audience is Audience.HOUSE}
    named = set(recorded()) - house
    return sorted({*named, *(name for name in acting if not name.startswith(SILENT_ROOMS))})


def test_the_walk_finds_what_is_recorded():
    assert {"consent.begin_care", "portal.view_board", "visits.see_visit"} <= set(recorded())


def test_every_verb_has_plain_words():
    assert [verb for verb in verbs() if verb not in DEED_WORDS] == [], "say what it means in bedside/portal/words.py"


def test_the_words_are_there_in_spanish_too():
    everything = [*DEED_WORDS.values(), *REASON_WORDS.values()]
    with translation.override("en"):
        english = [str(words) for words in everything]
    with translation.override("es"):
        assert [said for said, words in zip(english, everything, strict=True) if str(words) == said] == []
