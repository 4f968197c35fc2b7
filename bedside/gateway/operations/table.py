"""Which operations there are, at which addresses, and what defines them. The CapabilityStatement reads it too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bedside.fhir.asking import Steps
from bedside.gateway.desk import Desk
from bedside.gateway.messages import Answer
from bedside.gateway.refusals import Refused

from .codes import ask_codes
from .documents import document, summary
from .everything import everything
from .lists import docref, lastn
from .validate import validate_resource

Level = Literal["system", "type", "instance"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. Shape: `kinds` are the types it is asked of, empty for any; `definition` is its canonical url."""

    name: str
    kinds: tuple[str, ...]
    levels: frozenset[Level]
    definition: str
    run: Callable[[Desk], Steps[Answer]]


_INSTANCE: frozenset[Level] = frozenset({"instance"})
_TYPE: frozenset[Level] = frozenset({"type"})
_US_CORE = "http://hl7.org/fhir/us/core/OperationDefinition"
_IPS = "http://hl7.org/fhir/uv/ips/OperationDefinition"
_R4 = "http://hl7.org/fhir/OperationDefinition"
OPERATIONS = (
    Operation("everything", ("Patient",), _INSTANCE, f"{_R4}/Patient-everything", everything),
    Operation("summary", ("Patient",), _INSTANCE, f"{_IPS}/summary", summary),
    Operation("lastn", ("Observation",), _TYPE, f"{_R4}/Observation-lastn", lastn),
    Operation("docref", ("DocumentReference",), _TYPE, f"{_US_CORE}/docref", docref),
    Operation("document", ("Composition",), _INSTANCE, f"{_R4}/Composition-document", document),
    Operation("expand", ("ValueSet",), _TYPE | _INSTANCE, f"{_R4}/ValueSet-expand", ask_codes),
    Operation("validate-code", ("ValueSet",), _TYPE | _INSTANCE, f"{_R4}/ValueSet-validate-code", ask_codes),
    Operation("validate-code", ("CodeSystem",), _TYPE | _INSTANCE, f"{_R4}/CodeSystem-validate-code", ask_codes),
    Operation("lookup", ("CodeSystem",), _TYPE, f"{_R4}/CodeSystem-lookup", ask_codes),
    Operation("subsumes", ("CodeSystem",), _TYPE, f"{_R4}/CodeSystem-subsumes", ask_codes),
    Operation("translate", ("ConceptMap",), _TYPE | _INSTANCE, f"{_R4}/ConceptMap-translate", ask_codes),
    Operation("validate", (), _TYPE | _INSTANCE, f"{_R4}/Resource-validate", validate_resource),
)


def operate(desk: Desk) -> Steps[Answer]:
    """Carry out the operation a call names. Raises: Refused when there is none of that name there."""
    call = desk.call
    level: Level = "instance" if call.id else "type" if call.kind else "system"
    for one in OPERATIONS:
        if one.name == call.operation and level in one.levels and (not one.kinds or call.kind in one.kinds):
            return one.run(desk)
    here = sorted(
        f"${one.name}" for one in OPERATIONS if level in one.levels and (not one.kinds or call.kind in one.kinds)
    )
    words = f"There is no operation ${call.operation[:40]} here. There is: {', '.join(here) or 'none'}."
    raise Refused(404, "not-supported", words)
