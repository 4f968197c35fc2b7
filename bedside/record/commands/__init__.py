"""Every write to the chart. Each command authorises by the relation to the patient, writes and leaves its audit row."""

from .check_backs import send_check_backs
from .facts import (
    UnknownCode,
    record_allergy,
    record_diagnosis,
    record_medicine_statement,
    record_vital,
    record_vitals,
    resolve_problem,
    stop_medicine_statement,
)
from .home_care import assign_home_care, complete_task, undo_task
from .notes import NoteAlreadySigned, NoteChanged, NoteEmpty, add_addendum, save_note_draft, sign_note

__all__ = [
    "NoteAlreadySigned",
    "NoteChanged",
    "NoteEmpty",
    "UnknownCode",
    "add_addendum",
    "assign_home_care",
    "complete_task",
    "record_allergy",
    "record_diagnosis",
    "record_medicine_statement",
    "record_vital",
    "record_vitals",
    "resolve_problem",
    "save_note_draft",
    "send_check_backs",
    "sign_note",
    "stop_medicine_statement",
    "undo_task",
]
