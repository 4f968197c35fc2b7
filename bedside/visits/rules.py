"""What a visit may do next, how long someone will wait, and what a device test means. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .terms import CAPABILITIES, CHECK_IN_CLOSES, CHECK_IN_OPENS, DEVICE_RESULTS, MOVES


def may_move(from_state: str, to_state: str) -> bool:
    """Say whether a visit in one state may go to the other."""
    return to_state in MOVES.get(from_state, frozenset())


def may_check_in(starts_at: datetime, now: datetime) -> str:
    """Return "" when the door is open, else "early" or "late"."""
    if now < starts_at - CHECK_IN_OPENS:
        return "early"
    return "late" if now > starts_at + CHECK_IN_CLOSES else ""


def capabilities(role: str) -> frozenset[str]:
    """Return what someone in that role can do in the room. An unknown role can do nothing."""
    return CAPABILITIES.get(role, frozenset())


def line_key(starts_at: datetime, waiting_since: datetime) -> datetime:
    """Return what orders the waiting room: the booked time, or the arrival when that was later."""
    return max(starts_at, waiting_since)


@dataclass(frozen=True, slots=True)
class WaitEstimate:
    """When the doctor is likely to be free for someone, and how late that is."""

    expected_at: datetime
    late_minutes: int


def estimate_wait(
    *,
    now: datetime,
    starts_at: datetime,
    waiting_since: datetime,
    ahead: int,
    visit_minutes: int,
    present_visit_started_at: datetime | None,
) -> WaitEstimate:
    """Estimate the wait from who is in the room and who is ahead.

    Why: it must be honest rather than kind. A visit that has run over its time is taken to last five minutes
    more, and lateness is rounded up to five minutes. A patient who came late is not told that the doctor is.
    Units: minutes.
    """
    length = timedelta(minutes=visit_minutes)
    free_at = now
    if present_visit_started_at is not None:
        free_at = max(present_visit_started_at + length, now + timedelta(minutes=5))
    due_at = line_key(starts_at, waiting_since)
    expected_at = max(due_at, free_at + ahead * length, now)
    late_by = expected_at - due_at
    late_minutes = math.ceil(late_by / timedelta(minutes=5)) * 5 if late_by >= timedelta(minutes=2) else 0
    return WaitEstimate(expected_at, late_minutes)


def clean_device_test(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what a device test may say, in its bounds; drop everything else."""
    clean: dict[str, Any] = {}
    for key in ("camera", "microphone", "speaker"):
        if figures.get(key) in DEVICE_RESULTS:
            clean[key] = figures[key]
    for key, most in (("rtt_ms", 60_000.0), ("loss", 1.0)):
        value = figures.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
            clean[key] = round(float(value), 3)
    advice = figures.get("advice")
    if isinstance(advice, str):
        clean["advice"] = "".join(c for c in advice if c.isprintable())[:200]
    return clean


def readiness(device_test: Mapping[str, Any]) -> str:
    """Say in one code what a device test promises: ready, voice_only, no_sound, weak_link or unknown."""
    if not device_test.get("microphone"):
        return "unknown"
    if "fail" in (device_test.get("microphone"), device_test.get("speaker")):
        return "no_sound"
    if device_test.get("loss", 0) > 0.12 or device_test.get("rtt_ms", 0) > 1200:
        return "weak_link"
    if device_test.get("camera") != "ok":
        return "voice_only"
    return "ready"
