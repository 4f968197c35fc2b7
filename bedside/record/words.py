"""A text in both languages, and how FHIR carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bedside.fhir.terms import TRANSLATION


@dataclass(frozen=True, slots=True)
class Words:
    """One text in English and in Spanish."""

    en: str
    es: str

    def told(self, language: str) -> str:
        """Return the text in that language; English when it is neither."""
        return self.es if language[:2] == "es" and self.es else self.en


def carried(name: str, words: Words) -> dict[str, Any]:
    """Return a FHIR string element with its translation beside it: `{"text": …, "_text": {…}}`.

    Source: FHIR R4 4.0.1, extension translation.
    """
    element: dict[str, Any] = {name: words.en}
    if words.es and words.es != words.en:
        parts = [{"url": "lang", "valueCode": "es"}, {"url": "content", "valueString": words.es}]
        element[f"_{name}"] = {"extension": [{"url": TRANSLATION, "extension": parts}]}
    return element


def read(holder: Mapping[str, Any], name: str) -> Words:
    """Return the text of a FHIR string element in both languages; the one there is when only one is known."""
    plain = str(holder.get(name) or "")
    for extension in holder.get(f"_{name}", {}).get("extension", ()):
        parts = {part["url"]: part for part in extension.get("extension", ())}
        if extension.get("url") == TRANSLATION and parts.get("lang", {}).get("valueCode") == "es":
            return Words(plain, str(parts["content"]["valueString"]))
    return Words(plain, plain)
