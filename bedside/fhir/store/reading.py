"""Reading one resource: its current text, or an earlier one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bedside.fhir.asking import Ask, Steps
from bedside.fhir.reach import Reach

from .refusals import ResourceMissing, ResourceRemoved
from .rows import patients_of


@dataclass(frozen=True, slots=True)
class Found:
    """One version of a resource. Shape: `body` is its text as stored, "" when it is a removal."""

    kind: str
    id: str
    version: int
    stored_at: datetime
    is_deleted: bool
    patient_ids: tuple[UUID, ...]
    body: str
    method: str = ""


def read_body(kind: str, id: str, reach: Reach) -> Steps[Found]:
    """Return the current version of a resource.

    Raises: ResourceMissing when it never was or is out of reach; ResourceRemoved when it was deleted.
    """
    mine = reach.condition("r", kind)
    sql = f"""
        SELECT version, stored_at, is_deleted, patient_id, more_patients, body FROM fhir_resource r
        WHERE type = %(r_is)s AND id = %(r_named)s AND {mine.sql}
    """  # noqa: S608  (conditions carry their values beside them)
    rows = yield Ask(sql, {**mine.values, "r_is": kind, "r_named": id})
    if not rows:
        raise ResourceMissing()
    version, stored_at, is_deleted, patient_id, others, body = rows[0]
    if is_deleted:
        raise ResourceRemoved()
    return Found(kind, id, version, stored_at, False, patients_of(patient_id, others), body)


def read_version(kind: str, id: str, version: int, reach: Reach) -> Steps[Found]:
    """Return one version of a resource. Both the resource and that version of it must be within reach.

    Raises: ResourceMissing; ResourceRemoved when that version is the removal.
    """
    now, then = reach.condition("r", kind), reach.condition("v", kind)
    sql = f"""
        SELECT v.stored_at, v.is_deleted, v.patient_id, v.more_patients, v.body, v.method
        FROM fhir_resource r CROSS JOIN LATERAL (
            SELECT w.*, r.id FROM fhir_version w WHERE w.rid = r.rid AND w.version = %(r_version)s
        ) v
        WHERE r.type = %(r_is)s AND r.id = %(r_named)s AND {now.sql} AND {then.sql}
    """  # noqa: S608  (conditions carry their values beside them)
    values = {**now.values, **then.values, "r_is": kind, "r_named": id, "r_version": version}
    rows = yield Ask(sql, values)
    if not rows:
        raise ResourceMissing()
    stored_at, is_deleted, patient_id, others, body, method = rows[0]
    if is_deleted:
        raise ResourceRemoved()
    return Found(kind, id, version, stored_at, False, patients_of(patient_id, others), body, method)
