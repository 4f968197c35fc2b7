"""A time in Spanish ends in a full stop of its own ("a. m."), so no sentence puts another one after it."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from .test_templates import TEMPLATES

TIMES = r"\|\s*(?:moment|clock_time)\b"
BOUND = re.compile(rf"(\w+)=[^\s%]*{TIMES}")
BLOCK = re.compile(r"{%\s*blocktranslate([^%]*)%}(.*?){%\s*endblocktranslate\s*%}", re.S)
#: A time that is not part of a translated sentence, with a full stop after it.
BARE = re.compile(rf"{{{{[^}}]*{TIMES}[^}}]*}}}}\.")


def said_in_spanish(template: str) -> list[tuple[str, list[str]]]:
    """Return each sentence that has times in it, in Spanish, with the names of the times."""
    found = []
    for head, english in BLOCK.findall(template):
        times = BOUND.findall(head)
        if times:
            with translation.override("es"):
                words = re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", english)
                found.append((translation.gettext(words), times))
    return found


def doubled(template: str) -> list[str]:
    """Return the sentences in which a time has a full stop after it."""
    wrong = [words for words, times in said_in_spanish(template) if any(f"%({name})s." in words for name in times)]
    return wrong + BARE.findall(template)


@pytest.mark.parametrize(
    ("template", "count"),
    [
        ("{% blocktranslate with at=x|moment %}Nobody has translated {{ at }}.{% endblocktranslate %}", 1),
        ("{% blocktranslate with at=x|clock_time on=y %}Nobody {{ at }} on {{ on }}.{% endblocktranslate %}", 0),
        ("{% blocktranslate with on=x|long_date %}Nobody has translated {{ on }}.{% endblocktranslate %}", 0),
        ("<p>{{ x|moment }}.</p>", 1),
        ("<p>{{ x|moment }}</p>", 0),
    ],
)
def test_the_lint_sees_what_it_should(template: str, count: int) -> None:
    assert len(doubled(template)) == count


def test_no_sentence_ends_twice() -> None:
    wrong = {path.name: found for path in TEMPLATES if (found := doubled(path.read_text()))}
    assert wrong == {}
    sentences = [words for path in TEMPLATES for words, _ in said_in_spanish(path.read_text())]
    assert len(sentences) > 10, "a lint that reads nothing finds nothing"
