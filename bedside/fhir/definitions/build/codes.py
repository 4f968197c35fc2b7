"""Counts out value sets: which codes of which systems, where that can be known from the definitions alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .sources import Resource

Codes = dict[str, list[str]]


class NotEnumerable(Exception):
    """That value set cannot be counted out: it draws on a system that is not here, or on a rule we do not know."""


class CodeTree:
    """The concepts of one code system and what stands above each."""

    def __init__(self, system: Mapping[str, Any]) -> None:
        """Read the concepts, nested ones too; v3 says its further parents as properties."""
        self.is_complete = system.get("content") == "complete"
        self.parents: dict[str, set[str]] = {}
        self.properties: dict[str, dict[str, list[str]]] = {}
        self._add(system.get("concept", []), None)

    def _add(self, concepts: Iterable[Mapping[str, Any]], parent: str | None) -> None:
        for concept in concepts:
            code = concept["code"]
            above = self.parents.setdefault(code, set())
            if parent:
                above.add(parent)
            said = self.properties.setdefault(code, {})
            for item in concept.get("property", []):
                value = str(next(value for key, value in item.items() if key.startswith("value")))
                said.setdefault(item["code"], []).append(value)
            above.update(said.get("subsumedBy", []))
            self._add(concept.get("concept", []), code)

    def is_under(self, code: str, ancestor: str) -> bool:
        """Say whether a code stands anywhere below another."""
        above = self.parents.get(code, set())
        return ancestor in above or any(self.is_under(parent, ancestor) for parent in above)


def _selected(tree: CodeTree, rule: Mapping[str, str]) -> Callable[[str], bool]:
    name, op, value = rule["property"], rule["op"], rule["value"]
    if op == "is-a":
        return lambda code: code == value or tree.is_under(code, value)
    if op == "descendent-of":
        return lambda code: tree.is_under(code, value)
    if op == "is-not-a":
        return lambda code: code != value and not tree.is_under(code, value)
    if op == "regex" and name == "code":
        return lambda code: re.fullmatch(value, code) is not None
    if op == "in" and name in ("code", "concept"):
        return lambda code: code in value.split(",")
    if op == "=":
        return lambda code: value in tree.properties[code].get(name, [])
    raise NotEnumerable(f"a rule we do not know: {name} {op} {value}")


class ValueSets:
    """Value sets and the code systems they draw on."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        """Sort the resources by url; the first of a url counts."""
        self._systems: dict[str, CodeTree] = {}
        self._sets: dict[str, Resource] = {}
        for resource in resources:
            if resource["resourceType"] == "CodeSystem":
                self._systems.setdefault(resource["url"], CodeTree(resource))
            elif resource["resourceType"] == "ValueSet":
                self._sets.setdefault(resource["url"], resource)
        self.refused: dict[str, str] = {}

    def more(self, resources: Iterable[Resource]) -> ValueSets:
        """Return these and some more."""
        both = ValueSets(resources)
        both._systems = self._systems | both._systems
        both._sets = self._sets | both._sets
        both.refused = self.refused
        return both

    def expand_all(self, urls: Iterable[str]) -> dict[str, Codes]:
        """Return {url: {system: codes}} of those that can be counted out; the others are in `refused` with a reason."""
        found = {}
        for url in urls:
            try:
                found[url] = self.expand(url)
            except NotEnumerable as why:
                self.refused[url] = str(why)
        return found

    def expand(self, url: str, seen: frozenset[str] = frozenset()) -> Codes:
        """Return {system: codes} of a value set, in the order of the definition.

        Raises: NotEnumerable.
        """
        url = url.partition("|")[0]
        if url not in self._sets:
            raise NotEnumerable(f"no value set {url} here")
        if url in seen:
            raise NotEnumerable("it includes itself")
        compose = self._sets[url].get("compose", {})
        found: dict[str, dict[str, None]] = {}
        for part in compose.get("include", []):
            for system, code in self._part(part, seen | {url}):
                found.setdefault(system, {})[code] = None
        for part in compose.get("exclude", []):
            for system, code in self._part(part, seen | {url}):
                found.get(system, {}).pop(code, None)
        if not any(found.values()):
            raise NotEnumerable("it has no codes")
        return {system: list(codes) for system, codes in found.items()}

    def _part(self, part: Mapping[str, Any], seen: frozenset[str]) -> Iterator[tuple[str, str]]:
        wholes = [self.expand(url, seen) for url in part.get("valueSet", [])]
        if "system" not in part:
            for system, codes in wholes[0].items():
                yield from (
                    (system, code) for code in codes if all(code in other.get(system, []) for other in wholes[1:])
                )
            return
        system = part["system"]
        for code in self._codes_of(part):
            if all(code in other.get(system, []) for other in wholes):
                yield system, code

    def _codes_of(self, part: Mapping[str, Any]) -> list[str]:
        if "concept" in part:
            return [concept["code"] for concept in part["concept"]]
        tree = self._systems.get(part["system"])
        if tree is None or not tree.is_complete:
            raise NotEnumerable(f"the code system {part['system']} is not here as a whole")
        rules = [_selected(tree, rule) for rule in part.get("filter", [])]
        return [code for code in tree.parents if all(rule(code) for rule in rules)]
