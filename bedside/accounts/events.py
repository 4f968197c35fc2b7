"""What accounts tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PersonRegistered:
    """A person is new here."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """Sessions of a person ended before their time: signed out elsewhere, a factor changed, a role ended."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """A person was given a role, or lost one."""

    person_id: UUID
    role: str
