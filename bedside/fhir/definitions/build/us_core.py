"""Turns the package of US Core into compact rows: profiles, what must be searchable, value sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .codes import ValueSets
from .sources import Resource, local

_BASE = "http://hl7.org/fhir/StructureDefinition/"
EXPECTATION = f"{_BASE}capabilitystatement-expectation"
COMBINATION = f"{_BASE}capabilitystatement-search-parameter-combination"


def us_core(guide: list[Resource], r4: ValueSets, known_rules: set[str]) -> dict[str, Any]:
    """Return {"profiles": {url: row}, "searches": {type: rule}, "value_sets": {url: {system: codes}}}.

    `known_rules` are the keys of the invariants R4 has; what else a profile asks is its own.
    """
    profiles = sorted((r for r in guide if r["resourceType"] == "StructureDefinition"), key=lambda r: str(r["url"]))
    server = next(r for r in guide if r["resourceType"] == "CapabilityStatement" and r["id"] == "us-core-server")
    own = sorted(r["url"] for r in guide if r["resourceType"] == "ValueSet")
    return {
        "profiles": {profile["url"]: _profile(profile, known_rules) for profile in profiles},
        "searches": {row["type"]: _search_rule(row) for row in server["rest"][0]["resource"]},
        "value_sets": r4.more(guide).expand_all(own),
    }


def _profile(profile: Resource, known_rules: set[str]) -> list[Any]:
    elements = profile["snapshot"]["element"]
    rows = [_row(element) for element in elements[1:] if _says_more(element)]
    base = local(profile["baseDefinition"]) if "baseDefinition" in profile else ""
    own = [
        [c["key"], c["severity"], c["human"], c["expression"], element["id"]]
        for element in elements
        for c in element.get("constraint", [])
        if c["key"] not in known_rules and "expression" in c
    ]
    return [profile["name"], profile.get("title", ""), profile["type"], base, rows, own]


def _says_more(element: Mapping[str, Any]) -> bool:
    base = element.get("base", {})
    is_extension_slicing = element["path"].endswith("xtension") and "sliceName" not in element
    return (
        bool(element.get("mustSupport"))
        or "sliceName" in element
        or ("slicing" in element and not is_extension_slicing)
        or any(name.startswith(("fixed", "pattern")) for name in element)
        or (element["min"], element["max"]) != (base.get("min"), base.get("max"))
        or any("/us/core/" in url for t in element.get("type", []) for url in t.get("targetProfile", []))
    )


def _row(element: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": element["id"],
        "path": element["path"],
        "min": element["min"],
        "max": None if element["max"] == "*" else int(element["max"]),
        "types": [
            [_code(option["code"]), option.get("profile", []), option.get("targetProfile", [])]
            for option in element.get("type", [])
        ],
    }
    if "sliceName" in element:
        row["slice"] = element["sliceName"]
    for name, value in element.items():
        if name.startswith(("fixed", "pattern")):
            row["fixed" if name.startswith("fixed") else "pattern"] = value
    if "slicing" in element:
        told = [[d["type"], d["path"]] for d in element["slicing"].get("discriminator", [])]
        row["slicing"] = [element["slicing"].get("rules", "open"), told]
    if element.get("mustSupport"):
        row["must"] = 1
    if element.get("binding", {}).get("valueSet"):
        row["binding"] = [element["binding"]["strength"], element["binding"]["valueSet"].partition("|")[0]]
    return row


def _code(code: str) -> str:
    return "string" if code.startswith("http:") else code


def _expected(item: Mapping[str, Any]) -> str:
    said = [e["valueCode"] for e in item.get("extension", []) if e["url"] == EXPECTATION]
    return said[0] if said else "MAY"


def _search_rule(row: Mapping[str, Any]) -> dict[str, Any]:
    combinations = []
    for extension in row.get("extension", []):
        if extension["url"] == COMBINATION:
            codes = [e["valueString"] for e in extension["extension"] if e["url"] == "required"]
            combinations.append([codes, _expected(extension)])
    return {
        "interactions": {item["code"]: _expected(item) for item in row.get("interaction", [])},
        "params": {item["name"]: _expected(item) for item in row.get("searchParam", [])},
        "combinations": combinations,
        "includes": row.get("searchInclude", []),
        "revincludes": row.get("searchRevInclude", []),
        "profiles": row.get("supportedProfile", []),
    }
