r"""Splits the values of a search: `,` between alternatives, `|` and `$` inside one, each kept as a letter by a `\`.

Source: FHIR R4 4.0.1, 3.1.1.4.0.1 (escaping search parameters).
"""

from __future__ import annotations

import re

from .refusal import Misread

_PIECE = {mark: re.compile(rf"(?:[^\\{re.escape(mark)}]|\\.)*", re.DOTALL) for mark in ",|$"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_KNOWN = set(",|$\\")


def split(text: str, mark: str, most: int = 0) -> list[str]:
    """Return the pieces between a mark, still escaped. Shape: `most` pieces, 0 for all; the last keeps the rest."""
    pieces: list[str] = []
    at = 0
    while True:
        if most and len(pieces) == most - 1:
            pieces.append(text[at:])
            return pieces
        found = _PIECE[mark].match(text, at)
        end = found.end() if found else at
        pieces.append(text[at:end])
        if end >= len(text):
            return pieces
        if text[end] != mark:  # a lone backslash at the very end
            raise Misread("a “\\” at the end escapes nothing; write “\\\\” for a backslash")
        at = end + 1


def plain(piece: str) -> str:
    """Return a piece with what was escaped as the letters meant."""
    if "\\" not in piece:
        return piece
    unknown = [letter for letter in _ESCAPED.findall(piece) if letter not in _KNOWN]
    if unknown:
        raise Misread(f"“\\{unknown[0]}” means nothing; only , | $ and \\ are escaped by a “\\”")
    if re.search(r"(?:^|[^\\])(?:\\\\)*\\$", piece):
        raise Misread("a “\\” at the end escapes nothing; write “\\\\” for a backslash")
    return _ESCAPED.sub(r"\1", piece)
