"""Whose chart a Provenance stands in: that of every patient of what it points at, beside those it names itself.

Why: a Provenance mostly names no Patient. In nobody's chart it would be seen by its author alone, and who may not
read its targets could write about them. Source: FHIR R4 4.0.1, Provenance.target; US Core 6.1 asks of every type for
`_revinclude=Provenance:target`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from bedside.fhir.addresses import own_addresses
from bedside.fhir.asking import Ask, Steps
from bedside.fhir.documents import Document
from bedside.fhir.indexing.entries import Entries
from bedside.fhir.paths import literal_reference

from .rows import patients_of

Name = tuple[str, str]

#: Types that only point at other resources, and the element that does.
LINKING = {"Provenance": "target"}

_PATIENTS = """
SELECT type, id, patient_id, more_patients FROM fhir_resource
WHERE (type, id) IN (SELECT * FROM unnest(%(kinds)b::text[], %(ids)b::text[]))
"""


def stand_with_targets(
    linking: Iterable[tuple[Document, Entries]], beside: Mapping[Name, Entries] | None = None
) -> Steps[None]:
    """Put documents that only point at others into the charts of those, in their entries. Of other types: nothing.

    Shape: `beside` is what is written in the same transaction, by type and id; it counts instead of what is stored. A
    target that is not here, or on another host, adds nobody; a deleted one keeps its patients.
    """
    targets = [(entries, names) for document, entries in linking if (names := targets_of(document))]
    if not targets:
        return
    near = beside or {}
    stored = yield from _patients_of({name for _, names in targets for name in names} - near.keys())
    pointing: dict[int, list[tuple[Entries, list[Name]]]] = {}
    for one in targets:
        for name in one[1]:
            if name in near:
                pointing.setdefault(id(near[name]), []).append(one)
    left = targets[::-1]
    while left:
        entries, names = left.pop()
        if _join(entries, names, near, stored):
            left += pointing.get(id(entries), ())


def targets_of(document: Mapping[str, Any]) -> list[Name]:
    """Return the resources here that a document of these types points at, by type and id."""
    element = LINKING.get(document.get("resourceType", ""))
    links = document.get(element) if element else None
    own, found = own_addresses(), []
    for link in links if isinstance(links, list) else ():
        text = link.get("reference") if isinstance(link, Mapping) else None
        literal = literal_reference(own.local(text)) if isinstance(text, str) else None
        if literal is not None and not literal.base:
            found.append((literal.kind, literal.id))
    return found


def _patients_of(names: Iterable[Name]) -> Steps[dict[Name, Sequence[UUID]]]:
    wanted = sorted(names)
    if not wanted:
        return {}
    rows = yield Ask(_PATIENTS, {"kinds": [kind for kind, _ in wanted], "ids": [id for _, id in wanted]}, prepare=True)
    return {(kind, id): patients_of(patient_id, others) for kind, id, patient_id, others in rows}


def _join(
    entries: Entries, names: list[Name], near: Mapping[Name, Entries], stored: Mapping[Name, Sequence[UUID]]
) -> bool:
    """Add the patients of these names. Return whether one was new."""
    before = len(entries.patient_ids)
    for name in names:
        for patient in near[name].patient_ids if name in near else stored.get(name, ()):
            if patient not in entries.patient_ids:
                entries.patient_ids.append(patient)
    return len(entries.patient_ids) > before
