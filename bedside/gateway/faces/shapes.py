"""Small FHIR shapes that faces share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bedside.fhir.documents import Document
from bedside.kernel.time import UTC

#: Virtual visits, whatever the line. Source: HL7 v3 ActCode, VR (virtual).
VIRTUAL = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "VR", "display": "virtual"}
#: Specialties. Source: NUCC Health Care Provider Taxonomy.
SPECIALTIES = "http://nucc.org/provider-taxonomy"
LANGUAGE_TAGS = "urn:ietf:bcp:47"

#: What a visit is called in each way of meeting. Source: ours, the words of `scheduling.terms.MODES`.
VISIT_WORDS = {"video": "Video visit", "voice": "Voice visit", "chat": "Chat visit"}


def instant(at: datetime) -> str:
    """Return an instant as FHIR writes it, in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reference(kind: str, id: object, display: str = "") -> Document:
    """Return a reference to a resource of this house."""
    return without_empty({"reference": f"{kind}/{id}", "display": display})


def coded(system: str, code: str, display: str = "", *, text: str = "") -> Document:
    """Return a CodeableConcept with one coding."""
    coding = without_empty({"system": system, "code": code, "display": display})
    return without_empty({"coding": [coding], "text": text or display})


def identifier(system: str, value: object) -> Document:
    """Return an identifier."""
    return {"system": system, "value": str(value)}


def phone(number: str, use: str = "") -> list[Document]:
    """Return a telephone number as contact points: one, or none."""
    return [without_empty({"system": "phone", "value": number, "use": use})] if number else []


def without_empty(members: Mapping[str, Any]) -> Document:
    """Return a document without its empty members: FHIR has no empty string, list or object."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}
