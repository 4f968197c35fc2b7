"""What can be asked about slots, and where: they are worked out when asked, so the store knows nothing of them.

Why: a store that is asked for what it does not keep answers "none", and a patient would be told that no time is free.
So whatever cannot be answered is refused, with where to ask instead. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from bedside.fhir.search.query import AllOf, AnyOf, Chain, Clause, Has, Query
from bedside.gateway.refusals import Refused
from bedside.gateway.routing import Call

KIND = "Slot"
#: Entries of one Bundle that may ask for slots: each takes some milliseconds of a calendar.
ENTRIES_MOST = 50

_INSTEAD = "Ask Slot?schedule=Schedule/[id], or Slot/[id]."


def is_about_slots(call: Call) -> bool:
    """Say whether a call is one about slots that is answered: to read one, or to search for them."""
    return call.kind == KIND and call.interaction in ("read", "search-type")


def refuse_stored_slots(call: Call) -> None:
    """Refuse what would look for slots in the store: their versions and history, a patient's. Raises: Refused."""
    if call.kind == KIND:
        words = f"Slots are worked out when asked: they have no versions, and are nobody's. {_INSTEAD}"
        raise Refused(400, "not-supported", words, path=KIND)


def refuse_slots_within(query: Query) -> None:
    """Refuse a search that would have to know slots to be answered. Raises: Refused."""
    if KIND in query.kinds:
        words = f"Slots are worked out when asked, so a search of several types cannot hold them. {_INSTEAD}"
        raise Refused(400, "not-supported", words, path="http._type")
    asked = any(one.is_reverse and one.source == KIND for one in query.includes)
    if asked or any(map(_needs_slots, query.clauses)):
        words = f"Slots are worked out when asked: they cannot be included, or stand in a chain or in _has. {_INSTEAD}"
        raise Refused(400, "not-supported", words, path=KIND)


def slots_left_out(call: Call, query: Query) -> tuple[str, ...]:
    """Return what to say of slots that a search leaves out without having been asked for them by name."""
    if query.kind is None and not query.kinds and not call.within[0]:
        return (f"Slots are worked out when asked, so a search of every type leaves them out. {_INSTEAD}",)
    everything = [one for one in query.includes if one.is_reverse and one.source == "*"]
    if any(one.is_iterating or "Schedule" in (query.kind, *query.kinds) for one in everything):
        return (f"Slots are worked out when asked, so _revinclude=* leaves them out. {_INSTEAD}",)
    return ()


def too_many_slots() -> Refused:
    """Return the refusal of an entry that asks for slots after many others did."""
    words = f"A Bundle asks for slots at most {ENTRIES_MOST} times. Ask for these by themselves."
    return Refused(422, "too-costly", words, path=KIND)


def _needs_slots(clause: Clause) -> bool:
    match clause:
        case Chain(branches=branches):
            return all(kind == KIND or _needs_slots(inner) for kind, inner in branches)
        case Has(param, inner):
            return param.kinds == (KIND,) or _needs_slots(inner)
        case AllOf(clauses) | AnyOf(clauses):
            return _any(clauses)
    return False


def _any(clauses: Iterable[Clause]) -> bool:
    return any(map(_needs_slots, clauses))
