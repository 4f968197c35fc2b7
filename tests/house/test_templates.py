"""What templates, scripts and styles of the house may hold. Each rule carries its own good and bad examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from .floors import HOUSE, labels, may_use, room_of
from .source import offenders

TEMPLATES = sorted(p for p in HOUSE.glob("**/templates/**/*") if p.suffix in {".html", ".txt"})
PAGES = [p for p in TEMPLATES if p.suffix == ".html"]
MODULES = sorted(p for p in HOUSE.glob("**/static/**/*.js") if "vendor" not in p.parts)
STYLES = sorted(HOUSE.glob("**/static/**/*.css"))

#: Words that are the same in every language: the house's name, the people of the pattern page, units.
SAME_EVERYWHERE = re.compile(
    r"\b(Bedside|Ada Reyes|Femi Okafor|Tomás Vega|English|Español|"
    r"PostgreSQL|Leer en español|Read in English|Read in|A1c|mg|kg|cm|mmHg|bpm|min|px|UTC|PDF|ICS|ISO|FHIR|QR)\b"
)
ATTRIBUTES = re.compile(r'\b(?:aria-label|title|alt|placeholder|aria-description)="([^"]*)"')


def without_tags(source: str) -> str:
    """Return a template's text with Django's tags taken out, translated blocks and comments with what they hold."""
    source = re.sub(r"{%\s*(blocktrans(?:late)?|comment|verbatim)\b.*?{%\s*end\1\s*%}", " ", source, flags=re.S)
    source = re.sub(r"{%\s*block (body_\w+|section|pad)\s*%}.*?{%\s*endblock\s*%}", " ", source, flags=re.S)
    source = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", source, flags=re.S)
    return re.sub(r"<!--.*?-->", " ", source, flags=re.S)


def bare_words(source: str) -> list[str]:
    """Return the words a template says without a translation."""
    text = without_tags(source)
    text = re.sub(
        r"<(script|style|svg)\b.*?</\1>", lambda m: " ".join(re.findall(r">([^<>]+)</text>", m[0])), text, flags=re.S
    )
    said = ATTRIBUTES.findall(text) + re.findall(r">([^<>]*)<", f">{text}<")
    clean = (SAME_EVERYWHERE.sub(" ", re.sub(r"&\w+;", " ", piece)) for piece in said)
    return [" ".join(piece.split()) for piece in clean if re.search(r"[^\W\d_]{2,}", piece)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello there</p>", ["Hello there"]),
        ('<a aria-label="Close">{% icon "x" %}</a>', ["Close"]),
        ('<p>{% translate "Hello" %} {{ name }}</p>', []),
        ("<p>{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}</p>", []),
        ("<title>{% block title %}{% endblock %} · Bedside</title>", []),
        ("<p>{# a note #}8:00</p>", []),
    ],
)
def test_the_lint_for_bare_words_sees_what_it_should(source, found):
    assert bare_words(source) == found


def bare_words_of(path: Path) -> list[str]:
    """Return the bare words of a page, or of the text of a mail."""
    source = path.read_text()
    return bare_words(source if path.suffix == ".html" else f"<p>{source}</p>")


def test_every_word_is_translated():
    assert offenders(TEMPLATES, bare_words_of) == {}


INLINE = re.compile(r"\sstyle=|\son[a-z]+=\"|<style\b|javascript:|hx-on[:-]|\bhx-vals=['\"]?js:")
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\b(?:src=|type=\"(?:importmap|application/json)\"))", re.S)


def inline(source: str) -> list[str]:
    """Return what the content security policy would refuse."""
    return INLINE.findall(source) + INLINE_SCRIPT.findall(source)


def test_the_lint_for_inline_code_sees_what_it_should():
    assert inline('<p style="color: red">')
    assert inline('<button onclick="go()">')
    assert inline("<script>go()</script>")
    assert inline('<div hx-on:click="go()">')
    assert not inline('<script type="module" src="{% static "ui/js/house.js" %}"></script><p class="style">')


def test_no_page_has_inline_code():
    assert offenders(PAGES, lambda path: inline(path.read_text())) == {}


ELSEWHERE = re.compile(
    r"""(?:src|href|action|url\(|from|import|@import)\s*[=(]?\s*["']?(?:https?:)?//(?!www\.w3\.org)"""
)


def asks_elsewhere(path: Path) -> list[str]:
    """Return what a page, script or style would fetch from someone else."""
    source = re.sub(r"//.*$|/\*.*?\*/", "", path.read_text(), flags=re.M) if path.suffix == ".js" else path.read_text()
    return ELSEWHERE.findall(source)


def test_nothing_is_asked_of_anyone_else():
    assert offenders([*PAGES, *MODULES, *STYLES], asks_elsewhere) == {}


def test_the_lint_for_strangers_sees_what_it_should():
    assert ELSEWHERE.search('<script src="https://cdn.example/x.js">')
    assert ELSEWHERE.search("url(//fonts.example/x.woff2)")
    assert not ELSEWHERE.search('<a href="/today/">')


def used_templates(source: str) -> Iterator[str]:
    """Return the rooms whose templates a template takes in."""
    yield from re.findall(r"{%\s*(?:extends|include)\s+[\"'](\w+)/", source)


def taken_from_above(path: Path) -> list[str]:
    """Return the rooms above its own whose templates a template takes in."""
    used = used_templates(path.read_text())
    return [name for name in used if name in labels() and not may_use(room_of(path), labels()[name])]


def test_templates_take_in_only_what_is_below():
    assert offenders(PAGES, taken_from_above) == {}


ROUTES = re.compile(r"""(?:{%\s*url\s+|\b(?:reverse|reverse_lazy|redirect)\(\s*)["']([a-z_]+):([a-z_]+)["']""")
WITH_ROUTES = [*TEMPLATES, *(p for p in HOUSE.rglob("*.py") if "tests" not in p.parts and "migrations" not in p.parts)]


@cache
def known_routes() -> set[str]:
    """Return every route of the house, as room:name."""
    spaces = get_resolver().namespace_dict.items()
    return {f"{space}:{name}" for space, (_, r) in spaces for name in r.reverse_dict if isinstance(name, str)}


def wrong_routes(path: Path) -> list[str]:
    """Return the routes a file names that are not there, or are above its room. `url … as` may ask for any."""
    source = path.read_text()
    guarded = set(re.findall(r"{%\s*url\s+[\"']([\w:]+)[\"'][^%]*\bas\b", source))
    found = []
    for space, name in ROUTES.findall(source):
        route = f"{space}:{name}"
        if route not in guarded | known_routes():
            found.append(f"there is no route {route}")
        elif route not in guarded and not may_use(room_of(path), labels().get(space, space)):
            found.append(f"{route} is above {room_of(path)}")
    return found


def test_routes_are_named_only_downwards_and_exist():
    assert offenders(WITH_ROUTES, wrong_routes) == {}


def test_a_route_that_is_not_there_is_noticed():
    assert ROUTES.findall("""{% url "visits:room" visit.id %} reverse('record:chart')""") == [
        ("visits", "room"),
        ("record", "chart"),
    ]
    with pytest.raises(NoReverseMatch):
        reverse("ui:no_such_page")


def faults_of_module(path: Path) -> list[str]:
    """Return what a script of ours lacks or should not hold."""
    source = path.read_text()
    holds = {
        "begins with // @ts-check": source.startswith("// @ts-check\n"),
        "a header comment shows the HTML it expects": "/**" in source[:200],
        "at most 400 lines": len(source.splitlines()) <= 400,
        "runs no text as code": not re.search(
            r"\b(eval|new Function|document\.write)\b|\.(inner|outer)HTML\s*=", source
        ),
    }
    return [rule for rule, is_kept in holds.items() if not is_kept]


def test_a_module_is_checked_small_and_says_what_it_expects():
    assert offenders(MODULES, faults_of_module) == {}


@pytest.mark.parametrize("path", STYLES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_a_style_sheet_keeps_to_its_layer_and_writes_no_colour(path):
    source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    assert "!important" not in re.sub(r"display:\s*none\s*!important", "", source)
    outside = re.sub(r"@font-face\s*{[^}]*}", "", source).strip()
    assert outside.startswith("@layer"), "every rule stands in a cascade layer"
