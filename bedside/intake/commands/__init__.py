"""Every write of importing: give files, look through them, say who their patients are, store; file results."""

from .giving import NothingGiven, give_files
from .held import NotAReason, match_held, reject_held, take_held
from .leading import AlreadyBegun, NotDecided, NotThere, ask_to_store, decide_patient, drop_import
from .looking import look_through
from .receiving import file_kept, receive_message
from .storing import store_run

__all__ = [
    "AlreadyBegun",
    "NotAReason",
    "NotDecided",
    "NotThere",
    "NothingGiven",
    "ask_to_store",
    "decide_patient",
    "drop_import",
    "file_kept",
    "give_files",
    "look_through",
    "match_held",
    "receive_message",
    "reject_held",
    "store_run",
    "take_held",
]
