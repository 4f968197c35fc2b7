"""Who must see a result and until when: pure decisions. The tables are in docs/rules/results.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bedside.kernel.errors import Invalid

from .terms import HISTORY_AFTER, LIMITS, NEAREST, NEXT_STEPS, NOTE_MOST, STANDING_IN, URGENCIES

_ORDER = [code for code, _ in URGENCIES]


class NoteTooLong(Invalid):
    """This note is too long: at most {most} characters are kept. Shorten it; nothing you typed is lost."""


class NotAStep(Invalid):
    """Pick what comes next from the list. Nothing you typed is lost."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A physician who works here now and is in the patient's care now: through what, since when."""

    person_id: UUID
    relation: str
    since: datetime
    is_orderer: bool = False


def next_owner(candidates: Iterable[Candidate], *, had: Collection[UUID] = ()) -> UUID | None:
    """Return who must see a result: the orderer, else whoever is nearest to the patient. None is the clinic's pool.

    Shape: `had` are those who had it already and were late or left; with any, who stands in comes before who treats.
    Among equals the one whose care began last.
    """
    order = STANDING_IN if had else NEAREST
    able = [one for one in candidates if one.person_id not in had and one.relation in order]
    if not able:
        return None
    nearest = min(able, key=lambda c: (not c.is_orderer, order.index(c.relation), -c.since.timestamp(), c.person_id))
    return nearest.person_id


def due_at(urgency: str, since: datetime) -> datetime:
    """Return until when a result must be seen."""
    return since + LIMITS[urgency]


def worse(one: str, other: str) -> str:
    """Return the more urgent of two."""
    return min(one, other, key=_ORDER.index)


def inbox_key(urgency: str, filed_at: datetime) -> tuple[int, datetime]:
    """Return what an inbox is sorted by: the most urgent first, within it who has waited longest."""
    return _ORDER.index(urgency), filed_at


def is_history(*, issued_at: datetime | None, at: datetime, stored_at: datetime) -> bool:
    """Say whether a report that came with other records is old news."""
    return stored_at - (issued_at or at) > HISTORY_AFTER


def clean_note(note: str, next_step: str) -> str:
    """Return a note as it is kept. Raises: NoteTooLong, NotAStep."""
    if next_step not in NEXT_STEPS:
        raise NotAStep()
    kept = "".join(c for c in note.replace("\r\n", "\n") if c.isprintable() or c in "\n\t").strip()
    if len(kept) > NOTE_MOST:
        raise NoteTooLong(most=NOTE_MOST)
    return kept
