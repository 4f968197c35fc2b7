"""The one who acts: a person in a role, another program let in under its name, or the house doing a named job."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

#: Roles that work here. Patients and proxies are people without one of these. Source: docs/map.md.
STAFF_ROLES = frozenset(
    {"physician", "nurse", "telepresenter", "pharmacist", "administrator", "privacy_officer", "operator"}
)

#: No row has this id. Source: RFC 9562, 5.9, the nil UUID.
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, as far as a decision needs to know.

    `job` names the background job when the house acts by itself, or what it does for another program, which
    `program_id` and `name` tell apart; then `person_id` is None.
    """

    person_id: UUID | None
    name: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    organization_ids: frozenset[UUID] = field(default_factory=frozenset)
    language: str = "en"
    time_zone: str = "UTC"
    has_second_factor: bool = False
    is_stepped_in: bool = False
    job: str = ""
    program_id: UUID | None = None

    @property
    def author_id(self) -> UUID | None:
        """What is written is signed with this: the person's id, or the program's. The house signs with nothing."""
        return self.person_id or self.program_id

    @property
    def person_key(self) -> UUID:
        """The person's id to look rows up by. For nobody it is an id nothing has, so that nothing is found."""
        return self.person_id or NOBODY

    @property
    def is_signed_in(self) -> bool:
        """Say whether a person stands behind this actor."""
        return self.person_id is not None

    @property
    def is_staff(self) -> bool:
        """Say whether the actor holds any working role."""
        return bool(self.roles & STAFF_ROLES)

    def has(self, *roles: str) -> bool:
        """Say whether the actor holds any of these roles."""
        return not self.roles.isdisjoint(roles)


ANONYMOUS = Actor(person_id=None)


def system_actor(job: str) -> Actor:
    """Return the house acting by itself in the background job of that name."""
    return Actor(person_id=None, name="Bedside", job=job)
