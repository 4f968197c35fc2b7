"""What searches ask of terminology: the codes behind `:in`, `:not-in`, `:above` and `:below`."""

from __future__ import annotations

from bedside.fhir.asking import Steps

from .compose import Wanted, members_of
from .faults import too_costly
from .systems import get_system, get_value_set

#: As many codes as one search may stand for.
MOST_CODES = 5_000

Codes = list[tuple[str, str]]


def codes_of_value_set(url: str) -> Steps[Codes]:
    """Return the codes of a value set, each with its system.

    Raises: TerminologyMissing when it is not here; DocumentRefused ("too-costly") when it has more than 5,000.
    """
    document = yield from get_value_set(url)
    members = yield from members_of(document, Wanted(most=MOST_CODES))
    return [(one.system, one.concept.code) for one in members]


def descendants(system: str, code: str) -> Steps[Codes]:
    """Return a code and all below it, as `:below` means it.

    Raises: TerminologyMissing when the code system is not here; DocumentRefused ("too-costly") for more than 5,000.
    """
    held = yield from get_system(system)
    below = yield from held.below(code, limit=MOST_CODES)
    if len(below) >= MOST_CODES:
        raise too_costly(f"More than {MOST_CODES:,} codes stand below {code}.")
    return [(system, one) for one in dict.fromkeys((code, *below))]


def ancestors(system: str, code: str) -> Steps[Codes]:
    """Return a code and all above it, as `:above` means it.

    Raises: TerminologyMissing when the code system is not here.
    """
    held = yield from get_system(system)
    found: dict[str, None] = {code: None}
    rest = [code]
    while rest:
        concepts = yield from held.find(rest)
        rest = [parent for one in concepts.values() for parent in one.parents if parent not in found]
        found.update(dict.fromkeys(rest))
    return [(system, one) for one in found]
