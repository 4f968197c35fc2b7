"""References between the entries of a bundle, rewritten to where the resources now stand.

Source: FHIR R4 4.0.1, 3.1.0.11.2 (transaction processing rules), 3.1.1.5.1 (resolving references in bundles).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bedside.fhir.definitions import registry
from bedside.fhir.documents import Document

_URIS = frozenset({"uri", "url", "oid", "uuid", "canonical"})
_CONDITIONAL = re.compile(r"[A-Z][A-Za-z]+\?.+")
_RESTFUL = re.compile(r"(https?://.+)/[A-Z][A-Za-z]+/[A-Za-z0-9.\-]{1,64}\Z")
_IN_NARRATIVE = re.compile(r'((?:href|src)\s*=\s*")([^"]+)(")')
_VERSIONED = re.compile(r"(.+)/_history/[A-Za-z0-9.\-]{1,64}\Z")


@dataclass(slots=True)
class Links:
    """Where everything of a bundle now stands.

    Shape: `names` maps a fullUrl to "Type/id", `versions` "Type/id" to the version it has after the bundle, and
    `conditions` a conditional reference, as it stands, to "Type/id".
    """

    names: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    conditions: dict[str, str] = field(default_factory=dict)

    def rewrite(self, document: Document, full_url: str | None) -> None:
        """Rewrite every reference, uri and link of narrative in a document, in place."""
        if self.names or self.conditions:
            restful = _RESTFUL.match(full_url or "")
            self._walk(document, restful[1] if restful else "")

    def _walk(self, holder: Any, base: str) -> None:
        uris = uri_names()
        for key, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
            if isinstance(value, dict | list):
                if key in uris and isinstance(value, list):
                    value[:] = [self.now_at(item, base) if isinstance(item, str) else item for item in value]
                self._walk(value, base)
            elif isinstance(value, str):
                if key == "reference":
                    holder[key] = self.now_at(value, base, is_reference=True)
                elif key in uris:
                    holder[key] = self.now_at(value, base)
                elif key == "div":
                    holder[key] = _IN_NARRATIVE.sub(lambda m: m[1] + self.now_at(m[2], base) + m[3], value)

    def now_at(self, link: str, base: str, *, is_reference: bool = False) -> str:
        """Return where a link now leads, or the link itself when it leads nowhere in the bundle."""
        if link.startswith("#"):
            return link
        if is_reference and link in self.conditions:
            return self.conditions[link]
        versioned = _VERSIONED.match(link)
        plain = versioned[1] if versioned else link
        name = self.names.get(plain)
        if name is None and base and is_reference and ":" not in plain:
            name = self.names.get(f"{base}/{plain}")
        if name is None:
            return link
        return f"{name}/_history/{self.versions[name]}" if versioned and name in self.versions else name


def conditional_references(value: Any) -> Iterator[str]:
    """Yield every reference of a document that names its target by a condition, such as "Patient?identifier=x"."""
    if isinstance(value, Mapping):
        link = value.get("reference")
        if isinstance(link, str) and _CONDITIONAL.fullmatch(link):
            yield link
        for inner in value.values():
            if isinstance(inner, dict | list):
                yield from conditional_references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from conditional_references(inner)


@cache
def uri_names() -> frozenset[str]:
    """Return the members whose text is a uri, wherever they stand. An identifier's `value` is mere text."""
    elements = (element for definition in registry().types.values() for element in definition.elements.items())
    return frozenset(name for name, element in elements if element.type in _URIS) - {"reference", "value"}
