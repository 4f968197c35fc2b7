"""What the gateway does by the clock."""

from __future__ import annotations

from datetime import datetime

from bedside.platform.access import Actor
from bedside.platform.jobs import periodic

from .faces.drawing import draw_due_faces

#: Batches in one run. Why: after a large load the rest waits for the next minute, and other jobs get their turn.
BATCHES_MOST = 60


@periodic("* * * * *", name="gateway.draw_faces", policy="gateway.draw_faces")
def draw_faces(*, actor: Actor, now: datetime) -> int:
    """Draw what changed, so that whoever reads it next need not wait. Return how many notes are left."""
    left = 0
    for _ in range(BATCHES_MOST):
        left = draw_due_faces(actor=actor, now=now)
        if not left:
            break
    return left
