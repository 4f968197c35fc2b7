"""The error-level invariants of R4, as checks: the commonest in Python, the others compiled from their FHIRPath.

Why in Python too: these stand on nearly every document, and cost a tenth of what a general path costs.
A test holds each to its FHIRPath on every example.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bedside.fhir.definitions import Invariant, TypeDefinition

from .common_rules import RULES
from .long_rules import LONG_RULES
from .paths_rules import compiled
from .references import check_reference
from .wrong import Around, Check, Wrongs, one

#: Kept elsewhere, for all resources at once (`resources`) or by the check of the narrative.
NATIVE = RULES | LONG_RULES
KEPT_ELSEWHERE = frozenset({"dom-2", "dom-3", "dom-4", "dom-5", "txt-1", "txt-2", "ref-1"})


def rules_of(definition: TypeDefinition) -> list[Check]:
    """Return the checks of what must hold of a value of a type as a whole."""
    found = [_rule(invariant, definition.name, definition.name) for invariant in definition.invariants]
    if definition.name == "Reference":
        found.append(check_reference)
    if definition.name == "Extension":
        found.append(_check_extension)
    return [check for check in found if check is not None]


def with_rules(check: Check, kind: str, invariants: tuple[Invariant, ...]) -> Check:
    """Return a check that also keeps what must hold of one element's values."""
    rules = [rule for invariant in invariants if (rule := _rule(invariant, invariant.path, kind)) is not None]
    if not rules:
        return check

    def check_rules(value: Any, around: Around) -> Wrongs:
        found = check(value, around)
        for rule in rules:
            if found is not None:
                break
            found = rule(value, around)
        return found

    return check_rules


def _rule(invariant: Invariant, place: str, kind: str) -> Check | None:
    if invariant.severity != "error" or invariant.key in KEPT_ELSEWHERE:
        return None
    holds = NATIVE.get(f"{place}:{invariant.key}") or NATIVE.get(invariant.key) or compiled(invariant, kind)
    return _kept(holds, invariant)


def _kept(holds: Callable[[Any, Around], bool], invariant: Invariant) -> Check:
    human = invariant.human.strip().rstrip(".")
    words = f" breaks the rule {invariant.key}: {human}."

    def check_rule(value: Any, around: Around) -> Wrongs:
        return None if holds(value, around) else one(words, "invariant")

    return check_rule


def _check_extension(value: dict[str, Any], around: Around) -> Wrongs:
    """Check ext-1: a value or extensions of its own, one of them."""
    has_value = False
    for key in value:
        if key[:5] == "value" or key[:6] == "_value":
            has_value = True
            break
    if has_value is not ("extension" in value):
        return None
    told = "not both" if has_value else "and this has neither"
    return one(f" breaks the rule ext-1: an extension has a value or extensions of its own, {told}.", "invariant")
