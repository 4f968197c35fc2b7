"""Why someone may see a chart, and what people consent to."""

from __future__ import annotations

RELATION_REASONS = [
    ("booked", "has an appointment"),
    ("treating", "is treating"),
    ("covering", "covers for a colleague"),
    ("proxy", "acts for the patient"),
    ("break_glass", "opened in an emergency"),
]

CONSENT_KINDS = [("telehealth", "telehealth")]
