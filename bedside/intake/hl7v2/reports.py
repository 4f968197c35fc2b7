"""OBR, with its ORC, as DiagnosticReport.

Source: HL7 v2.5.1, 7.4.1 (OBR), 4.5.1 (ORC); HL7 v2-to-FHIR 1.0, OBR[DiagnosticReport].
"""

from __future__ import annotations

from dataclasses import dataclass

from .observations import Around
from .reading import Segment, text_of
from .terms import REPORT_STATUS
from .values import Document, concept, moment, person_name, slug

SECTIONS = "http://terminology.hl7.org/CodeSystem/v2-0074"
IDENTIFIERS = "http://terminology.hl7.org/CodeSystem/v2-0203"
#: A comment on a report is a member of R5 only. Source: FHIR R5 5.0.0, DiagnosticReport.note, as its extension in R4.
NOTE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-DiagnosticReport.note"


@dataclass(frozen=True, slots=True)
class Order:
    """An order as its OBR and ORC name it."""

    obr: Segment
    orc: Segment | None
    facility: str
    zone_name: str

    def _either(self, number: int, component: int = 1) -> str:
        return self.obr.text(number, component) or (self.orc.text(number, component) if self.orc else "")

    @property
    def placer(self) -> str:
        """The number of whoever ordered it: OBR-2, else ORC-2."""
        return self._either(2)

    @property
    def placer_system(self) -> str:
        """Who gave the placer's number."""
        return self._either(2, 3) or self._either(2, 2)

    @property
    def filler(self) -> str:
        """The laboratory's number: OBR-3, else ORC-3."""
        return self._either(3)

    @property
    def filler_system(self) -> str:
        """Who gave the filler's number."""
        return self._either(3, 3) or self._either(3, 2)

    @property
    def title(self) -> str:
        """What was ordered, in words."""
        return self.obr.text(4, 2) or self.obr.text(4, 5) or self.obr.text(4)


def report_of(order: Order, around: Around, *, notes: list[str], forms: list[Document]) -> Document:
    """Return a DiagnosticReport. It has no id, no patient and no results yet."""
    obr, facility = order.obr, order.facility
    service = obr.repetitions(4)
    found: Document = {
        "resourceType": "DiagnosticReport",
        "contained": [request_of(order)],
        "identifier": _identifiers(order),
        "basedOn": [{"reference": "#order"}],
        "status": REPORT_STATUS.get(obr.text(25).upper(), "unknown"),
        "category": [_category(obr)],
        "code": (concept(service[0], facility) if service else {}) or {"text": "not named"},
    }
    if around.effective:
        found["effectiveDateTime"] = around.effective
    issued = moment(obr.text(22), order.zone_name)
    found["issued"] = issued if "T" in issued else around.issued
    readers = [name for one in obr.repetitions(32) if (name := _reader(one))]
    if readers:
        found["resultsInterpreter"] = [{"type": "Practitioner", "display": name} for name in readers]
    if facility:
        found["performer"] = [{"type": "Organization", "display": facility}]
    if forms:
        found["presentedForm"] = forms
    if notes:
        found["extension"] = [{"url": NOTE, "valueAnnotation": {"text": text}} for text in notes]
    return found


def request_of(order: Order) -> Document:
    """Return what was ordered, by whom, as a ServiceRequest inside the report."""
    service = order.obr.repetitions(4)
    found: Document = {
        "resourceType": "ServiceRequest",
        "id": "order",
        "status": "unknown",
        "intent": "order",
        "code": (concept(service[0], order.facility) if service else {}) or {"text": "not named"},
    }
    if order.placer:
        found["identifier"] = [_numbered("PLAC", order.placer, order.placer_system, order.facility)]
    who = order.obr.repetitions(16) or (order.orc.repetitions(12) if order.orc else ())
    if who and (name := person_name(who[0], 2) or text_of(who[0])):
        found["requester"] = {"type": "Practitioner", "display": name}
    reasons = [concept(one, order.facility) for one in order.obr.repetitions(31)]
    if reasons := [one for one in reasons if one]:
        found["reasonCode"] = reasons
    return found


def _identifiers(order: Order) -> list[Document]:
    found = []
    if order.placer:
        found.append(_numbered("PLAC", order.placer, order.placer_system, order.facility))
    if order.filler:
        found.append(_numbered("FILL", order.filler, order.filler_system, order.facility))
    return found


def _numbered(kind: str, value: str, system: str, facility: str) -> Document:
    return {
        "type": {"coding": [{"system": IDENTIFIERS, "code": kind}]},
        "system": f"urn:bedside:orders:{slug(system or facility)}",
        "value": value,
    }


def _category(obr: Segment) -> Document:
    code = obr.text(24).upper() or "LAB"
    return {"coding": [{"system": SECTIONS, "code": code}]} if code.isalnum() else {"text": code}


def _reader(repetition: list[list[str]]) -> str:
    """Return who read a result (NDL): its first component is a name in subcomponents, or already a name."""
    parts = [text_of(repetition, 1, at) for at in (3, 2)]
    return " ".join(part for part in parts if part) or text_of(repetition)
