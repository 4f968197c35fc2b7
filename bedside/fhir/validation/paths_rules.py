"""Invariants compiled from their FHIRPath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bedside.fhir.definitions import Invariant

from .wrong import Around


def compiled(invariant: Invariant) -> Callable[[Any, Around], bool] | None:
    """Return the predicate of an invariant."""
    return None
