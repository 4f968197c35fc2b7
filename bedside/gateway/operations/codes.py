"""The terminology operations.

Source: FHIR R4 4.0.1, 4.7 (terminology service). What codes mean is `bedside.fhir.terminology`'s to say.
"""

from __future__ import annotations

from typing import Any

from bedside.fhir.asking import Steps
from bedside.fhir.documents import read_document, write_document
from bedside.fhir.store.reading import read_body
from bedside.fhir.terminology import operations as terminology
from bedside.gateway.desk import Desk
from bedside.gateway.messages import Answer
from bedside.gateway.negotiation import GENERAL, sent_document

#: What a resource named by its id is called among the parameters.
_ITSELF = {"ValueSet": "valueSet", "CodeSystem": "codeSystem", "ConceptMap": "conceptMap"}


def ask_codes(desk: Desk) -> Steps[Answer]:
    """Answer a question about codes. Codes are nobody's data: anyone who is let in may ask."""
    call = desk.call
    parts: list[Any] = [{"name": name, "valueString": v} for name, v in desk.request.pairs if name not in GENERAL]
    if desk.request.method == "POST" and desk.request.body:
        sent = sent_document(desk.request).get("parameter", [])
        parts = [*parts, *sent] if isinstance(sent, list) else sent
    if call.id:
        desk.needs(call.kind, "r")
        found = yield from read_body(call.kind, call.id, desk.reach)
        parts = [*parts, {"name": _ITSELF[call.kind], "resource": read_document(found.body)}]
    parameters = {"resourceType": "Parameters", "parameter": parts}
    document = yield from terminology.operate(call.kind, f"${call.operation}", parameters, now=desk.request.now)
    return Answer(200, write_document(document).encode())
