"""Reading the store for the house's own screens. Not scoped to anyone: only rooms that decide and audit may call it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bedside.platform.statements import all_rows

from .commands import ResourceGone
from .rules import main_code

_NEWEST_FIRST = "ORDER BY at_from DESC NULLS LAST, rid DESC"
_BODY = "SELECT body FROM fhir_resource WHERE type = %s AND id = %s AND NOT is_deleted"
_OF_PATIENT = f"""
SELECT body FROM fhir_resource WHERE patient_id = %s AND type = %s AND NOT is_deleted {_NEWEST_FIRST}
"""  # noqa: S608  (the order is the constant above)
# A code is looked for in the patient's own rows: ANY, not @>, which would walk every patient's (decision 0027).
_OF_PATIENT_CODED = f"""
SELECT body FROM fhir_resource WHERE patient_id = %s AND type = %s AND %s::bigint = ANY(tokens) AND NOT is_deleted
{_NEWEST_FIRST}
"""  # noqa: S608  (the order is the constant above)
_OF_PATIENT_TYPED = f"""
SELECT type, body FROM fhir_resource WHERE patient_id = %s AND type = ANY(%s::text[]) AND NOT is_deleted
{_NEWEST_FIRST}
"""  # noqa: S608  (the order is the constant above)
_OF_PATIENTS = f"""
SELECT patient_id, body FROM fhir_resource WHERE patient_id = ANY(%s::uuid[]) AND type = %s AND NOT is_deleted
{_NEWEST_FIRST}
"""  # noqa: S608  (the order is the constant above)
_DATED = """
SELECT body FROM fhir_resource
WHERE type = %s AND tokens && %s::bigint[] AND at_from >= %s AND at_from <= %s AND NOT is_deleted
ORDER BY at_from, rid LIMIT %s
"""
_BODIES = "SELECT id, body FROM fhir_resource WHERE type = %s AND id = ANY(%s::text[]) AND NOT is_deleted"
_HISTORY = """
SELECT v.version, v.body, v.stored_at, v.author_id, v.is_deleted
FROM fhir_resource r JOIN fhir_version v ON v.rid = r.rid
WHERE r.type = %s AND r.id = %s ORDER BY v.version DESC
"""


@dataclass(frozen=True, slots=True)
class Version:
    """One stored version of a resource, with its text exactly as stored. A removal has no text."""

    version: int
    body: str
    stored_at: datetime
    author_id: UUID | None
    is_deleted: bool


def get_resource(*, type: str, id: UUID) -> dict[str, Any]:
    """Return the present version of a resource. Raises: ResourceGone."""
    rows = all_rows(_BODY, (type, str(id)))
    if not rows:
        raise ResourceGone()
    found: dict[str, Any] = json.loads(rows[0][0])
    return found


def find_resources(*, type: str, patient_id: UUID, code: str | None = None) -> list[dict[str, Any]]:
    """Return a patient's resources of one type, newest first; with `code` ("system|code") only those."""
    if code is None:
        rows = all_rows(_OF_PATIENT, (patient_id, type))
    else:
        rows = all_rows(_OF_PATIENT_CODED, (patient_id, type, main_code(type, code)))
    return [json.loads(body) for (body,) in rows]


def find_patient_resources(*, patient_id: UUID, types: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Return a patient's resources of several types in one question, by type, newest first."""
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in types}
    for kind, body in all_rows(_OF_PATIENT_TYPED, (patient_id, list(types))):
        found[kind].append(json.loads(body))
    return found


def find_of_patients(*, type: str, patient_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Return several patients' resources of one type in one question, by patient, newest first."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    for patient_id, body in all_rows(_OF_PATIENTS, (list(patient_ids), type)):
        found.setdefault(patient_id, []).append(json.loads(body))
    return found


def find_bodies(*, type: str, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the text of resources of one type exactly as stored, by id. For sealing what was written."""
    return {UUID(id): body for id, body in all_rows(_BODIES, (type, [str(id) for id in ids]))}


def find_dated(
    *, type: str, codes: Collection[str], first_at: datetime, last_at: datetime, limit: int = 1000
) -> list[dict[str, Any]]:
    """Return the resources of a type and codes whose time lies between the two, soonest first. For the house's jobs."""
    keys = [main_code(type, code) for code in codes]
    return [json.loads(body) for (body,) in all_rows(_DATED, (type, keys, first_at, last_at, limit))]


def history(*, type: str, id: UUID) -> list[Version]:
    """Return every version of a resource, newest first. Raises: ResourceGone when there never was one."""
    found = [Version(*row) for row in all_rows(_HISTORY, (type, str(id)))]
    if not found:
        raise ResourceGone()
    return found
