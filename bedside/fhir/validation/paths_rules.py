"""Invariants compiled from their FHIRPath, where none stands in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bedside.fhir.definitions import Invariant
from bedside.fhir.paths import compile_path

from .wrong import Around


def compiled(invariant: Invariant, kind: str) -> Callable[[Any, Around], bool]:
    """Return the predicate of an invariant on values of a type; what cannot be told of a value is let pass.

    Raises: UnsupportedPath for an expression this house does not know; there is none in R4.
    """
    path = compile_path(invariant.expression, kind=kind)

    def holds(value: Any, around: Around) -> bool:
        return path.holds(value, resource=around.resource, root=around.root) is not False

    return holds
