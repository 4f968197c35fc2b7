"""The links in the shells. A room adds its own entries when it starts, so that nothing dangles.

This package is below every room: it never names a room's route. A room calls `add_entry` in its
`apps.ready`; the shell shows an entry when its route exists and the person may open it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from django.urls import NoReverseMatch, reverse

from bedside.platform.access import Actor, decide

Shell = Literal["patient", "clinic", "account", "step_in"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of a shell. `label` is an untranslated msgid; `section` is what a page calls itself."""

    shell: Shell
    section: str
    label: str
    icon: str
    url_name: str
    order: int
    action: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as one person sees it."""

    section: str
    label: str
    icon: str
    url: str


_ENTRIES: dict[tuple[str, str], Entry] = {}


def add_entry(
    shell: Shell, section: str, label: str, icon: str, url_name: str, *, order: int, action: str = ""
) -> None:
    """Add a link to a shell. With an `action`, only those who could ever do it see the link."""
    _ENTRIES[shell, section] = Entry(shell, section, label, icon, url_name, order, action)


def links(shell: Shell, actor: Actor) -> list[Link]:
    """Return the links of a shell that this actor may follow, in order."""
    found = []
    for entry in sorted(_ENTRIES.values(), key=lambda e: e.order):
        if entry.shell != shell or (entry.action and not decide(actor, entry.action).allowed):
            continue
        url = _address(entry.url_name)
        if url:
            found.append(Link(entry.section, str(entry.label), entry.icon, url))
    return found


@cache
def _address(url_name: str) -> str:
    """Return where a link leads, or nothing when no room has that route."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
