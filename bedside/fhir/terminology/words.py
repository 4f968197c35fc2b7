"""Words as they are compared: without case, accents and marks."""

from __future__ import annotations

import re
import unicodedata
from typing import TypeGuard

from .faults import refused

_WORD = re.compile(r"[^\W_]+")
#: Signs of a regular expression that look ahead, look back or remember.
_CLEVER = re.compile(r"\(\?|\\[1-9]|\\[kgpPbBAZzGQE]|\)[*+?{]|[*+?}][*+?{]")
_ENDLESS = re.compile(r"(?<!\\)[*+]|\{\d*,\}")
_LONGEST = 100
_MOST_ENDLESS = 2


def is_text(value: object) -> TypeGuard[str]:
    """Say whether a value is text that can be stored: no zero byte, no half of a character."""
    if not isinstance(value, str) or "\x00" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def folded(text: str) -> str:
    """Return text in lower case, without accents, with single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded."""
    return tuple(_WORD.findall(folded(text)))


def holds(text: str, beginnings: tuple[str, ...]) -> bool:
    """Say whether each beginning begins a word of a text."""
    words = words_of(text)
    return all(any(word.startswith(beginning) for word in words) for beginning in beginnings)


def safe_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern that takes no longer than a code is long, here and in PostgreSQL.

    Why: whoever may ask for an expansion may write the pattern, and some patterns take years.
    Raises: DocumentRefused when it repeats a group, repeats without end more than twice, or looks around.
    """
    if len(pattern) > _LONGEST or _CLEVER.search(pattern) or len(_ENDLESS.findall(pattern)) > _MOST_ENDLESS:
        raise refused(
            "not-supported", f"The pattern “{pattern[:60]}” is more than Bedside matches: no repeated groups."
        )
    try:
        return re.compile(pattern, re.ASCII)
    except re.error as error:
        raise refused("invalid", f"“{pattern}” is not a regular expression: {error}.") from error
