"""The invariants of what can be very long, Bundles above all: one pass each, however long it is.

Source: FHIR R4 4.0.1, bdl-1 to bdl-12, inv-1 (Parameters), ig-1, ig-2, sdf-8, sdf-8a.
"""

from __future__ import annotations

from typing import Any

from .common_rules import Holds, Value, has, has_choice
from .wrong import Around

REQUESTED = frozenset({"batch", "transaction", "history"})
ANSWERED = frozenset({"batch-response", "transaction-response", "history"})


def _entries(value: Value) -> list[Value]:
    entries: list[Value] = value.get("entry", [])
    return entries


def bdl_1(value: Value, around: Around) -> bool:
    """A total only in a search or history."""
    return not has(value, "total") or value.get("type") in ("searchset", "history")


def bdl_2(value: Value, around: Around) -> bool:
    """What was matched only in a search."""
    return value.get("type") == "searchset" or not any("search" in entry for entry in _entries(value))


def bdl_3(value: Value, around: Around) -> bool:
    """A request in every entry of a batch, transaction or history, and nowhere else."""
    is_due = value.get("type") in REQUESTED
    return all(("request" in entry) is is_due for entry in _entries(value))


def bdl_4(value: Value, around: Around) -> bool:
    """A response in every entry of an answer or history, and nowhere else."""
    is_due = value.get("type") in ANSWERED
    return all(("response" in entry) is is_due for entry in _entries(value))


def bdl_7(value: Value, around: Around) -> bool:
    """Each full url once, or once for each version."""
    if value.get("type") == "history":
        return True
    seen: set[tuple[Any, Any]] = set()
    for entry in _entries(value):
        if "fullUrl" in entry:
            version = entry.get("resource", {}).get("meta", {}).get("versionId")
            if (entry["fullUrl"], version) in seen:
                return False
            seen.add((entry["fullUrl"], version))
    return True


def bdl_9(value: Value, around: Around) -> bool:
    """A document is identified."""
    identifier = value.get("identifier", {})
    return value.get("type") != "document" or (has(identifier, "system") and has(identifier, "value"))


def bdl_10(value: Value, around: Around) -> bool:
    """A document says when it was put together."""
    return value.get("type") != "document" or "timestamp" in value


def _first_is(value: Value, kind: str) -> bool:
    entries = _entries(value)
    return not entries or entries[0].get("resource", {}).get("resourceType", kind) == kind


def inv_1(value: Value, around: Around) -> bool:
    """A parameter has a value, a resource or parts: one of them."""
    return (has_choice(value, "value") + has(value, "resource") + has(value, "part")) == 1


# --- Definitions, where a general path would ask every pair of elements --------------------------------------------
def ig_1(value: Value, around: Around) -> bool:
    """Every resource stands in a group that is there."""
    groups = {group.get("id") for group in value.get("grouping", [])}
    resources = value.get("resource", [])
    return all(resource["groupingId"] in groups for resource in resources if "groupingId" in resource)


def ig_2(value: Value, around: Around) -> bool:
    """Every resource is of a version the guide is made for."""
    versions = set(value.get("fhirVersion", []))
    resources = value.get("definition", {}).get("resource", [])
    return all(versions.issuperset(resource.get("fhirVersion", [])) for resource in resources)


def _all_below(elements: list[Value], first: str) -> bool:
    return all(element.get("path", "").startswith(f"{first}.") for element in elements[1:])


def sdf_8(value: Value, around: Around) -> bool:
    """A snapshot begins with its type and stays below it."""
    elements, resource = value.get("element", []), around.resource
    first = elements[0].get("path", "") if elements else ""
    return (resource.get("kind") == "logical" or first == resource.get("type")) and _all_below(elements, first)


def sdf_8a(value: Value, around: Around) -> bool:
    """A differential begins at or below its type and stays below it."""
    elements, resource = value.get("element", []), around.resource
    first = elements[0].get("path", "") if elements else ""
    begins = resource.get("kind") == "logical" or first.startswith(resource.get("type", ""))
    return begins and _all_below(elements, first.partition(".")[0])


LONG_RULES: dict[str, Holds] = {
    "bdl-1": bdl_1,
    "bdl-2": bdl_2,
    "bdl-3": bdl_3,
    "bdl-4": bdl_4,
    "bdl-5": lambda value, around: has(value, "resource", "request", "response"),
    "bdl-7": bdl_7,
    "bdl-8": lambda value, around: "/_history/" not in value.get("fullUrl", ""),
    "bdl-9": bdl_9,
    "bdl-10": bdl_10,
    "bdl-11": lambda value, around: value.get("type") != "document" or _first_is(value, "Composition"),
    "bdl-12": lambda value, around: value.get("type") != "message" or _first_is(value, "MessageHeader"),
    "Parameters.parameter:inv-1": inv_1,
    "ig-1": ig_1,
    "ig-2": ig_2,
    "sdf-8": sdf_8,
    "sdf-8a": sdf_8a,
}
