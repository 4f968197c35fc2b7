"""What this room does when something happened: tell the open pages of the people it matters to."""

from __future__ import annotations

from bedside.platform.events import listen
from bedside.platform.live.nudge import nudge
from bedside.record.events import NoteSigned
from bedside.results.events import ResultArrived, ResultSeen
from bedside.scheduling.events import AppointmentBooked, AppointmentCancelled, AppointmentMoved, FollowUpOffered
from bedside.visits.events import VisitEnded
from bedside.visits.models import Visit


def connect() -> None:
    """Start listening. Called once, when the room is ready."""
    listen(AppointmentBooked, tell_both)
    listen(AppointmentCancelled, tell_both)
    listen(AppointmentMoved, tell_both)
    listen(FollowUpOffered, tell_offered)
    listen(NoteSigned, tell_signed)
    listen(VisitEnded, tell_ended)
    listen(ResultArrived, tell_arrived)
    listen(ResultSeen, tell_seen)


def tell_both(event: AppointmentBooked | AppointmentCancelled | AppointmentMoved) -> None:
    """Have the patient's Today and the doctor's board look again."""
    nudge(f"person:{event.patient_id}", f"board:{event.practitioner_id}")


def tell_offered(event: FollowUpOffered) -> None:
    """Have the patient see the times that are held for them."""
    nudge(f"person:{event.patient_id}")


def tell_signed(event: NoteSigned) -> None:
    """Have the patient see that the note is signed."""
    nudge(f"person:{event.patient_id}")


def tell_ended(event: VisitEnded) -> None:
    """Have the patient see the summary, as soon as the visit ends."""
    for patient_id in Visit.objects.filter(id=event.visit_id).values_list("patient_id", flat=True):
        nudge(f"person:{patient_id}")


def tell_arrived(event: ResultArrived) -> None:
    """Have the patient's Today and the board of whoever must see it look again."""
    nudge(f"person:{event.patient_id}", *([f"board:{event.owner_id}"] if event.owner_id else []))


def tell_seen(event: ResultSeen) -> None:
    """Have the patient see the note, and the board of who wrote it count again."""
    nudge(f"person:{event.patient_id}", f"board:{event.by_id}")
