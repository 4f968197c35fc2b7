"""What every converter gives back: documents of FHIR on their way in, each with the name its sender knows it by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]


@dataclass(slots=True)
class Brought:
    """One resource that a file brought.

    Shape: `place` says where in the file it stands, for people; `full_url` is its fullUrl, "" when it has none; `key`
    is "Type/id" as the sender names it, "" when the sender gives no id.
    """

    place: str
    document: Document
    full_url: str = ""
    key: str = ""

    @property
    def kind(self) -> str:
        """The type of the resource."""
        return str(self.document.get("resourceType", ""))


@dataclass(frozen=True, slots=True)
class Untaken:
    """Something of a file that is not taken: where it stands, what it is, a code of `terms.REASONS`, and words."""

    place: str
    kind: str
    reason: str
    words: str = ""


@dataclass(slots=True)
class Contents:
    """What is in a file: what may be stored, in its order, and what could not be read at all."""

    brought: list[Brought]
    refused: list[Untaken]
