"""Who may do what: one `decide()`, default deny. Knows verbs and facts, never a table of care."""

from .actor import ANONYMOUS, Actor, system_actor
from .decide import (
    Action,
    Audience,
    Context,
    Decision,
    actions,
    authorise,
    decide,
    register,
)

__all__ = [
    "ANONYMOUS",
    "Action",
    "Actor",
    "Audience",
    "Context",
    "Decision",
    "actions",
    "authorise",
    "decide",
    "register",
    "system_actor",
]
