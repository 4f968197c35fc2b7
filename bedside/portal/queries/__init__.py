"""What stands on the pages that join rooms."""

from .board import Board, board
from .clinic import ClinicDay, clinic_day
from .looked import Deed, Looked, tell, who_looked
from .machines import Machines, machines
from .privacy import Found, PrivacyPage, check_log, privacy_page, search_log
from .today import Today, today

__all__ = [
    "Board",
    "ClinicDay",
    "Deed",
    "Found",
    "Looked",
    "Machines",
    "PrivacyPage",
    "Today",
    "board",
    "check_log",
    "clinic_day",
    "machines",
    "privacy_page",
    "search_log",
    "tell",
    "today",
    "who_looked",
]
