"""Read the log: about a patient, by a person, on a day. Check that nobody has touched it."""

from .chain import Finding, LogReport, chain_head, verify_log
from .events import events_about, find_events

__all__ = ["Finding", "LogReport", "chain_head", "events_about", "find_events", "verify_log"]
