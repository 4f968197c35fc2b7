"""`decide(actor, action, resource, context)`: the only place a yes is made.

A room registers each of its verbs once, with an audience (who could ever do this) and a rule (a pure
function of the actor, the facts of the resource and the context). No registration, no yes. A rule gets
facts, never a query: the caller loads what the rule needs, relations included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bedside.kernel.errors import NotAllowed, NotFound

from .actor import Actor


class Audience(StrEnum):
    """Who could ever do a thing, before any fact about it is known."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    STAFF = "staff"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds a decision: the time, and anything else a rule names."""

    now: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, and why in one code. A hidden no looks like a missing thing to the one who asked."""

    allowed: bool
    reason: str
    hidden: bool = False

    @classmethod
    def yes(cls, reason: str) -> Decision:
        """Allow, naming the relation or role that allows it."""
        return cls(True, reason)

    @classmethod
    def no(cls, reason: str) -> Decision:
        """Refuse openly: the actor may know that the thing exists."""
        return cls(False, reason)

    @classmethod
    def hide(cls, reason: str = "stranger") -> Decision:
        """Refuse as if there were nothing there."""
        return cls(False, reason, hidden=True)


Rule = Callable[[Actor, Any, Context], Decision]


@dataclass(frozen=True, slots=True)
class Action:
    """A registered verb: `room.verb_noun`, who could ever do it, and the rule that settles it."""

    name: str
    audience: Audience
    rule: Rule | None
    roles: frozenset[str]
    before_second_factor: bool = False


_ACTIONS: dict[str, Action] = {}


def register(
    name: str,
    *,
    audience: Audience,
    rule: Rule | None = None,
    roles: frozenset[str] = frozenset(),
    before_second_factor: bool = False,
) -> Action:
    """Register a verb. `roles`, when given, narrows the audience to actors with one of them.

    `before_second_factor` marks the few verbs staff may do while they have no second factor: setting one up.

    Raises: ValueError when the verb is registered already, so that no room can loosen another's.
    """
    if name in _ACTIONS:
        raise ValueError(f"action registered twice: {name}")
    _ACTIONS[name] = Action(name, audience, rule, roles, before_second_factor)
    return _ACTIONS[name]


def actions() -> Mapping[str, Action]:
    """Return every registered verb by name."""
    return dict(_ACTIONS)


def _awaits_second_factor(actor: Actor, action: Action) -> bool:
    """Staff without a second factor may see what anyone may see, and set one up. Source: OWASP ASVS 5.0, 6.3.3."""
    return (
        actor.is_signed_in
        and actor.is_staff
        and not actor.has_second_factor
        and action.audience is not Audience.ANYONE
        and not action.before_second_factor
    )


def _audience_admits(actor: Actor, action: Action) -> bool:
    if action.roles and not actor.has(*action.roles):
        return False
    match action.audience:
        case Audience.ANYONE:
            return True
        case Audience.SIGNED_IN:
            return actor.is_signed_in
        case Audience.STAFF:
            return actor.is_staff and actor.is_signed_in
        case Audience.HOUSE:
            return bool(actor.job)


def decide(actor: Actor, action: str, resource: Any = None, context: Context | None = None) -> Decision:
    """Answer whether the actor may do the action on the resource.

    With no resource, only the audience is asked: that is the gate at the door of a route. A verb with a
    rule says yes to a resource only through its rule.
    """
    known = _ACTIONS.get(action)
    if known is None:
        return Decision.hide("unregistered")
    if not _audience_admits(actor, known):
        return Decision.no("role") if actor.is_signed_in else Decision.hide("signed_out")
    if _awaits_second_factor(actor, known):
        return Decision.no("second_factor")
    if resource is None or known.rule is None:
        return Decision.yes("audience")
    return known.rule(actor, resource, context or Context())


def authorise(actor: Actor, action: str, resource: Any = None, context: Context | None = None) -> Decision:
    """Return the yes, or raise.

    Raises: NotFound for a hidden no, NotAllowed for an open one.
    """
    decision = decide(actor, action, resource, context)
    if decision.allowed:
        return decision
    raise NotFound() if decision.hidden else NotAllowed()
