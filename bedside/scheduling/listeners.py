"""What scheduling does when a room below tells it something."""

from __future__ import annotations

from bedside.directory.events import PapersChanged
from bedside.kernel.time import utc_now
from bedside.platform.access import system_actor

from .commands import rebuild_free_times


def on_papers_changed(event: PapersChanged) -> None:
    """Work out the search row of a practitioner whose papers or practice changed."""
    rebuild_free_times(
        actor=system_actor("scheduling.refresh_search"), now=utc_now(), practitioner_ids=[event.practitioner_id]
    )
