"""What this room does when something happened: tell the live line and the boards."""

from __future__ import annotations

from typing import Any

from bedside.platform.files.models import StoredFile
from bedside.platform.files.policy import guard_files_of

from .queries.visits import may_open_file_of


def connect() -> None:
    """Start listening. Called once, when the room is ready."""
    guard_files_of("visit", _may_open)


def _may_open(actor: Any, stored: StoredFile, now: Any) -> bool:
    return stored.source_id is not None and may_open_file_of(actor=actor, visit_id=stored.source_id, now=now)
