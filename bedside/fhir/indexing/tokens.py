"""What tokens say: the words that codings, identifiers, codes and contact points are looked up by, and references.

Source: FHIR R4 4.0.1, 3.1.1.4.10 (token), 3.1.1.4.12 (reference).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bedside.fhir.paths import literal_reference

from .words import token_words


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def pairs_of(value: Any, kind: str | None) -> Iterator[tuple[str | None, str | None]]:
    """Yield the (system, code) pairs a value has."""
    if isinstance(value, str):
        yield None, value
    elif isinstance(value, bool):
        yield None, "true" if value else "false"
    elif isinstance(value, dict):
        if kind == "CodeableConcept":
            codings = value.get("coding")
            for coding in codings if isinstance(codings, list) else [codings]:
                if isinstance(coding, dict):
                    yield _text(coding.get("system")), _text(coding.get("code"))
        elif kind == "Coding":
            yield _text(value.get("system")), _text(value.get("code"))
        elif kind == "Identifier":
            yield _text(value.get("system")), _text(value.get("value"))
        elif kind == "ContactPoint":
            number = _text(value.get("value"))
            yield _text(value.get("system")), number
            if number and (use := _text(value.get("use"))):
                yield use, number


def words_of(value: Any, kind: str | None) -> Iterator[str]:
    """Yield the words one part of a composite is looked up by. Why: "system|" alone is never a part."""
    if kind in {"Reference", "canonical", "uri"}:
        yield from reference_words(value)
        return
    for system, code in pairs_of(value, kind):
        yield from (words for words in token_words(system, code) if words != f"{system}|")


def typed_identifiers(value: Any) -> Iterator[tuple[str, str, str]]:
    """Yield (system, code, value) of each coding of an Identifier's type."""
    kind = value.get("type") if isinstance(value, dict) else None
    own = _text(value.get("value")) if isinstance(value, dict) else None
    if own and isinstance(kind, dict):
        for system, code in pairs_of(kind, "CodeableConcept"):
            if system and code:
                yield system, code, own


def reference_text(value: Any) -> str:
    """Return the text of a Reference, canonical, uri or contained resource, "" where it has none."""
    if isinstance(value, dict):
        kind, id = value.get("resourceType"), value.get("id")
        if isinstance(kind, str) and isinstance(id, str):
            return f"{kind}/{id}"
        value = value.get("reference")
    return value if isinstance(value, str) else ""


def reference_words(value: Any) -> Iterator[str]:
    """Yield a reference as one part of a composite: "Type/id" of this server, or its url."""
    text = reference_text(value)
    literal = literal_reference(text)
    if literal is not None and not literal.base:
        yield f"{literal.kind}/{literal.id}"
    elif text and not text.startswith("#"):
        yield from urls_of(text)


def urls_of(text: str) -> Iterator[str]:
    """Yield a url as it stands, and without its version."""
    yield text
    bare = text.partition("|")[0].partition("/_history/")[0]
    if bare and bare != text:
        yield bare
