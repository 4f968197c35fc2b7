"""Every write of this room: care begins and ends, texts are agreed to, patients choose when results open."""

from .care import EmergencyNeedsAReason, begin_care, break_glass, end_care, give_consent
from .gentle import NotAChoice, choose_results, open_result

__all__ = [
    "EmergencyNeedsAReason",
    "NotAChoice",
    "begin_care",
    "break_glass",
    "choose_results",
    "end_care",
    "give_consent",
    "open_result",
]
