"""The small structural check every resource of the house passes before it is stored, and what it is found by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from .indexing.entries import Entries
from .indexing.keys import token_key
from .indexing.terms import PRINCIPAL_DATE
from .terms import DATE_TIMES, REQUIRED, SUBJECT_OF

_YEAR = re.compile(r"\d{4}\Z")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z")


def is_date_time(value: object) -> bool:
    """Say whether a value is a FHIR dateTime that exists on a calendar.

    Source: FHIR R4 4.0.1, datatypes, dateTime: a time of day always carries a zone.
    """
    if not isinstance(value, str):
        return False
    if _YEAR.match(value) or _MONTH.match(value):
        return value[:4] != "0000"
    try:
        if _DAY.match(value):
            date.fromisoformat(value)
            return True
        if _MOMENT.match(value):
            datetime.fromisoformat(value)
            return True
    except ValueError:
        return False
    return False


def _holds_null_byte(value: object) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, Mapping):
        return any(_holds_null_byte(key) or _holds_null_byte(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return any(_holds_null_byte(item) for item in value)
    return False


def faults(resource: Mapping[str, Any], *, patient_id: UUID | None) -> list[str]:
    """Return what is wrong with the shape of a resource, as dotted places; an empty list when nothing is."""
    kind = resource.get("resourceType")
    if not isinstance(kind, str):
        return ["resourceType"]
    found = [f"{kind}.{name}" for name in REQUIRED.get(kind, ()) if not resource.get(name)]
    found += [f"{kind}.{name}" for name in sorted(DATE_TIMES & resource.keys()) if not is_date_time(resource[name])]
    subject = resource.get(SUBJECT_OF.get(kind, "subject"))
    named = subject.get("reference") if isinstance(subject, Mapping) else None
    if patient_id is not None and named is not None and named != f"Patient/{patient_id}":
        found.append(f"{kind}.subject")
    if _holds_null_byte(resource):
        found.append(f"{kind}: null byte")
    return found


def house_entries(
    found: Entries, kind: str, *, patient_id: UUID | None, code: str = "", at: datetime | None = None
) -> Entries:
    """Return what a resource is found by, with what its writer in the house knows of it: patient, main code, time.

    Shape: the time is kept only where the type has no chief date of its own (see `indexing.terms`).
    """
    if patient_id is not None:
        found.patient_ids = [patient_id, *(other for other in found.patient_ids if other != patient_id)]
    if at is not None and kind not in PRINCIPAL_DATE and found.at_from is None:
        found.at_from, found.at_to = at, at + timedelta(milliseconds=1)
    if code:
        found.tokens.append(main_code(kind, code))
    return found


def main_code(kind: str, code: str) -> int:
    """Return the key of the main code of a resource, "system|code", by which the house finds it again."""
    return token_key(kind, "code", code)
