"""What the pattern page shows: people who are not real, a form in its states, one story per part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.utils.translation import gettext_lazy as _

from bedside.kernel.money import Money
from bedside.kernel.time import UTC

from .faces import seed_for
from .words import LOCALES

#: Anchor, name and template of every part, in the order of the page.
PARTS = [
    ("colour", _("Colour")),
    ("type", _("Type")),
    ("buttons", _("Buttons and links")),
    ("fields", _("Fields")),
    ("chips", _("Chips and counts")),
    ("people", _("People and the care clock")),
    ("faces", _("Drawn faces")),
    ("now", _("The card that matters now")),
    ("rows", _("Rows on a spine")),
    ("banners", _("Banners")),
    ("tabs", _("Index tabs and segments")),
    ("progress", _("Steps and progress")),
    ("timeline", _("Timeline")),
    ("table", _("Data table")),
    ("numbers", _("Numbers drawn")),
    ("board", _("Day-board column")),
    ("video", _("Video tiles and controls")),
    ("chat", _("Messages")),
    ("edges", _("Toast, empty page, dialog")),
    ("themes", _("Both themes, both languages")),
    ("icons", _("Icons")),
]


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person made up for this page."""

    full_name: str
    portrait_seed: int | None = None

    @property
    def initials(self) -> str:
        """Two letters."""
        return "".join(word[0] for word in self.full_name.split()[:2])


PEOPLE = {
    "ada": Somebody("Ada Reyes", seed_for(7, is_woman=True, age=41)),
    "chen": Somebody("Lin Chen", seed_for(9, is_woman=True, age=48, is_clinician=True)),
    "gita": Somebody("Gita Rao"),
    "rosa": Somebody("Rosa Marín"),
    "femi": Somebody("Femi Okafor"),
    "tomas": Somebody("Tomás Vega"),
    "ben": Somebody("Ben Reyes"),
}


class SampleForm(forms.Form):
    """One field of every kind; it is shown after a mistake, so that errors are seen."""

    phone = forms.CharField(
        label=_("Phone"),
        help_text=_("We call only if the line drops."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        min_length=10,
        error_messages={"min_length": _("It needs 10 digits, like 512 555 0182.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("es", "Español")])
    story = forms.CharField(label=_("What happened?"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    place = forms.ChoiceField(
        label=_("Where are you today?"),
        choices=[("home", _("At home")), ("else", _("Somewhere else"))],
        widget=forms.RadioSelect,
    )
    agrees = forms.BooleanField(label=_("I agree to a visit by video."), required=False)


@cache
def icon_names() -> tuple[str, ...]:
    """Return the names in the sprite."""
    sprite = Path(str(finders.find("ui/icons.svg"))).read_text()
    return tuple(re.findall(r'<symbol id="([^"]+)"', sprite))


def pattern_facts() -> dict[str, Any]:
    """Return everything the pattern page shows. The same on every call."""
    at = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    return {
        **PEOPLE,
        "form": SampleForm({"phone": "512 555", "language": "es", "story": "", "place": "home"}),
        "faces": [
            Somebody("", seed_for(n, is_woman=n % 2 == 0, age=(9, 28, 45, 74)[n % 4 - n // 4 % 2], is_clinician=n > 15))
            for n in range(24)
        ],
        "parts": [(anchor, name, f"ui/patterns/{anchor}.html") for anchor, name in PARTS],
        "samples": [(code, theme) for code in LOCALES for theme in ("light", "dark")],
        "icons": icon_names(),
        "sample_at": at,
        "sample_now": at - timedelta(hours=2),
        "sample_fee": Money(4500, "USD"),
    }
