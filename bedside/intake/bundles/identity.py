"""Ids that are the same whenever the same thing comes, and references that follow them.

`urn:uuid:X` is unique in the world and stays X. `Type/id` of another system becomes the uuid5 of the source and that
name, so two systems that both have an Observation/1 do not meet. Importing twice gives the same ids.
Source: FHIR R4 4.0.1, 2.36.4.1 (resolving references in Bundles); RFC 9562, 5.5 (UUIDv5).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson

from bedside.fhir.definitions import registry
from bedside.fhir.documents import write_document
from bedside.intake.brought import Brought, Document

#: All ids of imported resources are made in this one. Source: ours; never change it, or records double.
IMPORTED = uuid5(NAMESPACE_URL, "urn:bedside:imported")

_REST = re.compile(
    r"(?:https?://[^?#\s]+/)?([A-Z][A-Za-z]+)/([A-Za-z0-9.\-]{1,64})(?:/_history/[A-Za-z0-9.\-]{1,64})?\Z"
)
_CONDITION = re.compile(r"([A-Z][A-Za-z]+)\?(.+)\Z", re.DOTALL)


def stable_id(source: str, key: str) -> UUID:
    """Return the id of a thing a source calls `key` ("Observation/1")."""
    return uuid5(IMPORTED, f"{source}|{key}")


def uuid_of(url: str) -> UUID | None:
    """Return X of `urn:uuid:X`, None of anything else."""
    if not url.lower().startswith("urn:uuid:"):
        return None
    try:
        return UUID(url[9:])
    except ValueError:
        return None


def id_of(one: Brought, source: str) -> UUID:
    """Return the id a brought resource gets, whoever it is about. One without any name is known by what it says."""
    whole = uuid_of(one.full_url)
    if whole is not None:
        return whole
    named = _REST.match(one.full_url)
    if named:
        return stable_id(source, f"{named[1]}/{named[2]}")
    if one.key:
        return stable_id(source, one.key)
    try:
        said = write_document(one.document)
    except orjson.JSONEncodeError:
        said = repr(one.document)
    return stable_id(source, f"{one.kind}#{hashlib.sha256(said.encode()).hexdigest()}")


@dataclass(slots=True)
class Names:
    """Where everything a file names now stands.

    Shape: `ids` maps fullUrl and "Type/id" to "Type/newid"; `identifiers` maps "Type|system|value" likewise; `people`
    maps the Patients of the source, by "Patient/id" or fullUrl, to persons of the house.
    """

    source: str
    people: Mapping[str, UUID]
    ids: dict[str, str] = field(default_factory=dict)
    identifiers: dict[str, str] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)

    def learn(self, brought: Iterable[Brought]) -> None:
        """Take in what a file holds, before any reference of it is followed."""
        for one in brought:
            id = self.person_of(one) if one.kind == "Patient" else id_of(one, self.source)
            if id is None:
                continue
            name = f"{one.kind}/{id}"
            for said in filter(None, (one.full_url, one.key)):
                self.ids.setdefault(said, name)
            for identifier in _objects(one.document.get("identifier")):
                value = identifier.get("value")
                if isinstance(value, str):
                    self.identifiers.setdefault(f"{one.kind}|{identifier.get('system', '')}|{value}", name)

    def person_of(self, patient: Brought) -> UUID | None:
        """Return who a Patient of the file is here, None when that is not known."""
        return self.people.get(patient.key) or self.people.get(patient.full_url)

    def follow(self, document: Document) -> None:
        """Rewrite every reference in a document, in place. What leads to a patient nobody knows is in `strangers`."""
        for holder in _holders(document):
            link = holder["reference"]
            found = self._now_at(link, holder)
            if found is None:
                self.strangers.add(link)
            else:
                holder["reference"] = found
            if holder.get("reference") == "":
                del holder["reference"]

    def _now_at(self, link: str, holder: dict[str, Any]) -> str | None:
        if link.startswith("#") or not link:
            return link
        known = self.ids.get(link) or self.ids.get(link.partition("/_history/")[0])
        if known:
            return known
        condition = _CONDITION.match(link)
        if condition and condition[1] in registry().resource_types:
            return self._by_condition(condition[1], condition[2], holder)
        named = _REST.match(link)
        if named and named[1] in registry().resource_types:
            key = f"{named[1]}/{named[2]}"
            if key in self.ids:
                return self.ids[key]
            if named[1] == "Patient":
                person = self.people.get(key)
                return f"Patient/{person}" if person else None
            return f"{named[1]}/{stable_id(self.source, key)}"
        if uuid_of(link) is not None:
            person = self.people.get(link)
            return f"Patient/{person}" if person else link
        return link

    def _by_condition(self, kind: str, criteria: str, holder: dict[str, Any]) -> str | None:
        """Return what a conditional reference finds in the file; else it stays as the identifier it names."""
        pairs = parse_qsl(criteria)
        if len(pairs) == 1 and pairs[0][0] == "identifier":
            system, mark, value = pairs[0][1].rpartition("|")
            found = self.identifiers.get(f"{kind}|{system}|{value}")
            if found:
                return found
            if kind != "Patient" and value and "identifier" not in holder:
                holder["identifier"] = {"system": system, "value": value} if mark and system else {"value": value}
                holder["type"] = kind
                return ""
        return None if kind == "Patient" else f"{kind}?{criteria}"


def named_patient(link: str) -> str:
    """Return what a reference would be known by if it leads to a Patient: "Patient/7" of any way to write it."""
    found = _REST.match(link)
    return f"{found[1]}/{found[2]}" if found else link


def links_in(value: Any) -> set[str]:
    """Return the text of every reference in something, at any depth."""
    return {holder["reference"] for holder in _holders(value)}


def _holders(value: Any) -> Iterable[dict[str, Any]]:
    """Yield every object with a text member `reference`, at any depth."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if isinstance(one.get("reference"), str):
                yield one
            waiting.extend(inner for inner in one.values() if isinstance(inner, dict | list))
        elif isinstance(one, list):
            waiting.extend(inner for inner in one if isinstance(inner, dict | list))


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
