"""A code system held in memory, read from a CodeSystem document: those of R4 itself, and those a clinic writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from bedside.fhir.asking import Steps

from .faults import refused
from .shapes import Concept, Designation, Facts, Filter, Found, Property, Selection
from .words import folded, holds, safe_pattern

Rule = Callable[[Concept], bool]

_IS_RETIRED = frozenset({"retired", "inactive"})
#: Names that the hierarchy goes by in a filter. Source: FHIR R4 4.0.1, 4.8.10 (concept properties), 4.3.1 (v3).
_HIERARCHY = frozenset({"concept", "code"})


def facts_of(document: Mapping[str, Any]) -> Facts:
    """Return what a CodeSystem document says of itself."""
    return Facts(
        url=document.get("url", ""),
        version=document.get("version", ""),
        name=document.get("title") or document.get("name", ""),
        content=document.get("content", "complete"),
        is_case_sensitive=document.get("caseSensitive") is not False,
        copyright=document.get("copyright", ""),
        all_codes=document.get("valueSet", ""),
    )


def _properties(concept: Mapping[str, Any]) -> tuple[Property, ...]:
    return tuple(
        Property(said["code"], kind, value)
        for said in concept.get("property", ())
        for kind, value in said.items()
        if kind.startswith("value")
    )


def designations_of(concept: Mapping[str, Any]) -> tuple[Designation, ...]:
    """Return the other words a document gives a concept."""
    return tuple(
        Designation(
            one.get("language", ""),
            f"{one['use'].get('system', '')}|{one['use'].get('code', '')}" if "use" in one else "",
            one["value"],
        )
        for one in concept.get("designation", ())
    )


def _has(properties: Iterable[Property], code: str) -> bool:
    return any(one.code == code and one.value is True for one in properties)


class HeldSystem:
    """A code system all of whose concepts are in memory."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Read the concepts, nested ones and those that v3 says are `child` of several."""
        self.facts = facts_of(document)
        self._is_tree = document.get("hierarchyMeaning", "is-a") == "is-a"
        self._children: dict[str, list[str]] = {}
        self._parents: dict[str, list[str]] = {}
        self._concepts: dict[str, Concept] = {}
        raw = list(self._walk(document.get("concept", ()), None))
        for one in raw:
            for said in one.get("property", ()):
                if said.get("code") in ("child", "parent") and "valueCode" in said:
                    pair = (one["code"], said["valueCode"])
                    self._link(*(pair if said["code"] == "child" else pair[::-1]))
        for one in raw:
            self._add(one)
        self._folded = {} if self.facts.is_case_sensitive else {folded(code): code for code in self._concepts}

    def _walk(self, concepts: Iterable[Mapping[str, Any]], parent: str | None) -> Iterator[Mapping[str, Any]]:
        for one in concepts:
            if parent is not None:
                self._link(parent, one["code"])
            yield one
            yield from self._walk(one.get("concept", ()), one["code"])

    def _link(self, parent: str, child: str) -> None:
        if child not in self._children.setdefault(parent, []):
            self._children[parent].append(child)
            self._parents.setdefault(child, []).append(parent)

    def _add(self, one: Mapping[str, Any]) -> None:
        properties = _properties(one)
        retired = any(said.code == "status" and said.value in _IS_RETIRED for said in properties)
        self._concepts[one["code"]] = Concept(
            code=one["code"],
            display=one.get("display", one["code"]),
            definition=one.get("definition", ""),
            is_active=not retired and not _has(properties, "inactive"),
            is_abstract=_has(properties, "notSelectable") or _has(properties, "abstract"),
            designations=designations_of(one),
            properties=properties,
            parents=tuple(self._parents.get(one["code"], ())),
        )

    def _one(self, code: str) -> Concept | None:
        return self._concepts.get(code) or self._concepts.get(self._folded.get(folded(code), ""))

    def find(self, codes: Sequence[str]) -> Steps[dict[str, Concept]]:
        """Return all that is known of some concepts, by the code that was asked for."""
        yield from ()
        return {code: found for code in codes if (found := self._one(code)) is not None}

    def children(self, code: str) -> Steps[list[str]]:
        """Return the codes right below one."""
        yield from ()
        return list(self._children.get(code, ()))

    def _above(self, code: str) -> set[str]:
        return _closure(code, self._parents) if self._is_tree else set()

    def is_under(self, code: str, ancestor: str) -> Steps[bool]:
        """Say whether a code stands anywhere below another; no code stands below itself."""
        yield from ()
        return ancestor in self._above(code) and ancestor != code

    def below(self, code: str, *, limit: int) -> Steps[list[str]]:
        """Return the codes anywhere below one, at most so many."""
        yield from ()
        return self._below(code)[:limit]

    def _below(self, code: str) -> list[str]:
        under = _closure(code, self._children) if self._is_tree else set()
        return [one for one in self._concepts if one in under]

    def select(self, wanted: Selection) -> Steps[Found]:
        """Return the concepts that meet every condition."""
        yield from ()
        rules = [self._rule(one) for one in wanted.filters]
        if wanted.codes is None:
            candidates = list(self._concepts.values())
        else:
            candidates = [found for code in wanted.codes if (found := self._one(code)) is not None]
        chosen = [
            one
            for one in candidates
            if (one.is_active or not wanted.is_active_only)
            and all(rule(one) for rule in rules)
            and (not wanted.words or holds(_all_words(one), wanted.words))
        ]
        return Found(chosen[wanted.offset : wanted.offset + wanted.limit], len(chosen))

    def _rule(self, asked: Filter) -> Rule:
        """Return a condition as a function. Source: FHIR R4 4.0.1, value set filter-operator."""
        name, op, value = asked
        if op in ("is-a", "descendent-of", "is-not-a"):
            under = set(self._below(value)) | ({value} if op != "descendent-of" else set())
            return lambda one: (one.code in under) == (op != "is-not-a")
        if op == "generalizes":
            above = self._above(value) | {value}
            return lambda one: one.code in above
        if op in ("in", "not-in"):
            listed = {part.strip() for part in value.split(",")}
            return lambda one: (not listed.isdisjoint(self._values(one, name))) == (op == "in")
        if op == "regex":
            pattern = safe_pattern(value)
            return lambda one: any(pattern.fullmatch(said) for said in self._values(one, name))
        if op == "exists":
            return lambda one: bool(self._values(one, name)) == (value == "true")
        if op == "=":
            return lambda one: value in self._values(one, name)
        raise refused("not-supported", f"“{op}” is not an operator of a value set's filter.")

    def _values(self, one: Concept, name: str) -> list[str]:
        if name in _HIERARCHY:
            return [one.code]
        if name == "display":
            return [one.display]
        if name == "parent":
            return list(one.parents)
        if name == "child":
            return list(self._children.get(one.code, ()))
        return [said_as_text(said.value) for said in one.properties if said.code == name]


def said_as_text(value: object) -> str:
    """Return a property's value as a filter writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return str(value.get("code", ""))
    return str(value)


def _all_words(one: Concept) -> str:
    return " ".join((one.code, one.display, *(said.value for said in one.designations)))


def _closure(code: str, links: Mapping[str, Sequence[str]]) -> set[str]:
    """Return everything reached from a code, the code itself only when it is reached."""
    reached: set[str] = set()
    rest = list(links.get(code, ()))
    while rest:
        one = rest.pop()
        if one not in reached:
            reached.add(one)
            rest.extend(links.get(one, ()))
    return reached
