"""One request being answered: who asks, for what, what they reach, and what they have been shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bedside.accounts.grants import Grant
from bedside.fhir.reach import Reach
from bedside.kernel.errors import Refusal

from .door import insufficient_scope
from .messages import Answer, Request
from .negotiation import Form
from .routing import Call
from .trail import Trail


@dataclass(slots=True)
class Desk:
    """Everything an interaction needs. The database it asks by steps; see `bedside.fhir.asking`.

    Shape: `slots` are the answers to a Bundle's questions about slots, by their url; see `faces.slot_desk`.
    """

    request: Request
    call: Call
    form: Form
    grant: Grant
    reach: Reach
    trail: Trail
    slots: Mapping[str, Answer | Refusal] = field(default_factory=dict)

    def needs(self, kind: str, letters: str) -> None:
        """Refuse what no scope of the token covers, whatever there is. Raises: Refused."""
        holders: list[Any] = ["system"] if self.grant.actor.job else ["user", "patient"]
        kinds = self.grant.scopes.kinds(letters, holders=holders)
        if not (kinds if kind == "" else kinds & {kind, "*"}):
            raise insufficient_scope(kind, letters, is_program=bool(self.grant.actor.job))
