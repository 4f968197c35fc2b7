"""Every write of a live visit."""

from .arrival import PlaceNotCovered, cancel_visit, check_in_patient, enter_waiting_room, open_visit
from .chat import attach_file, mark_read, send_chat_message
from .conduct import admit_patient, change_mode, end_visit, hold_visit, mark_no_show, take_up_visit
from .letters import keep_letter, keep_letters
from .people import admit_participant, deny_participant, invite_participant, remove_participant
from .presence import join_room, leave_room, lose_line, resume_line, sweep_rooms, tell_readiness
from .tickets import IssuedTicket, issue_ticket, redeem_ticket

__all__ = [
    "IssuedTicket",
    "PlaceNotCovered",
    "admit_participant",
    "admit_patient",
    "attach_file",
    "cancel_visit",
    "change_mode",
    "check_in_patient",
    "deny_participant",
    "end_visit",
    "enter_waiting_room",
    "hold_visit",
    "invite_participant",
    "issue_ticket",
    "join_room",
    "keep_letter",
    "keep_letters",
    "leave_room",
    "lose_line",
    "mark_no_show",
    "mark_read",
    "open_visit",
    "redeem_ticket",
    "remove_participant",
    "resume_line",
    "send_chat_message",
    "sweep_rooms",
    "take_up_visit",
    "tell_readiness",
]
