"""What an operation is given: in the address, or as Parameters in the body; read the same way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bedside.gateway.desk import Desk
from bedside.gateway.messages import Pairs
from bedside.gateway.negotiation import GENERAL, sent_document
from bedside.gateway.paging import PAGE
from bedside.gateway.refusals import Refused


def read_inputs(desk: Desk, known: frozenset[str]) -> Pairs:
    """Return the parameters of an operation, in order. Raises: Refused for one that it does not know."""
    pairs = [(name, value) for name, value in desk.request.pairs if name not in GENERAL]
    if desk.request.method == "POST" and desk.request.body:
        sent = sent_document(desk.request)
        if sent.get("resourceType") != "Parameters":
            raise Refused(400, "invalid", "Send Parameters in the body.", path="resourceType")
        pairs += [_pair(number, part) for number, part in enumerate(_parts(sent))]
    strange = [name for name, _ in pairs if name not in known and name != PAGE]
    if strange and desk.form.handling == "strict":
        words = f"This operation has no parameter “{strange[0][:60]}”. It has: {', '.join(sorted(known))}."
        raise Refused(400, "not-supported", words)
    return [(name, value) for name, value in pairs if name in known or name == PAGE]


def _parts(sent: dict[str, Any]) -> list[Any]:
    parts = sent.get("parameter", [])
    if not isinstance(parts, list):
        raise Refused(400, "structure", "“parameter” is a list.", path="Parameters.parameter")
    return parts


def _pair(number: int, part: Any) -> tuple[str, str]:
    path = f"Parameters.parameter[{number}]"
    if not isinstance(part, dict) or not isinstance(part.get("name"), str):
        raise Refused(400, "structure", "Each parameter has a name and a value.", path=path)
    for key, value in part.items():
        if key.startswith("value"):
            return part["name"], _text(value, path)
    raise Refused(400, "structure", "Each parameter has a name and a value.", path=path)


def _text(value: Any, path: str) -> str:
    """Return a value as it would stand in an address: a Coding as system|code, a Reference as what it names."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | Decimal):
        return str(value)
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            return str(value["reference"])
        coding = value.get("coding") if isinstance(value.get("coding"), list) else [value]
        if coding and isinstance(coding[0], dict) and isinstance(coding[0].get("code"), str):
            return f"{coding[0].get('system', '')}|{coding[0]['code']}".lstrip("|")
    raise Refused(400, "value", "This operation cannot read that kind of value.", path=path)


def patient_of(pairs: Pairs, *names: str) -> str:
    """Return the id of the patient an operation is asked about. Raises: Refused where none is."""
    for name, value in pairs:
        if name in names and value:
            return value.removeprefix("Patient/")
    raise Refused(400, "required", f"Say which patient: {' or '.join(names)}.")
