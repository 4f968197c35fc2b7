"""The operation $expand: a value set counted out. Source: FHIR R4 4.0.1, ValueSet-operation-expand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bedside.fhir.asking import Steps
from bedside.kernel.time import UTC

from .compose import MOST_MEMBERS, Member, Wanted, page_of
from .faults import refused, too_costly
from .shapes import Designation
from .words import words_of

Document = dict[str, Any]


#: Longer than anybody types to find a code.
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class ExpandRequest:
    """What is asked of an expansion. Shape: `language` is a BCP 47 tag or ""; `count` None is all there are."""

    text: str = ""
    offset: int = 0
    count: int | None = None
    language: str = ""
    is_active_only: bool = False
    with_designations: bool = False
    with_definition: bool = False


def coded(use: str) -> Document:
    """Return "system|code" as a Coding."""
    system, _, code = use.partition("|")
    return {"system": system, "code": code} if system else {"code": code}


def designation_document(one: Designation) -> Document:
    """Return other words for a concept as R4 writes them."""
    found: Document = {"language": one.language} if one.language else {}
    return found | ({"use": coded(one.use)} if one.use else {}) | {"value": one.value}


def _contained(one: Member, asked: ExpandRequest) -> Document:
    concept = one.concept
    found: Document = {"system": one.system}
    if concept.is_abstract:
        found["abstract"] = True
    if not concept.is_active:
        found["inactive"] = True
    found |= {"code": concept.code}
    found["display"] = concept.in_language(asked.language) if asked.language else concept.display
    if asked.with_designations and concept.designations:
        found["designation"] = [designation_document(said) for said in concept.designations]
    return found


def _parameters(asked: ExpandRequest, members: list[Member]) -> list[Document]:
    said: list[Document] = []
    if asked.text:
        said.append({"name": "filter", "valueString": asked.text})
    if asked.offset:
        said.append({"name": "offset", "valueInteger": asked.offset})
    if asked.count is not None:
        said.append({"name": "count", "valueInteger": asked.count})
    if asked.language:
        said.append({"name": "displayLanguage", "valueCode": asked.language})
    if asked.is_active_only:
        said.append({"name": "activeOnly", "valueBoolean": True})
    versions = dict.fromkeys(f"{one.system}|{one.version}" for one in members if one.version)
    return said + [{"name": "version", "valueUri": one} for one in versions]


def expand(value_set: Mapping[str, Any], asked: ExpandRequest, *, now: datetime) -> Steps[Document]:
    """Return a value set with its expansion, or a page of it.

    Shape: a flat list of codes, each once; `total` is left out where counting would take too long.
    Raises: DocumentRefused ("too-costly" for more than 10,000 codes not asked for by the page), TerminologyMissing.
    """
    if asked.offset < 0 or (asked.count is not None and asked.count < 0):
        raise refused("value", "offset and count are not negative.")
    if len(asked.text) > _LONGEST_TEXT:
        raise refused("too-long", f"A filter is at most {_LONGEST_TEXT} letters long.")
    whole = asked.count is None
    count = MOST_MEMBERS if asked.count is None else min(asked.count, MOST_MEMBERS)
    wanted = Wanted(
        words=words_of(asked.text),
        is_active_only=asked.is_active_only,
        with_designations=asked.with_designations or bool(asked.language),
    )
    page = yield from page_of(value_set, wanted, limit=max(count, 1), offset=asked.offset)
    if whole and (page.total is None or page.total - asked.offset > MOST_MEMBERS):
        raise too_costly(f"The value set has more than {MOST_MEMBERS:,} codes.")
    members = page.members[:count]
    kept = ("resourceType", "id", "url", "version", "name", "title", "status", "copyright")
    document = {key: value_set[key] for key in kept if key in value_set} | {"resourceType": "ValueSet"}
    document.setdefault("status", "active")
    if asked.with_definition and "compose" in value_set:
        document["compose"] = value_set["compose"]
    at = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    name = uuid5(NAMESPACE_URL, f"{value_set.get('url', '')} {at} {asked}")
    expansion: Document = {"identifier": f"urn:uuid:{name}", "timestamp": at}
    if page.total is not None:
        expansion["total"] = page.total
    if asked.offset or asked.count is not None:
        expansion["offset"] = asked.offset
    if said := _parameters(asked, members):
        expansion["parameter"] = said
    if members:
        expansion["contains"] = [_contained(one, asked) for one in members]
    return document | {"expansion": expansion}
