"""What a request leaves in the audit log: one row for each patient it showed something of, with why it was allowed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from bedside.accounts.grants import Grant
from bedside.consent.rules import reading_reasons
from bedside.platform.audit.group import Event, event

from .terms import SHARED_TYPES


class Trail:
    """Gathers what one request shows, and says it as audit rows."""

    def __init__(self, grant: Grant, now: datetime, request_id: str) -> None:
        """Begin with nothing seen."""
        self._grant = grant
        self._now = now
        self._request_id = request_id
        self._by_patient: dict[UUID | None, dict[str, int]] = {}

    def saw_all(self, resources: Iterable[tuple[str, tuple[UUID, ...]]]) -> None:
        """Note that resources were shown. Shape: of each its type and its patients."""
        seen: dict[tuple[str, object], int] = {}
        whose: dict[object, tuple[UUID, ...]] = {}
        for kind, patients in resources:
            key = patients[0].int if len(patients) == 1 else patients  # a number is compared faster than an id
            whose[key] = patients
            seen[kind, key] = seen.get((kind, key), 0) + 1
        for (kind, key), count in seen.items():
            self.saw(kind, whose[key], count)

    def saw(self, kind: str, patients: Collection[UUID], count: int = 1) -> None:
        """Note that a resource was shown. What has no patient and is everyone's is not noted."""
        named: Iterable[UUID | None] = patients
        if not patients:
            if kind in SHARED_TYPES:
                return
            named = (None,)
        for patient in named:
            counts = self._by_patient.get(patient)
            if counts is None:
                counts = self._by_patient[patient] = {}
            counts[kind] = counts.get(kind, 0) + count

    def searched(self, kind: str) -> None:
        """Note that somebody looked for something about patients, even where nothing was found."""
        if kind not in SHARED_TYPES and not self._by_patient:
            self._by_patient[None] = {}

    def events(self, *, action: str, interaction: str, resource: tuple[str, str]) -> list[Event]:
        """Return the rows, one for each patient; their reasons are looked up when they are written."""
        actor, token = self._grant.actor, self._grant.token_id
        made = []
        for patient, counts in self._by_patient.items():
            detail: dict[str, Any] = {"interaction": interaction, "request": self._request_id, "shown": counts}
            if token is not None:
                detail["token"] = str(token)
            row = event(
                "view", actor=actor, action=action, now=self._now, patient_id=patient, resource=resource, detail=detail
            )
            if actor.job:
                row["reason"] = "program" if actor.program_id else "house"
            elif patient is None:
                row["reason"] = "author" if counts else ""
            elif patient == actor.person_id:
                row["reason"] = "self"
            else:
                row["reasons"] = reading_reasons(actor.roles)
            made.append(row)
        return made
