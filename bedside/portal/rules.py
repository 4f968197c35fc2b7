"""What matters now on a page: pure decisions from times and states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bedside.visits.terms import CHECK_IN_CLOSES, CHECK_IN_OPENS

#: Visits that are under way, from the patient's side.
IN_ROOM = frozenset({"in_call", "on_hold"})


def next_step(*, starts_at: datetime, visit_state: str, now: datetime) -> str:
    """Return what the patient can do about an appointment now: join, wait, check_in or nothing ("").

    `visit_state` is "" while no visit was opened.
    """
    if visit_state in IN_ROOM:
        return "join"
    if visit_state == "waiting":
        return "wait"
    if visit_state in {"", "opened", "checked_in"} and starts_at - CHECK_IN_OPENS <= now <= starts_at + CHECK_IN_CLOSES:
        return "check_in"
    return ""


def minutes_until(at: datetime, now: datetime) -> int:
    """Return whole minutes from now until then, rounded up; negative when it has passed."""
    return -int((now - at).total_seconds() // 60)


def part_of_day(local: datetime) -> str:
    """Return morning, afternoon or evening, for a greeting."""
    if 4 <= local.hour < 12:
        return "morning"
    return "afternoon" if 12 <= local.hour < 18 else "evening"


@dataclass(frozen=True, slots=True)
class Promise:
    """Something owed by a time: how much of the time is used (percent), and "", "look" (soon) or "late"."""

    due_at: datetime
    percent: int
    state: str


def promise(*, made_at: datetime, within: timedelta, now: datetime) -> Promise:
    """Return how a promise stands. It is soon due when three quarters of its time are used."""
    used = (now - made_at) / within
    percent = max(0, min(100, round(used * 100)))
    state = "late" if used > 1 else "look" if used >= 0.75 else ""
    return Promise(made_at + within, percent, state)


def countdown_percent(*, starts_at: datetime, now: datetime) -> int:
    """Return how full the ring around the doctor's face is: it fills over the hour before the visit."""
    left = (starts_at - now).total_seconds()
    return max(0, min(100, round(100 - left / 36)))
