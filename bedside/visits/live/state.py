"""What the database says of one visit and its people, read raw on the hub's own pool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from bedside.visits.policy import VisitFacts
from bedside.visits.rules import capabilities
from bedside.visits.terms import PUT_OUT_STATES

_VISIT = """
SELECT v.id, v.state, v.mode, v.started_at, v.waiting_since, v.chat_seq, v.patient_id, v.practitioner_id,
       p.organization_id, p.title, EXISTS (SELECT 1 FROM visit_check_in c WHERE c.visit_id = v.id) AS is_checked_in
  FROM visit v JOIN practitioner p ON p.person_id = v.practitioner_id WHERE v.id = %s
"""
_PEOPLE = """
SELECT a.id, a.person_id, a.role, a.state, a.admitted_at, a.join_no, a.entry_no, a.seen_at, a.device_test,
       b.given_name, b.family_name, coalesce(r.read_up_to_seq, 0) AS read_up_to
  FROM visit_participant a JOIN person b ON b.id = a.person_id
  LEFT JOIN visit_chat_receipt r ON r.visit_id = a.visit_id AND r.person_id = a.person_id
 WHERE a.visit_id = %s
"""
_WHY = "SELECT why FROM visit_step WHERE visit_id = %s AND kind = 'mode' ORDER BY id DESC LIMIT 1"

_LINKS = {"admitted": "connected", "connected": "connected", "reconnecting": "reconnecting"}


@dataclass(frozen=True, slots=True)
class Someone:
    """A participant, as the room needs to know them."""

    pid: UUID
    person_id: UUID
    role: str
    state: str
    name: str
    is_admitted: bool
    join: int
    entry: int
    seen_at: datetime | None
    device_test: dict[str, Any]
    read_up_to: int

    @property
    def connection(self) -> str:
        """Connected or reconnecting, for someone admitted and on the line; "" for anyone else."""
        return _LINKS.get(self.state, "") if self.is_admitted and self.join else ""

    @property
    def is_at_the_door(self) -> bool:
        """Say whether they wait to be let in."""
        return not self.is_admitted and self.state in ("lobby", "reconnecting")


@dataclass(frozen=True, slots=True)
class RoomState:
    """A visit and its people at one moment."""

    visit_id: UUID
    state: str
    mode: str
    why: str
    started_at: datetime | None
    waiting_since: datetime | None
    chat_seq: int
    patient_id: UUID
    practitioner_id: UUID
    organization_id: UUID
    is_checked_in: bool
    people: dict[UUID, Someone]

    def visit_json(self) -> dict[str, Any]:
        """Return `visit` of the welcome."""
        return {
            "id": str(self.visit_id),
            "state": self.state,
            "mode": self.mode,
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "on_hold": self.state == "on_hold",
        }

    def you_json(self, pid: UUID) -> dict[str, Any]:
        """Return `you` of the welcome."""
        me = self.people[pid]
        return {
            "pid": str(pid),
            "role": me.role,
            "name": me.name,
            "admitted": me.is_admitted,
            "can": sorted(capabilities(me.role)),
        }

    def facts_for(self, pid: UUID) -> VisitFacts:
        """Return what the policy's rules need to know of one person's place here."""
        me = self.people[pid]
        return VisitFacts(
            patient_id=self.patient_id,
            practitioner_id=self.practitioner_id,
            organization_id=self.organization_id,
            state=self.state,
            role=me.role,
            place=me.state,
            is_admitted=me.is_admitted and me.state not in PUT_OUT_STATES,
            is_checked_in=self.is_checked_in,
        )

    def on_line(self) -> dict[UUID, Someone]:
        """Return those who are in the room, or were within the grace."""
        return {pid: someone for pid, someone in self.people.items() if someone.connection}


async def load_state(pool: AsyncConnectionPool[Any], visit_id: UUID) -> RoomState:
    """Read the state of a visit. The visit must exist."""
    async with pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_VISIT, [visit_id])
        visit = await cursor.fetchone()
        await cursor.execute(_PEOPLE, [visit_id])
        rows = await cursor.fetchall()
        await cursor.execute(_WHY, [visit_id])
        why = await cursor.fetchone()
    if visit is None:
        raise LookupError(visit_id)
    return RoomState(
        visit_id=visit["id"],
        state=visit["state"],
        mode=visit["mode"],
        why=why["why"] if why else "",
        started_at=visit["started_at"],
        waiting_since=visit["waiting_since"],
        chat_seq=visit["chat_seq"],
        patient_id=visit["patient_id"],
        practitioner_id=visit["practitioner_id"],
        organization_id=visit["organization_id"],
        is_checked_in=visit["is_checked_in"],
        people={row["id"]: _someone(row, visit["practitioner_id"], visit["title"]) for row in rows},
    )


def _someone(row: dict[str, Any], practitioner_id: UUID, title: str) -> Someone:
    name = f"{row['given_name']} {row['family_name']}".strip()
    return Someone(
        pid=row["id"],
        person_id=row["person_id"],
        role=row["role"],
        state=row["state"],
        name=f"{title} {name}".strip() if row["person_id"] == practitioner_id else name,
        is_admitted=row["admitted_at"] is not None,
        join=row["join_no"],
        entry=row["entry_no"],
        seen_at=row["seen_at"],
        device_test=row["device_test"] if isinstance(row["device_test"], dict) else {},
        read_up_to=row["read_up_to"],
    )
