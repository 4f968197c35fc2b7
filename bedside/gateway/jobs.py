"""What the gateway does by the clock."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from bedside.platform.access import Actor
from bedside.platform.jobs import defer, periodic

from .faces.drawing import draw_due_faces

NAME = "gateway.draw_faces"
#: Batches in one run: some five seconds. Why: after a large load the rest goes to the end of the line, so that
#: reminders and whatever else waits have their turn in between.
BATCHES_MOST = 5


@periodic("* * * * *", name=NAME, policy="gateway.draw_faces")
def draw_faces(*, actor: Actor, now: datetime) -> int:
    """Draw what changed, so that whoever reads it next need not wait. Return how many notes are left.

    What is left is asked for again, unless the run of the next minute waits already.
    """
    left = 0
    for _ in range(BATCHES_MOST):
        left = draw_due_faces(actor=actor, now=now)
        if not left:
            return 0
    with suppress(AlreadyEnqueued), transaction.atomic():
        defer(NAME)
    return left
