"""What is wrong with a document, said so that whoever sent it can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bedside.kernel.errors import Invalid

Severity = Literal["error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where.

    Shape: `path` is a FHIRPath such as `Observation.component[1].code`, or a JSON Pointer-free "" for the whole;
    `code` is an issue type. Source: FHIR R4 4.0.1, value set issue-type.
    """

    path: str
    code: str
    words: str
    severity: Severity = "error"


class DocumentRefused(Invalid):
    """That document is not valid FHIR R4. Nothing was saved; each fault is listed with its place."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults, in the order they stand in the document."""
        self.faults = list(faults)
        super().__init__()
