"""Every write of this room: results reach someone, are seen, are handed on, and none is left alone."""

from .acknowledging import AlreadySeen, NewerVersion, acknowledge_result
from .escalating import escalate_late, give_result, take_result
from .filing import file_new, file_report
from .proving import prove_seen, settle_orphan

__all__ = [
    "AlreadySeen",
    "NewerVersion",
    "acknowledge_result",
    "escalate_late",
    "file_new",
    "file_report",
    "give_result",
    "prove_seen",
    "settle_orphan",
    "take_result",
]
