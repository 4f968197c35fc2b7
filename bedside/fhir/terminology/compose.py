"""Which concepts a value set holds, and whether it holds one. Source: FHIR R4 4.0.1, 4.9.5 (value set compose)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from bedside.fhir.asking import Steps

from .faults import refused, system_missing, too_costly
from .held import designations_of
from .shapes import Concept, Filter, Found, Selection, System
from .systems import find_system, get_system, get_value_set
from .words import holds

#: A value set that is gathered piece by piece may hold this many; one that is a part of one system, any number.
MOST_MEMBERS = 10_000
#: Value sets within value sets, at most.
_DEEPEST = 20

Document = Mapping[str, Any]


class Member(NamedTuple):
    """One concept of a value set. Shape: `version` is that of the code system it was read from, "" when not known."""

    system: str
    version: str
    concept: Concept


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a value set: the words, and how much of each concept."""

    words: tuple[str, ...] = ()
    is_active_only: bool = False
    with_designations: bool = False
    most: int = MOST_MEMBERS


@dataclass(frozen=True, slots=True)
class Page:
    """Some members of a value set, and how many it has, None where counting them would take too long."""

    members: list[Member]
    total: int | None


def _filters(include: Document) -> tuple[Filter, ...]:
    try:
        return tuple(Filter(one["property"], one["op"], str(one["value"])) for one in include.get("filter", ()))
    except KeyError as error:
        raise refused(
            "required", f"A filter of a value set has a property, an op and a value; {error} is missing."
        ) from error


def _listed(include: Document) -> dict[str, Concept]:
    """Return the concepts an include names one by one, as it words them."""
    return {
        one["code"]: Concept(one["code"], one.get("display", ""), designations=designations_of(one))
        for one in include.get("concept", ())
        if "code" in one
    }


def _as_listed(concept: Concept, named: Concept) -> Concept:
    """Return a concept in the words of the value set where it has words of its own."""
    display = named.display or concept.display
    return replace(concept, display=display, designations=named.designations + concept.designations)


def _part(include: Document, wanted: Wanted, *, limit: int, offset: int = 0) -> Steps[Page]:
    """Return what an include takes of its code system, before it is met with the value sets it names."""
    url, version = include["system"], include.get("version", "")
    listed, filters = _listed(include), _filters(include)
    system = yield from (find_system if listed and not filters else get_system)(url, version)
    if system is None:
        concepts = [one for one in listed.values() if holds(f"{one.code} {one.display}", wanted.words)]
        page = concepts[offset : offset + limit]
        return Page(
            [Member(url, version, replace(one, display=one.display or one.code)) for one in page], len(concepts)
        )
    found = yield from system.select(
        Selection(
            codes=tuple(listed) if listed else None,
            filters=filters,
            words=() if listed else wanted.words,
            is_active_only=wanted.is_active_only,
            limit=len(listed) if listed else limit,
            offset=0 if listed else offset,
            with_designations=wanted.with_designations,
        )
    )
    if listed:
        found = _in_order(found, listed, wanted, limit, offset)
    facts = system.facts
    return Page([Member(facts.url, facts.version, one) for one in found.concepts], found.total)


def _in_order(found: Found, listed: Mapping[str, Concept], wanted: Wanted, limit: int, offset: int) -> Found:
    at = {code: place for place, code in enumerate(listed)}
    named = [_as_listed(one, listed[one.code]) if one.code in listed else one for one in found.concepts]
    kept = [one for one in named if not wanted.words or holds(_spoken(one), wanted.words)]
    kept.sort(key=lambda one: at.get(one.code, 0))
    return Found(kept[offset : offset + limit], len(kept))


def _spoken(one: Concept) -> str:
    return " ".join((one.code, one.display, *(said.value for said in one.designations)))


def _step(trail: tuple[str, ...], url: str) -> tuple[str, ...]:
    if url in trail or len(trail) > _DEEPEST:
        raise refused("invalid", f"The value set {url} includes itself.")
    return (*trail, url)


def _include(include: Document, wanted: Wanted, trail: tuple[str, ...]) -> Steps[list[Member]]:
    urls: Sequence[str] = include.get("valueSet", ())
    if "system" in include:
        page = yield from _part(include, wanted, limit=wanted.most + 1)
        members = page.members
    elif urls:
        members = yield from _named(urls[0], wanted, trail)
        urls = urls[1:]
    else:
        raise refused("required", "Each part of a value set names a system or a value set.")
    if len(members) > wanted.most:
        raise too_costly(f"The value set has more than {wanted.most:,} codes.")
    for url in urls:
        other = yield from _named(url, replace(wanted, words=()), trail)
        both = {(one.system, one.concept.code) for one in other}
        members = [one for one in members if (one.system, one.concept.code) in both]
    return members


def _named(url: str, wanted: Wanted, trail: tuple[str, ...]) -> Steps[list[Member]]:
    document = yield from get_value_set(url)
    return (yield from members_of(document, wanted, _step(trail, url)))


def _parts(document: Document, name: str) -> Iterable[Document]:
    parts = document.get("compose", {}).get(name, ())
    if not isinstance(parts, list | tuple) or not all(isinstance(one, Mapping) for one in parts):
        raise refused("structure", f"compose.{name} is a list of parts.", f"ValueSet.compose.{name}")
    return parts


def members_of(document: Document, wanted: Wanted, trail: tuple[str, ...] = ()) -> Steps[list[Member]]:
    """Return all members of a value set, each once, in the order they are named.

    Raises: DocumentRefused with "too-costly" when there are more than `wanted.most`; TerminologyMissing when a code
    system or value set it draws on is not here.
    """
    found: dict[tuple[str, str], Member] = {}
    for include in _parts(document, "include"):
        for one in (yield from _include(include, wanted, trail)):
            found.setdefault((one.system, one.concept.code), one)
        if len(found) > wanted.most:
            raise too_costly(f"The value set has more than {wanted.most:,} codes.")
    for exclude in _parts(document, "exclude"):
        for one in (yield from _include(exclude, Wanted(most=MOST_MEMBERS), trail)):
            found.pop((one.system, one.concept.code), None)
    return list(found.values())


def page_of(document: Document, wanted: Wanted, *, limit: int, offset: int) -> Steps[Page]:
    """Return a page of the members of a value set.

    Why: one that is a part of one code system is paged where the concepts are, so that all of SNOMED CT can be
    searched by a word.
    """
    for _ in range(_DEEPEST):
        parts = list(_parts(document, "include"))
        if len(parts) != 1 or list(_parts(document, "exclude")):
            break
        urls = parts[0].get("valueSet", ())
        if "system" in parts[0] and not urls:
            return (yield from _part(parts[0], wanted, limit=limit, offset=offset))
        if "system" in parts[0] or len(urls) != 1:
            break
        document = yield from get_value_set(urls[0])
    members = yield from members_of(document, wanted)
    return Page(members[offset : offset + limit], len(members))


def _holds(include: Document, system: str, code: str, trail: tuple[str, ...]) -> Steps[Concept | None]:
    """Return the concept when an include takes it in."""
    found = Concept(code, "")
    if "system" in include:
        if include["system"].partition("|")[0] != system:
            return None
        listed = _listed(include)
        if listed and code not in listed:
            held = yield from find_system(system)
            if held is None or held.facts.is_case_sensitive:
                return None
        narrowed = (
            {**include, "concept": [listed_one(include, code)]} if listed else {**include, "concept": [{"code": code}]}
        )
        if not listed and (yield from find_system(system, include.get("version", ""))) is None:
            raise system_missing(system, include.get("version", ""))
        page = yield from _part(narrowed, Wanted(with_designations=True), limit=1)
        if not page.members:
            return None
        found = page.members[0].concept
    for url in include.get("valueSet", ()):
        document = yield from get_value_set(url)
        inner = yield from member(document, system, code, _step(trail, url))
        if inner is None:
            return None
        found = found if "system" in include else inner
    return found


def listed_one(include: Document, code: str) -> Document:
    """Return how an include words a code."""
    for one in include.get("concept", ()):
        if one.get("code") == code:
            found: Document = one
            return found
    return {"code": code}


def member(document: Document, system: str, code: str, trail: tuple[str, ...] = ()) -> Steps[Concept | None]:
    """Return the concept of a code when a value set holds it, or None.

    Raises: TerminologyMissing when a code system or value set it draws on is not here.
    """
    found: Concept | None = None
    for include in _parts(document, "include"):
        found = yield from _holds(include, system, code, trail)
        if found is not None:
            break
    if found is None:
        return None
    for exclude in _parts(document, "exclude"):
        if (yield from _holds(exclude, system, code, trail)) is not None:
            return None
    return found


def systems_of(document: Document, trail: tuple[str, ...] = ()) -> Steps[list[str]]:
    """Return the code systems a value set draws on, each once."""
    found: dict[str, None] = {}
    for include in _parts(document, "include"):
        if "system" in include:
            found[include["system"].partition("|")[0]] = None
        else:
            for url in include.get("valueSet", ()):
                inner = yield from get_value_set(url)
                found.update(dict.fromkeys((yield from systems_of(inner, _step(trail, url)))))
    return list(found)


__all__ = ["MOST_MEMBERS", "Member", "Page", "System", "Wanted", "member", "members_of", "page_of", "systems_of"]
