"""Asks an operation the way the gateway does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bedside.fhir.asking import answer
from bedside.fhir.terminology.operations import operate

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

Document = dict[str, Any]


def parameters(**given: Any) -> Document:
    """Return a Parameters document. Shape: a dict with a resourceType is a resource, one with coding a concept."""
    parts: list[Document] = []
    for name, values in given.items():
        for value in values if isinstance(values, list) else [values]:
            parts.append({"name": name, _kind(value): value})
    return {"resourceType": "Parameters", "parameter": parts}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "valueBoolean"
    if isinstance(value, int):
        return "valueInteger"
    if isinstance(value, dict):
        if "resourceType" in value:
            return "resource"
        return "valueCodeableConcept" if "coding" in value else "valueCoding"
    return "valueString"


def ask(kind: str, name: str, **given: Any) -> Document:
    """Return what an operation answers."""
    return answer(operate(kind, name, parameters(**given), now=NOW))


def said(document: Document) -> Document:
    """Return an answer in Parameters by name."""
    return {
        one["name"]: next((value for key, value in one.items() if key.startswith("value")), one.get("part"))
        for one in document["parameter"]
    }


def codes(document: Document) -> list[str]:
    """Return the codes of an expansion."""
    return [one["code"] for one in document["expansion"].get("contains", [])]


def value_set(*include: Document, exclude: list[Document] | None = None) -> Document:
    """Return a value set of these parts."""
    compose: Document = {"include": list(include)}
    if exclude:
        compose["exclude"] = exclude
    return {"resourceType": "ValueSet", "url": "http://example.org/vs", "status": "active", "compose": compose}


ANIMALS: Document = {
    "resourceType": "CodeSystem",
    "url": "http://example.org/animals",
    "version": "7",
    "name": "Animals",
    "status": "active",
    "content": "complete",
    "concept": [
        {
            "code": "mammal",
            "display": "Mammal",
            "property": [{"code": "notSelectable", "valueBoolean": True}],
            "concept": [
                {"code": "bat", "display": "Bat", "property": [{"code": "wings", "valueInteger": 2}]},
                {
                    "code": "cat",
                    "display": "Cat",
                    "definition": "Sleeps.",
                    "designation": [{"language": "es", "value": "Gato"}, {"language": "de-CH", "value": "Büsi"}],
                },
            ],
        },
        {"code": "bird", "display": "Bird", "property": [{"code": "wings", "valueInteger": 2}]},
        {"code": "dodo", "display": "Dodo", "property": [{"code": "status", "valueCode": "retired"}]},
    ],
}
