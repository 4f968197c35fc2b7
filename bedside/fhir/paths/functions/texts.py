"""Functions on text. Source: FHIRPath N1, 5.6. Patterns match anywhere in the text, as they do in FHIRPath N1."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bedside.fhir.paths.code import Code, Scope
from bedside.fhir.paths.syntax import Literal, Node, UnsupportedPath
from bedside.fhir.paths.values import Items, plain

from .shapes import Function, on_items, on_value

if TYPE_CHECKING:
    from bedside.fhir.paths.compiler import Compiler


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _substring(text: Any, start: Any, length: Any = None) -> str | None:
    if not _text(text) or type(start) is not int or not 0 <= start < len(text):
        return None
    if length is None:
        return str(text[start:])
    return str(text[start : start + max(0, length)]) if type(length) is int else None


def _replace(text: Any, old: Any, new: Any) -> str | None:
    return str(text.replace(old, new)) if _text(text) and _text(old) and _text(new) else None


@lru_cache(maxsize=500)
def _pattern(text: str) -> re.Pattern[str]:
    """Return a compiled pattern. Raises: UnsupportedPath for one that is no pattern."""
    try:
        return re.compile(text, re.DOTALL)
    except (re.error, RecursionError, OverflowError) as error:
        raise UnsupportedPath(f"“{text}” is no pattern: {error}.") from error


def _literal_pattern(node: Node) -> re.Pattern[str]:
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        raise UnsupportedPath("a pattern is written out in quotes.")
    return _pattern(node.value)


def _matches(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    pattern = _literal_pattern(arguments[0])
    found = on_value(lambda text: bool(pattern.search(text)) if _text(text) else None, "boolean")
    return found.build(compiler, of, (), scope)


def _replace_matches(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    pattern = _literal_pattern(arguments[0])
    if not isinstance(arguments[1], Literal) or not isinstance(arguments[1].value, str):
        raise UnsupportedPath("what replaces a match is written out in quotes.")
    new = re.sub(r"\$(\d)", r"\\g<\1>", arguments[1].value.replace("\\", "\\\\"))
    found = on_value(lambda text: pattern.sub(new, text) if _text(text) else None, "string")
    return found.build(compiler, of, (), scope)


def _characters(items: Items) -> Items:
    value = plain(items[0]) if len(items) == 1 else None
    return list(value) if isinstance(value, str) else []


def _if_texts(work: Any) -> Any:
    return lambda text, *others: work(text, *others) if _text(text) and all(map(_text, others)) else None


FUNCTIONS: dict[str, Function] = {
    "startsWith": on_value(_if_texts(str.startswith), "boolean", least=1),
    "endsWith": on_value(_if_texts(str.endswith), "boolean", least=1),
    "contains": on_value(_if_texts(lambda text, part: part in text), "boolean", least=1),
    "indexOf": on_value(_if_texts(str.find), "integer", least=1),
    "substring": on_value(_substring, "string", least=1, most=2),
    "upper": on_value(_if_texts(str.upper), "string"),
    "lower": on_value(_if_texts(str.lower), "string"),
    "replace": on_value(_replace, "string", least=2),
    "length": on_value(_if_texts(len), "integer"),
    "matches": Function(1, 1, _matches),
    "replaceMatches": Function(2, 2, _replace_matches),
    "toChars": on_items(_characters, "string"),
}
