"""What this room does when something happened: tell the live line and the boards, and close what was cancelled."""

from __future__ import annotations

from datetime import datetime

from bedside.kernel.time import utc_now
from bedside.platform.access import Actor, system_actor
from bedside.platform.events import listen
from bedside.platform.files.models import StoredFile
from bedside.platform.files.policy import guard_files_of
from bedside.platform.live.nudge import nudge
from bedside.scheduling.events import AppointmentCancelled, AppointmentMoved

from . import events
from .commands import cancel_visit
from .queries.visits import may_open_file_of
from .terms import CHAT_FILES

Changed = (
    events.VisitOpened
    | events.PatientCheckedIn
    | events.PatientWaiting
    | events.VisitStarted
    | events.VisitChanged
    | events.VisitEnded
    | events.ParticipantChanged
)


def connect() -> None:
    """Start listening. Called once, when the room is ready."""
    for kind in Changed.__args__:
        listen(kind, tell_change)
    listen(events.ChatWritten, tell_chat)
    listen(events.ChatRead, tell_read)
    listen(AppointmentCancelled, close_cancelled)
    listen(AppointmentMoved, close_moved)
    guard_files_of(CHAT_FILES, _may_open)


def tell_change(event: Changed) -> None:
    """Have the rooms of this visit look again, and the boards and pages that show it."""
    room = (f"room:{event.visit_id}", {"k": "sync"})
    nudge(room, f"visit:{event.visit_id}", f"board:{event.practitioner_id}")


def tell_chat(event: events.ChatWritten) -> None:
    """Have the rooms bring the new line."""
    nudge((f"room:{event.visit_id}", {"k": "chat", "seq": event.seq}), f"visit:{event.visit_id}")


def tell_read(event: events.ChatRead) -> None:
    """Have the rooms bring the receipt."""
    nudge((f"room:{event.visit_id}", {"k": "sync"}))


def close_cancelled(event: AppointmentCancelled) -> None:
    """Close the visit of a cancelled appointment, if one was opened."""
    cancel_visit(actor=system_actor("visits.cancel_visit"), now=utc_now(), appointment_id=event.appointment_id)


def close_moved(event: AppointmentMoved) -> None:
    """Close the visit that was opened for the time that was given up."""
    cancel_visit(actor=system_actor("visits.cancel_visit"), now=utc_now(), appointment_id=event.from_id)


def _may_open(actor: Actor, stored: StoredFile, now: datetime) -> bool:
    return stored.source_id is not None and may_open_file_of(actor=actor, visit_id=stored.source_id, now=now)
