"""Problems and allergies: concern acts with observations inside, or bare observations in older documents.

Source: C-CDA R2.1, Problem Concern Act (V3), Allergy Concern Act (V3); C-CDA on FHIR 1.2, Problems, Allergies.
"""

from __future__ import annotations

from collections.abc import Iterator

from bedside.fhir.terms import (
    ALLERGY_CLINICAL,
    ALLERGY_VERIFICATION,
    CONDITION_CATEGORY,
    CONDITION_CLINICAL,
    CONDITION_VERIFICATION,
)

from .datatypes import Around, Document, identifiers
from .terms import ALLERGY_KINDS, CLINICAL_STATUS, SEVERITIES, SEVERITY_CODE, STATUS_CODE
from .xml import NOTHING, Node

#: An entry with its node, which says what it is known by.
Made = tuple[Node, Document]
SNOMED = "http://snomed.info/sct"
NO_KNOWN_ALLERGY = {
    "coding": [{"system": SNOMED, "code": "716186003", "display": "No known allergy"}],
    "text": "No known allergy",
}


def observations_in(entry: Node) -> Iterator[tuple[Node, Node]]:
    """Yield each observation of an entry with the act it stands in, NOTHING when it stands alone."""
    for act in entry.all("act"):
        for observation in act.all("entryRelationship", "observation"):
            if observation.first("value") or observation.get("negationInd") == "true":
                yield act, observation
    for observation in entry.all("observation"):
        yield NOTHING, observation


def inner(observation: Node, code: str) -> Node:
    """Return the observation inside another that has this code."""
    for one in observation.all("entryRelationship", "observation"):
        if one.first("code").get("code") == code:
            return one
    return NOTHING


def problems_of(entry: Node, around: Around) -> Iterator[Made]:
    """Yield the Conditions of an entry."""
    for act, observation in observations_in(entry):
        made = condition_of(observation, around, act=act)
        if made:
            yield observation, made


def condition_of(
    observation: Node, around: Around, *, act: Node = NOTHING, category: str = "problem-list-item"
) -> Document:
    """Return a problem observation as Condition, {} when it names none."""
    code = around.concept(observation.first("value")) or around.concept(observation.first("code"))
    text = around.words(observation.first("text"))
    if not code and not text:
        return {}
    refuted = observation.get("negationInd") == "true"
    when = observation.first("effectiveTime")
    found: Document = {
        "resourceType": "Condition",
        "verificationStatus": _coded(CONDITION_VERIFICATION, "refuted" if refuted else "confirmed"),
        "category": [_coded(CONDITION_CATEGORY, category)],
        "code": code or {"text": text},
    }
    ended = around.at(when.first("high"))
    found["clinicalStatus"] = _coded(CONDITION_CLINICAL, _status(observation, act, bool(when.first("high"))))
    if numbers := identifiers(observation):
        found["identifier"] = numbers
    if onset := around.starts(when):
        found["onsetDateTime"] = onset
    if ended and found["clinicalStatus"]["coding"][0]["code"] in ("resolved", "inactive", "remission"):
        found["abatementDateTime"] = ended
    recorded = around.at(act.first("author", "time")) or around.at(observation.first("author", "time"))
    recorded = recorded or around.starts(act.first("effectiveTime"))
    if recorded:
        found["recordedDate"] = recorded
    return found


def _status(observation: Node, act: Node, has_end: bool) -> str:
    said = inner(observation, STATUS_CODE).first("value").get("code")
    if said in CLINICAL_STATUS:
        return CLINICAL_STATUS[said]
    if has_end:
        return "resolved"
    return {"completed": "resolved", "suspended": "inactive", "aborted": "inactive"}.get(
        act.first("statusCode").get("code"), "active"
    )


def _coded(system: str, code: str) -> Document:
    return {"coding": [{"system": system, "code": code}]}


def allergies_of(entry: Node, around: Around) -> Iterator[Made]:
    """Yield the AllergyIntolerances of an entry."""
    for act, observation in observations_in(entry):
        made = _allergy(observation, act, around)
        if made:
            yield observation, made


def _allergy(observation: Node, act: Node, around: Around) -> Document:
    substance: Document = {}
    for participant in observation.all("participant"):
        playing = participant.first("participantRole", "playingEntity")
        substance = around.concept(playing.first("code"))
        if not substance and (name := playing.first("name").text()):
            substance = {"text": name}
        if substance:
            break
    denied = observation.get("negationInd") == "true"
    value = observation.first("value")
    code = substance if substance and not denied else NO_KNOWN_ALLERGY if denied and not substance else {}
    if denied and substance:
        code = substance
    code = code or around.concept(value) or _as_text(around.words(observation.first("text")))
    if not code:
        return {}
    kind, category = ALLERGY_KINDS.get(value.get("code"), ("", ""))
    is_refuted = denied and bool(substance)
    found: Document = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": _coded(ALLERGY_CLINICAL, _allergy_status(observation, act)),
        "verificationStatus": _coded(ALLERGY_VERIFICATION, "refuted" if is_refuted else "confirmed"),
        "code": code,
    }
    if numbers := identifiers(observation):
        found["identifier"] = numbers
    if kind:
        found["type"] = kind
    if category:
        found["category"] = [category]
    if onset := around.starts(observation.first("effectiveTime")):
        found["onsetDateTime"] = onset
    recorded = around.at(act.first("author", "time")) or around.at(observation.first("author", "time"))
    if recorded := recorded or around.starts(act.first("effectiveTime")):
        found["recordedDate"] = recorded
    if reactions := list(_reactions(observation, around)):
        found["reaction"] = reactions
    return found


def _allergy_status(observation: Node, act: Node) -> str:
    said = CLINICAL_STATUS.get(inner(observation, STATUS_CODE).first("value").get("code"), "")
    if said in ("active", "inactive", "resolved"):
        return said
    return {"completed": "resolved", "suspended": "inactive", "aborted": "inactive"}.get(
        act.first("statusCode").get("code"), "active"
    )


def _reactions(observation: Node, around: Around) -> Iterator[Document]:
    for relation in observation.all("entryRelationship"):
        if relation.get("typeCode") != "MFST":
            continue
        for one in relation.all("observation"):
            manifestation = around.concept(one.first("value")) or _as_text(around.words(one.first("text")))
            if not manifestation:
                continue
            found: Document = {"manifestation": [manifestation]}
            if onset := around.starts(one.first("effectiveTime")):
                found["onset"] = onset
            if severity := _severity(one) or _severity(observation):
                found["severity"] = severity
            yield found


def _severity(observation: Node) -> str:
    return SEVERITIES.get(inner(observation, SEVERITY_CODE).first("value").get("code"), "")


def _as_text(text: str) -> Document:
    return {"text": text} if text else {}
