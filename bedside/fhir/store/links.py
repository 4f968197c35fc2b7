"""References between the entries of a bundle, rewritten to where the resources now stand.

Source: FHIR R4 4.0.1, 3.1.0.11.2 (transaction processing rules), 3.1.1.5.1 (resolving references in bundles).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bedside.fhir.definitions import registry
from bedside.fhir.documents import Document

#: Where a link stands: what holds it, its member or its place in an array, and the text.
Spot = tuple[Any, Any, str]

_SINGLE = frozenset({"reference", "div"})
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

    def rewrite(self, spots: Sequence[Spot], full_url: str | None) -> None:
        """Rewrite every reference, uri and link of narrative of a document where it stands."""
        if not (self.names or self.conditions):
            return
        restful = _RESTFUL.match(full_url or "")
        base = restful[1] if restful else ""
        for holder, key, link in spots:
            if key == "div":
                holder[key] = _IN_NARRATIVE.sub(lambda found: found[1] + self.now_at(found[2], base) + found[3], link)
            else:
                holder[key] = self.now_at(link, base, is_reference=key == "reference")

    def now_at(self, link: str, base: str, *, is_reference: bool = False) -> str:
        """Return where a link now leads, or the link itself when it leads nowhere in the bundle."""
        if link.startswith("#"):
            return link
        if is_reference and link in self.conditions:
            return self.conditions[link]
        versioned = _VERSIONED.match(link) if "/_history/" in link else None
        plain = versioned[1] if versioned else link
        name = self.names.get(plain)
        if name is None and base and is_reference and ":" not in plain:
            name = self.names.get(f"{base}/{plain}")
        if name is None:
            return link
        return f"{name}/_history/{self.versions[name]}" if versioned and name in self.versions else name


def spots_of(document: Document) -> list[Spot]:
    """Return every place in a document where a link can stand, with the text that stands there.

    Why: they are looked at twice, for what names its target by a condition and for where all of them lead.
    """
    names = link_names()
    spots: list[Spot] = []
    holders: list[dict[Any, Any]] = [document]
    while holders:
        holder = holders.pop()
        for key, value in holder.items():
            if value.__class__ is str:
                if key in names:
                    spots.append((holder, key, value))
            elif value.__class__ is dict:
                holders.append(value)
            elif value.__class__ is list:
                is_list_of_links = key in names and key not in _SINGLE
                for at, item in enumerate(value):
                    if item.__class__ is dict:
                        holders.append(item)
                    elif item.__class__ is list:
                        holders.append({at: item})
                    elif is_list_of_links and item.__class__ is str:
                        spots.append((value, at, item))
    return spots


def conditional_references(spots: Iterable[Spot]) -> Iterator[str]:
    """Yield every reference among them that names its target by a condition, such as "Patient?identifier=x"."""
    for _, key, link in spots:
        if key == "reference" and "?" in link and _CONDITIONAL.fullmatch(link):
            yield link


@cache
def link_names() -> frozenset[str]:
    """Return the members whose text is a link, wherever they stand. An identifier's `value` is mere text."""
    elements = (element for definition in registry().types.values() for element in definition.elements.items())
    return frozenset(name for name, element in elements if element.type in _URIS) - {"value"} | _SINGLE
