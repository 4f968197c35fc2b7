"""Every read of a live visit."""

from .chat import ChatLine, chat_since
from .lines import PlaceInLine, Waiter, place_in_line, waiting_room
from .visits import find_visit_of_appointment, get_visit, get_visit_of_appointment, is_participant

__all__ = [
    "ChatLine",
    "PlaceInLine",
    "Waiter",
    "chat_since",
    "find_visit_of_appointment",
    "get_visit",
    "get_visit_of_appointment",
    "is_participant",
    "place_in_line",
    "waiting_room",
]
