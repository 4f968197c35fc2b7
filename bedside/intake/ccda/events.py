"""Encounters and procedures.

Source: C-CDA R2.1, Encounter Activity (V3), Procedure Activity (V2); C-CDA on FHIR 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from .datatypes import Around, Document, identifiers, performer
from .problems import Made, condition_of
from .terms import PROCEDURE_STATUS
from .xml import Node

ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_ACT_CODES = "2.16.840.1.113883.5.4"
_NOT_TOLD = {"system": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "code": "UNK", "display": "unknown"}


def encounters_of(entry: Node, around: Around) -> Iterator[Made]:
    """Yield the Encounter of an entry, and what was diagnosed there."""
    for node in entry.all("encounter"):
        code = around.concept(node.first("code"))
        found: Document = {
            "resourceType": "Encounter",
            "status": "finished" if node.get("moodCode") in ("", "EVN") else "planned",
            "class": _class(node),
        }
        if numbers := identifiers(node):
            found["identifier"] = numbers
        if code:
            found["type"] = [code]
        if period := around.period(node.first("effectiveTime")):
            found["period"] = period
        if who := [name for one in node.all("performer", "assignedEntity") if (name := performer(one))]:
            found["participant"] = [{"individual": {"display": name}} for name in who]
        places = [name for one in node.all("participant", "participantRole") if (name := _place(one))]
        if places:
            found["location"] = [{"location": {"display": name}} for name in places]
        if reasons := [reason for one in _indications(node) if (reason := around.concept(one.first("value")))]:
            found["reasonCode"] = reasons
        yield node, found
        for observation in node.all("entryRelationship", "act", "entryRelationship", "observation"):
            if diagnosed := condition_of(observation, around, category="encounter-diagnosis"):
                yield observation, diagnosed


def _class(node: Node) -> Document:
    for one in (node.first("code"), *node.first("code").all("translation")):
        if one.get("codeSystem") == _ACT_CODES and one.get("code"):
            found = {"system": ACT_CODE, "code": one.get("code")}
            return {**found, "display": one.get("displayName")} if one.get("displayName") else found
    return dict(_NOT_TOLD)


def _place(role: Node) -> str:
    return role.first("playingEntity", "name").text() if role.get("classCode") == "SDLOC" else ""


def _indications(node: Node) -> Iterator[Node]:
    for relation in node.all("entryRelationship"):
        if relation.get("typeCode") == "RSON":
            yield from relation.all("observation")


def procedures_of(entry: Node, around: Around) -> Iterator[Made]:
    """Yield the Procedure of an entry: a procedure, an act or an observation that was done."""
    for name in ("procedure", "act", "observation"):
        for node in entry.all(name):
            code = around.concept(node.first("code"))
            text = around.words(node.first("text"))
            if not code and not text:
                continue
            status = PROCEDURE_STATUS.get(node.first("statusCode").get("code"), "unknown")
            found: Document = {
                "resourceType": "Procedure",
                "status": "not-done" if node.get("negationInd") == "true" else status,
                "code": code or {"text": text},
            }
            if numbers := identifiers(node):
                found["identifier"] = numbers
            found |= around.moment_or_period(node.first("effectiveTime"), "performed")
            if sites := [site for one in node.all("targetSiteCode") if (site := around.concept(one))]:
                found["bodySite"] = sites
            if who := [said for one in node.all("performer", "assignedEntity") if (said := performer(one))]:
                found["performer"] = [{"actor": {"display": said}} for said in who]
            if reasons := [reason for one in _indications(node) if (reason := around.concept(one.first("value")))]:
                found["reasonCode"] = reasons
            yield node, found
