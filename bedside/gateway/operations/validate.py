"""`$validate`: what is wrong with a resource, without storing it; by R4 alone, or by a profile of US Core as well.

Source: FHIR R4 4.0.1, Resource-validate. `mode` delete asks whether it could be deleted, which is not done here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from bedside.fhir.asking import Steps
from bedside.fhir.definitions import registry
from bedside.fhir.documents import Document, read_document
from bedside.fhir.faults import Fault
from bedside.fhir.store.reading import read_body
from bedside.fhir.validation import validate, validate_profile
from bedside.gateway.desk import Desk
from bedside.gateway.interactions.reading import check_parameters
from bedside.gateway.messages import Answer
from bedside.gateway.negotiation import sent_document
from bedside.gateway.refusals import Refused, all_well, outcome_bytes

_MODES = frozenset({"create", "update"})
_PATH = "Parameters.parameter"


@dataclass(slots=True)
class _Asked:
    """What is to be checked, and how. Shape: `words` are the values of `mode` and `profile`."""

    resource: Document | None
    words: dict[str, str]


def validate_resource(desk: Desk) -> Steps[Answer]:
    """Return an OperationOutcome with everything that is wrong; 200 whatever it says. Raises: Refused."""
    check_parameters(desk, frozenset({"mode", "profile"}))
    kind = desk.call.kind
    asked = _Asked(None, {})
    for name, value in desk.request.pairs:
        if name in ("mode", "profile"):
            _put(asked, name, value)
    if desk.request.body:
        _read(asked, sent_document(desk.request))
    elif desk.call.id:
        desk.needs(kind, "r")
        found = yield from read_body(kind, desk.call.id, desk.reach)
        desk.trail.saw(kind, found.patient_ids)
        asked.resource = read_document(found.body)
    if asked.resource is None:
        raise Refused(400, "required", "Send the resource in the body, alone or in Parameters.")
    if asked.resource.get("resourceType") != kind:
        words = f"The body is not a {kind}: its resourceType says otherwise."
        raise Refused(400, "invalid", words, path="resourceType")
    return _answer(_faults(asked.resource, asked.words.get("profile", "")))


def _faults(document: Document, profile: str) -> list[Fault]:
    """Return what is wrong, the worst first."""
    if not profile:
        return validate(document)
    if profile.partition("|")[0] not in registry().us_core:
        words = f"The profile “{profile[:200]}” is not known here. Those of US Core are, by their canonical urls."
        raise Refused(400, "not-supported", words, path=_PATH)
    return validate_profile(document, profile)


def _answer(faults: list[Fault]) -> Answer:
    if faults:
        return Answer(200, outcome_bytes(faults))
    return Answer(200, orjson.dumps(all_well("Nothing is wrong with it.")))


def _read(asked: _Asked, body: Document) -> None:
    """Take the resource that was sent, alone or in its Parameters. Raises: Refused."""
    if body.get("resourceType") != "Parameters":
        asked.resource = body
        return
    parts = body.get("parameter", [])
    for part in parts if isinstance(parts, list) else []:
        if not isinstance(part, dict):
            continue
        match part.get("name"):
            case "resource" if isinstance(part.get("resource"), dict):
                asked.resource = part["resource"]
            case "mode":
                _put(asked, "mode", part.get("valueCode"))
            case "profile":
                _put(asked, "profile", part.get("valueUri", part.get("valueCanonical")))
    if asked.resource is None:
        raise Refused(400, "required", "The Parameters hold no “resource”.", path=_PATH)


def _put(asked: _Asked, name: str, value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise Refused(400, "value", f"The {name} is a text.", path=_PATH)
    if asked.words.setdefault(name, value) != value:
        raise Refused(400, "value", f"Ask for one {name} at a time.", path=_PATH)
    if name == "mode" and value not in _MODES:
        raise Refused(400, "not-supported", "The mode is create or update.", path=_PATH)
