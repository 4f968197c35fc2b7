"""The one family of refusals.

A refusal is an answer, not an accident: it says what happened, that nothing was lost and what to do
next, without patient data. A subclass sits beside the command that raises it; its docstring is the
message people read, in English, and the key its translations are found by.
"""

from __future__ import annotations

import inspect
from typing import ClassVar


class Refusal(Exception):
    """Bedside could not do that. Nothing was changed."""

    status: ClassVar[int] = 400

    def __init__(self, **facts: object) -> None:
        """Keep the facts the message's ``{placeholders}`` need. Never put patient data in them."""
        self.facts = facts
        super().__init__(self.message.format(**facts) if facts else self.message)

    @property
    def message(self) -> str:
        """The plain-language message, untranslated and with its placeholders still open."""
        return message_of(type(self))

    @property
    def code(self) -> str:
        """A stable name for machines: the class name in snake case."""
        name = type(self).__name__
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def message_of(refusal: type[Refusal]) -> str:
    """Return the message of a refusal class: its docstring, unwrapped to one line."""
    doc = refusal.__doc__ or Refusal.__doc__ or ""
    return " ".join(inspect.cleandoc(doc).split())


class NotAllowed(Refusal):
    """You cannot do this. If you think you should, ask the clinic."""

    status = 403


class NotFound(Refusal):
    """We cannot find that page. It may have moved, or it may not be yours to see."""

    status = 404


class Conflict(Refusal):
    """Something changed while you were working. Look again; nothing of yours was lost."""

    status = 409


class Invalid(Refusal):
    """Something in what you entered needs another look. Nothing was saved."""

    status = 422


class Unavailable(Refusal):
    """Bedside cannot do this right now. Nothing was lost; try again in a minute."""

    status = 503
