"""Conditions that read the documents themselves, for what no index holds: narrative, content, the text of a code.

Why: an index over all words of all documents would cost more than it serves. These are asked only of what other
parameters leave; the parser refuses them alone.
"""

from __future__ import annotations

from typing import Literal

from bedside.fhir.faults import Fault

from .paths import json_paths
from .query import Match, Text
from .refusal import SearchRefused
from .statement import Statement

#: Where the words of a code, a coding, an identifier or a reference stand, from the value itself.
SAID = ("", ".text", ".coding[*].display", ".display", ".type.text")


def reads_condition(place: Literal["text", "content"], text: str, alias: str, made: Statement) -> str:
    """Return that words stand in a document. Shape: as in a web search: words, "phrases", OR, and - for without."""
    asked = f"websearch_to_tsquery('simple', {made.put(text, 'text')})"
    if place == "content":
        return f"jsonb_to_tsvector('simple', {alias}.body::jsonb, '[\"string\"]') @@ {asked}"
    narrative = f"regexp_replace({alias}.body::jsonb #>> '{{text,div}}', '<[^>]*>', ' ', 'g')"
    return f"to_tsvector('simple', {narrative}) @@ {asked}"


def plain_letters(words: str) -> str:
    """Return words in SQL without case and accents."""
    return f"regexp_replace(normalize(lower({words}), NFKD), '[\\u0300-\\u036f]', '', 'g')"


def text_condition(clause: Match, alias: str, made: Statement) -> str:
    """Return that some letters stand in what is said with a code."""
    paths = json_paths(clause.path)
    if not paths:
        words = f"The parameter “{clause.param.code}:text” cannot be used: its text is not kept."
        raise SearchRefused([Fault(f"http.{clause.param.code}", "not-supported", words)])
    everywhere = [path + place for path in paths for place in SAID]
    said = plain_letters("value.said #>> '{}'")
    letters = " OR ".join(
        f"position({plain_letters(made.put(value.text, 'text'))} in {said}) > 0"
        for value in clause.values
        if isinstance(value, Text)
    )
    arms = " UNION ALL ".join(
        f"SELECT jsonb_path_query({alias}.body::jsonb, {made.put(path, 'text')}::jsonpath)" for path in everywhere
    )
    is_text = "jsonb_typeof(value.said) = 'string'"
    return f"EXISTS (SELECT FROM ({arms}) value(said) WHERE {is_text} AND ({letters}))"
