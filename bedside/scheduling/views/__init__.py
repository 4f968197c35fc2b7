"""The pages of scheduling, by what people do on them."""

from .booking import accept, confirm, doctor, find, hold, offered, release
from .calendar import close_hours, come_back, follow_up, hours, open_hours, take_off
from .visits import appointment, appointments, calendar_file, cancel, move

__all__ = [
    "accept",
    "appointment",
    "appointments",
    "calendar_file",
    "cancel",
    "close_hours",
    "come_back",
    "confirm",
    "doctor",
    "find",
    "follow_up",
    "hold",
    "hours",
    "move",
    "offered",
    "open_hours",
    "release",
    "take_off",
]
