"""Who may open a file: whoever added it, and whoever the room of its source lets in. Default: nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bedside.platform.access import Actor, Audience, Context, Decision, register

from .models import StoredFile

#: Asked with the actor, the file and the time; answers whether the actor may open files of that source.
Guard = Callable[[Actor, StoredFile, datetime], bool]

_GUARDS: dict[str, Guard] = {}


def guard_files_of(source_type: str, guard: Guard) -> None:
    """Let a room say who may open the files of its things. Once per kind of thing."""
    if source_type in _GUARDS:
        raise ValueError(f"files of {source_type} are guarded already")
    _GUARDS[source_type] = guard


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the rule needs to know of a file."""

    owner_id: UUID | None
    is_let_in: bool


def facts_of(actor: Actor, stored: StoredFile, now: datetime) -> FileFacts:
    """Gather them, asking the room the file's source belongs to."""
    guard = _GUARDS.get(stored.source_type)
    return FileFacts(stored.owner_id, bool(guard and guard(actor, stored, now)))


def may_open(actor: Actor, facts: FileFacts, context: Context) -> Decision:
    """Let in whoever added the file, and whoever its room lets in."""
    if facts.owner_id is not None and actor.person_id == facts.owner_id:
        return Decision.yes("own")
    return Decision.yes("source") if facts.is_let_in else Decision.hide()


register("files.open_file", audience=Audience.SIGNED_IN, rule=may_open)
register("files.store_file", audience=Audience.SIGNED_IN)
register("files.keep_made_file", audience=Audience.HOUSE)
