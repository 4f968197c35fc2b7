"""Cuts a FHIRPath into words. Source: FHIRPath N1, section 8 (lexical elements) and the grammar fhirpath.g4."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .syntax import UnsupportedPath

_WORDS = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<moment>@(?:T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?
        |\d{4}(?:-\d\d(?:-\d\d)?)?(?:T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)?))
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<quoted>`(?:[^`\\]|\\.)*`)
    |(?P<text>'(?:[^'\\]|\\.)*')
    |(?P<variable>\$[a-z]+)
    |(?P<external>%(?:[A-Za-z_][A-Za-z0-9_-]*|`(?:[^`\\]|\\.)*`|'(?:[^'\\]|\\.)*'))
    |(?P<sign>!=|!~|<=|>=|[-+*/&|=~<>.,()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Word:
    """One word. Shape: `kind` is a group of the pattern; `text` has its quotes taken off."""

    kind: str
    text: str


END = Word("end", "the end")


def unescape(text: str) -> str:
    """Return what an escaped text says."""
    return _ESCAPE.sub(
        lambda found: chr(int(found[1], 16)) if found[1] else _ESCAPES.get(found[2], found[2]),
        text,
    )


def words_of(path: str) -> list[Word]:
    """Return the words of a path, the end among them. Raises: UnsupportedPath at what is not a word."""
    return [*_words(path), END]


def _words(path: str) -> Iterator[Word]:
    at = 0
    while at < len(path):
        found = _WORDS.match(path, at)
        if found is None or found.lastgroup is None:
            raise UnsupportedPath(f"nothing of FHIRPath begins with “{path[at : at + 10]}”.")
        at = found.end()
        kind, text = found.lastgroup, found[0]
        if kind == "space":
            continue
        if kind in {"text", "quoted"}:
            yield Word("text" if kind == "text" else "name", unescape(text[1:-1]))
        elif kind == "external":
            name = text[1:]
            yield Word(kind, unescape(name[1:-1]) if name[0] in "`'" else name)
        else:
            yield Word(kind, text)
