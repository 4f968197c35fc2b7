"""Answers lost on the way, as a phone loses them that goes from Wi-Fi to mobile data."""

from __future__ import annotations

from typing import Any


def lose(page: Any, pattern: str, *, times: int = 1, kinds: tuple[str, ...] = ()) -> list[str]:
    """Have the first requests that fit a pattern (of these kinds, if any are named) fail; return those that did.

    A script put in anew carries a query, so a pattern of a script ends in `*`.
    """
    lost: list[str] = []

    def meet(route: Any) -> None:
        is_meant = not kinds or route.request.resource_type in kinds
        if is_meant and len(lost) < times:
            lost.append(route.request.url)
            route.abort("connectionfailed")
        else:
            route.continue_()

    page.route(pattern, meet)
    return lost
