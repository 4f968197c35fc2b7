"""Which interaction answers a call, and on what kind of connection."""

from __future__ import annotations

from collections.abc import Callable

from bedside.fhir.asking import Steps, answer_async, answer_whole
from bedside.platform.statements.borrowing import Borrowed, Lines

from .desk import Desk
from .interactions import bundling, reading, searching, writing
from .messages import Answer
from .operations import operate
from .routing import Interaction

Interact = Callable[[Desk], Steps[Answer]]

#: What only reads: each statement stands alone.
READS: dict[Interaction, Interact] = {
    "read": reading.read,
    "vread": reading.read,
    "history-instance": reading.history,
    "history-type": reading.history,
    "history-system": reading.history,
    "search-type": searching.search,
    "search-system": searching.search,
    "search-compartment": searching.search,
    "operation": operate,
}
#: What writes: in one transaction, with its audit rows.
WRITES: dict[Interaction, Interact] = {
    "create": writing.create,
    "update": writing.update,
    "patch": writing.patch,
    "delete": writing.delete,
    "conditional-update": writing.conditional_update,
    "conditional-patch": writing.conditional_patch,
    "conditional-delete": writing.conditional_delete,
    "batch": bundling.process,
}


async def answer_call(desk: Desk, lines: Lines) -> Answer:
    """Return the answer to a call, with what it changed committed."""
    interaction = desk.call.interaction
    if interaction in READS:
        async with Borrowed(lines) as connection:
            return await answer_async(READS[interaction](desk), connection)
    async with Borrowed(lines) as connection:
        return await answer_whole(WRITES[interaction](desk), connection)
