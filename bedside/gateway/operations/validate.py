"""`$validate`: what is wrong with a resource, without storing it.

Source: FHIR R4 4.0.1, Resource-validate. `mode` delete asks whether it could be deleted, which is not done here.
"""

from __future__ import annotations

import orjson

from bedside.fhir.asking import Steps
from bedside.fhir.documents import Document, read_document
from bedside.fhir.faults import DocumentRefused
from bedside.fhir.store.checking import check
from bedside.fhir.store.reading import read_body
from bedside.gateway.desk import Desk
from bedside.gateway.interactions.reading import check_parameters
from bedside.gateway.messages import Answer
from bedside.gateway.negotiation import sent_document
from bedside.gateway.refusals import Refused, all_well, outcome_bytes

_MODES = frozenset({"create", "update"})


def validate_resource(desk: Desk) -> Steps[Answer]:
    """Return an OperationOutcome with everything that is wrong; 200 whatever it says."""
    check_parameters(desk, frozenset({"mode"}))
    kind = desk.call.kind
    if desk.request.body:
        document = _sent(sent_document(desk.request))
    elif desk.call.id:
        desk.needs(kind, "r")
        found = yield from read_body(kind, desk.call.id, desk.reach)
        desk.trail.saw(kind, found.patient_ids)
        document = read_document(found.body)
    else:
        raise Refused(400, "required", "Send the resource in the body, alone or in Parameters.")
    if document.get("resourceType") != kind:
        words = f"The body is not a {kind}: its resourceType says otherwise."
        raise Refused(400, "invalid", words, path="resourceType")
    try:
        check(document)
    except DocumentRefused as error:
        return Answer(200, outcome_bytes(error.faults))
    return Answer(200, orjson.dumps(all_well("Nothing is wrong with it.")))


def _sent(body: Document) -> Document:
    """Return the resource that was sent, out of its Parameters. Raises: Refused."""
    if body.get("resourceType") != "Parameters":
        return body
    found = None
    for part in body.get("parameter", []):
        if isinstance(part, dict) and part.get("name") == "resource":
            found = part.get("resource")
        elif isinstance(part, dict) and part.get("name") == "mode" and part.get("valueCode") not in _MODES:
            raise Refused(400, "not-supported", "The mode is create or update.", path="Parameters.parameter")
        elif isinstance(part, dict) and part.get("name") == "profile":
            raise Refused(400, "not-supported", "Profiles are not checked here yet.", path="Parameters.parameter")
    if not isinstance(found, dict):
        raise Refused(400, "required", "The Parameters hold no “resource”.", path="Parameters.parameter")
    return found
