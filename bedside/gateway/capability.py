"""The CapabilityStatement: what is really done here, read from the tables that do it.

Source: FHIR R4 4.0.1, CapabilityStatement; US Core 6.1, CapabilityStatement us-core-server.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import orjson

from bedside.fhir.definitions import SearchParameter, registry

from .faces import slot_desk, slot_limits
from .messages import Answer, Request
from .operations import OPERATIONS
from .routing import COMPARTMENTS
from .terms import ADDED_ONLY, FHIR_VERSION, OWNED

#: The day this statement last changed in kind. Units: a date of FHIR.
_DATE = "2026-11-22"
_COMPARTMENT = "http://hl7.org/fhir/CompartmentDefinition"
_READS = ("read", "vread", "history-instance", "history-type", "search-type")
_CREATES = ("create",)
_CHANGES = ("update", "patch", "delete")
_DOCUMENTATION = {
    "Binary": (
        "A file of a DocumentReference is read here, as its bytes, or as a resource where Accept asks for "
        "application/fhir+json first. Files are not found by search: ask for DocumentReference. Binaries that were "
        "stored are read, searched and changed as any resource."
    ),
    "DocumentReference": (
        "Letters after visits, and what was sent in their chats, are drawn and not changed here; their attachment.url "
        "is Binary/[id]. Others are stored and changed as any resource."
    ),
}
#: Search results that are not about one type's own elements.
_RESULTS = ("_content", "_text", "_query")
_SECURITY = (
    "Authorization: Bearer and a personal access token, made under Your account, Access tokens; its scopes are those "
    "of SMART App Launch 2. What is missing and what is not yours look the same: 404."
)


def capabilities(request: Request) -> Answer:
    """Return the statement as this address speaks it."""
    statement = {**_statement(), "implementation": {"description": "Bedside", "url": request.base}}
    return Answer(200, orjson.dumps(statement), {"cache-control": "public, max-age=300"})


@cache
def _statement() -> dict[str, Any]:
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _DATE,
        "kind": "instance",
        "software": {"name": "Bedside", "version": _version()},
        "fhirVersion": FHIR_VERSION,
        "format": ["application/fhir+json", "json"],
        "patchFormat": ["application/json-patch+json", "application/fhir+json", "application/merge-patch+json"],
        "rest": [
            {
                "mode": "server",
                "security": {"cors": True, "description": _SECURITY},
                "resource": [_resource(kind) for kind in registry().resource_types],
                "interaction": [{"code": code} for code in ("transaction", "batch", "search-system", "history-system")],
                "operation": _operations("", "system"),
                "compartment": [
                    f"http://hl7.org/fhir/CompartmentDefinition/{name.lower()}" for name in sorted(COMPARTMENTS)
                ],
            }
        ],
    }


def _resource(kind: str) -> dict[str, Any]:
    if kind == slot_limits.KIND:
        return _slots()
    rule = registry().us_core_searches.get(kind)
    codes = list(_READS)
    if kind not in OWNED:
        codes += _CREATES + (() if kind in ADDED_ONLY else _CHANGES)
    writes = kind not in OWNED
    changes = writes and kind not in ADDED_ONLY
    stated: dict[str, Any] = {
        "type": kind,
        "profile": f"http://hl7.org/fhir/StructureDefinition/{kind}",
        "supportedProfile": list(rule.profiles) if rule else None,
        "interaction": [{"code": code} for code in codes],
        "versioning": "versioned-update" if changes else "versioned",
        "readHistory": True,
        "updateCreate": changes,
        "conditionalCreate": writes,
        "conditionalRead": "full-support",
        "conditionalUpdate": changes,
        "conditionalDelete": "single" if changes else "not-supported",
        "referencePolicy": ["literal", "logical", "local"],
        "searchInclude": ["*", *(f"{kind}:{one.code}" for one in _references(kind))],
        "searchRevInclude": list(rule.revincludes) if rule else None,
        "searchParam": [_param(one) for one in _params(kind)],
        "operation": _operations(kind, "type") + _operations(kind, "instance"),
    }
    said = OWNED[kind] if not writes else _DOCUMENTATION.get(kind)
    stated["documentation"] = said
    return {name: value for name, value in stated.items() if value not in (None, [])}


def _slots() -> dict[str, Any]:
    """Return what is done with slots, which are worked out when asked and never stored."""
    known = registry().search[slot_limits.KIND]
    return {
        "type": slot_limits.KIND,
        "profile": f"http://hl7.org/fhir/StructureDefinition/{slot_limits.KIND}",
        "documentation": "Free and busy times of one clinician: name the schedule, or schedule.actor.",
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "searchParam": [_param(known[code]) for code in slot_desk.PARAMETERS if code in known],
    }


def _params(kind: str) -> list[SearchParameter]:
    return [one for code, one in sorted(registry().search[kind].items()) if code not in _RESULTS]


def _references(kind: str) -> list[SearchParameter]:
    return [one for one in _params(kind) if one.kind == "reference"]


def _param(one: SearchParameter) -> dict[str, str]:
    return {"name": one.code, "definition": one.url, "type": one.kind}


def _operations(kind: str, level: str) -> list[dict[str, str]]:
    return [
        {"name": one.name, "definition": one.definition}
        for one in OPERATIONS
        if level in one.levels and (kind in one.kinds if one.kinds else bool(kind)) and not _is_said(one.levels, level)
    ]


def _is_said(levels: frozenset[Any], level: str) -> bool:
    """Say whether an operation of both a type and an instance was listed with the type already."""
    return level == "instance" and "type" in levels


def _version() -> str:
    try:
        return version("bedside")
    except PackageNotFoundError:
        return "0.1.0"
