"""Who a document is about, who wrote it, and the document itself.

Source: C-CDA R2.1, US Realm Header (V3); US Core 6.1 (race, ethnicity, birth sex).
"""

from __future__ import annotations

import base64
from typing import Any

from bedside.intake.hl7v2.terms import SEXES

from .datatypes import Around, Document, address, coding, contact, human_name, identifiers, performer
from .xml import Node

_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"
_ORIGINS = (
    ("raceCode", "sdtc:raceCode", "us-core-race"),
    ("ethnicGroupCode", "sdtc:ethnicGroupCode", "us-core-ethnicity"),
)
#: Categories of the OMB; others are details. Source: US Core 6.1, value sets omb-race-category, omb-ethnicity-category.
_OMB = frozenset({"1002-5", "2028-9", "2054-5", "2076-8", "2106-3", "2135-2", "2186-5"})


def patient_of(role: Node) -> Document:
    """Return the patient of a recordTarget."""
    person = role.first("patient")
    names = [name for one in person.all("name") if (name := human_name(one))]
    found: Document = {"resourceType": "Patient"}
    if numbers := identifiers(role):
        found["identifier"] = [one for one in numbers if one["system"] != "urn:ietf:rfc:3986"] or numbers
    if names:
        found["name"] = names
    if contacts := [one for node in role.all("telecom") if (one := contact(node))]:
        found["telecom"] = contacts
    if sex := SEXES.get(person.first("administrativeGenderCode").get("code").upper()):
        found["gender"] = sex
    if born := Around().at(person.first("birthTime"))[:10]:
        found["birthDate"] = born
    if places := [one for node in role.all("addr") if (one := address(node))]:
        found["address"] = places
    if married := coding(person.first("maritalStatusCode")):
        found["maritalStatus"] = {"coding": [married]}
    if spoken := _languages(person):
        found["communication"] = spoken
    if origins := [one for names_of in _ORIGINS if (one := _origin(person, *names_of))]:
        found["extension"] = origins
    return found


def _languages(person: Node) -> list[Document]:
    found = []
    for node in person.all("languageCommunication"):
        code = node.first("languageCode").get("code")
        if code:
            one: dict[str, Any] = {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": code}]}}
            if node.first("preferenceInd").get("value") in ("true", "false"):
                one["preferred"] = node.first("preferenceInd").get("value") == "true"
            found.append(one)
    return found


def _origin(person: Node, name: str, more: str, extension: str) -> Document:
    codings = [found for node in (*person.all(name), *person.all(more)) if (found := coding(node))]
    if not codings:
        return {}
    parts = [{"url": "ombCategory" if one["code"] in _OMB else "detailed", "valueCoding": one} for one in codings]
    text = ", ".join(one.get("display", one["code"]) for one in codings)
    return {"url": f"{_US_CORE}/{extension}", "extension": [*parts, {"url": "text", "valueString": text}]}


def document_of(root: Node, around: Around, html: str) -> Document:
    """Return the document as DocumentReference, with all that people can read of it."""
    title = root.first("title").text() or "Clinical document"
    at = around.at(root.first("effectiveTime"))
    found: Document = {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": around.concept(root.first("code")) or {"text": title},
        "description": title,
    }
    if numbers := identifiers(root):
        found["masterIdentifier"] = numbers[0]
    if sets := root.first("setId"):
        found["identifier"] = identifiers(Node("", {}, [Node("id", sets.attributes)])) or None
    found = {name: value for name, value in found.items() if value is not None}
    if "T" in at:
        found["date"] = at
    authors = [name for one in root.all("author", "assignedAuthor") if (name := performer(one))]
    if authors:
        found["author"] = [{"display": name} for name in dict.fromkeys(authors)]
    if keeper := root.first("custodian", "assignedCustodian", "representedCustodianOrganization", "name").text():
        found["custodian"] = {"display": keeper}
    attachment: Document = {"contentType": "application/xhtml+xml", "title": title}
    if at:
        attachment["creation"] = at
    if html:
        found["text"] = {"status": "generated", "div": html}
        attachment["data"] = base64.b64encode(html.encode()).decode()
    found["content"] = [{"attachment": attachment}]
    return found
