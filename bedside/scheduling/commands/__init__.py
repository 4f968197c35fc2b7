"""Every write of scheduling."""

from .booking import book_appointment, hold_appointment, release_appointment
from .changes import cancel_appointment, move_appointment, reschedule_appointment
from .hours import add_hours, add_time_off, remove_hours, remove_time_off
from .offers import Offer, accept_follow_up, expire_all_holds, offer_follow_up
from .refusals import (
    CannotChange,
    DoctorNotBookable,
    HoldExpired,
    HoursBackwards,
    HoursOverlap,
    InThePast,
    NoTimesToOffer,
    OutsideHours,
    PatientBusy,
    PriceChanged,
    SlotTaken,
    TooFarAhead,
    TooLate,
    UnknownMode,
    WallTimeAmbiguous,
    WallTimeSkipped,
)
from .reminders import mail_context, send_due_reminders
from .search import rebuild_free_times, refresh_search

__all__ = [
    "CannotChange",
    "DoctorNotBookable",
    "HoldExpired",
    "HoursBackwards",
    "HoursOverlap",
    "InThePast",
    "NoTimesToOffer",
    "Offer",
    "OutsideHours",
    "PatientBusy",
    "PriceChanged",
    "SlotTaken",
    "TooFarAhead",
    "TooLate",
    "UnknownMode",
    "WallTimeAmbiguous",
    "WallTimeSkipped",
    "accept_follow_up",
    "add_hours",
    "add_time_off",
    "book_appointment",
    "cancel_appointment",
    "expire_all_holds",
    "hold_appointment",
    "mail_context",
    "move_appointment",
    "offer_follow_up",
    "rebuild_free_times",
    "refresh_search",
    "release_appointment",
    "remove_hours",
    "remove_time_off",
    "reschedule_appointment",
    "send_due_reminders",
]
