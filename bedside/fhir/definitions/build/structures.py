"""Turns StructureDefinitions into compact rows: one for each type, and one for each backbone by its path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .sources import Resource, local

#: Where a definition says which FHIR type stands behind a type of FHIRPath.
FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
IN_PLACE = {"BackboneElement", "Element"}
#: Said of every element and every extension; the validator keeps them without being told at each.
UNDERSTOOD = {"ele-1", "ext-1"}


def type_definitions(profiles: Iterable[Resource]) -> dict[str, list[Any]]:
    """Return {name of type: [kind, base, elements, invariants]}, resources and types in the order of their names."""
    found: dict[str, list[Any]] = {}
    simple = [p for p in profiles if p["resourceType"] == "StructureDefinition" and p["kind"] != "logical"]
    constraints = {p["url"]: _own_constraints(p) for p in simple if p.get("derivation") == "constraint"}
    for profile in sorted(simple, key=lambda profile: str(profile["name"])):
        if profile.get("derivation") != "constraint":
            found.update(_types_of(profile, constraints))
    return found


def _own_constraints(profile: Resource) -> list[list[Any]]:
    own = [c for e in profile["differential"]["element"] for c in e.get("constraint", [])]
    return [_constraint(c) for c in own]


def _constraint(raw: Mapping[str, Any]) -> list[Any]:
    return [raw["key"], raw["severity"], raw["human"], raw.get("expression", "")]


def _types_of(profile: Resource, constraints: Mapping[str, list[list[Any]]]) -> dict[str, list[Any]]:
    name = profile["name"]
    base = local(profile["baseDefinition"]) if "baseDefinition" in profile else None
    elements = profile["snapshot"]["element"]
    parents = {element["path"].rpartition(".")[0] for element in elements}
    found: dict[str, list[Any]] = {name: [_kind(profile), base, [], _rules(elements[0])]}
    for element in elements[1:]:
        path = element["path"]
        parent = path.rpartition(".")[0]
        if path in parents:
            found[path] = ["backbone", element["type"][0]["code"], [], _rules(element)]
        if _kind(profile) != "primitive" or not path.endswith(".value"):
            found[parent][2].extend(_rows(element, path in parents, constraints))
    if profile["kind"] == "resource":
        found[name][2][0][1] = "id"  # 4.0.1 calls it a string by mistake; the text of the standard says id
    return found


def _kind(profile: Resource) -> str:
    if profile["abstract"]:
        return "abstract"
    kind: str = profile["kind"]
    return kind.removesuffix("-type")


def _rules(element: Mapping[str, Any]) -> list[list[Any]]:
    return [_constraint(c) for c in element.get("constraint", []) if c["key"] not in UNDERSTOOD]


def _rows(element: Mapping[str, Any], is_parent: bool, constraints: Mapping[str, list[list[Any]]]) -> list[list[Any]]:
    path = element["path"]
    last = path.rpartition(".")[2]
    most = None if element["max"] == "*" else int(element["max"])
    flags = (1 if element.get("isSummary") else 0) | (2 if element.get("isModifier") else 0)
    binding = _binding(element)
    if "contentReference" in element:
        place = element["contentReference"].removeprefix("#")
        return [[last, "BackboneElement", element["min"], most, [], None, None, place, flags]]
    choice = last[:-3] if last.endswith("[x]") else None
    rows = []
    for option in element["type"]:
        kind = _type_name(option)
        name = choice + kind[0].upper() + kind[1:] if choice else last
        targets = [local(url) for url in option.get("targetProfile", [])]
        place = path if is_parent else None
        rules = [] if is_parent else _rules(element)
        rules = rules + [rule for url in option.get("profile", []) for rule in constraints.get(url, [])]
        row = [
            name,
            kind,
            element["min"],
            most,
            [] if "Resource" in targets else targets,
            binding if kind in BOUND else None,
            choice,
            place,
            flags,
        ]
        rows.append([*row, rules] if rules else row)
    return rows


#: The types a binding can hold for; in a choice it does not hold for the others.
BOUND = {"code", "Coding", "CodeableConcept", "Quantity", "string", "uri", "Age", "Duration", "Money"}


def _type_name(option: Mapping[str, Any]) -> str:
    code: str = option["code"]
    if not code.startswith("http:"):
        return code
    said = [e["valueUrl"] for e in option.get("extension", []) if e["url"] == FHIR_TYPE]
    return said[0] if said else "string"


def _binding(element: Mapping[str, Any]) -> list[str] | None:
    raw = element.get("binding", {})
    if not raw.get("valueSet"):
        return None
    return [raw["strength"], raw["valueSet"].partition("|")[0]]


def required_value_sets(types: Mapping[str, list[Any]]) -> list[str]:
    """Return the value sets whose codes are required somewhere, in the order of their urls."""
    rows = [row for definition in types.values() for row in definition[2]]
    return sorted({row[5][1] for row in rows if row[5] and row[5][0] == "required"})


def rule_keys(profiles: Iterable[Resource]) -> set[str]:
    """Return the keys of all invariants of R4, warnings too."""
    elements = [e for p in profiles if p["resourceType"] == "StructureDefinition" for e in p["snapshot"]["element"]]
    return {constraint["key"] for element in elements for constraint in element.get("constraint", [])}
