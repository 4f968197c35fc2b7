"""What only this room's pages are drawn with: `{% load portal %}`."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bedside.portal.queries.board import Seat
from bedside.portal.queries.looked import Deed
from bedside.portal.queries.privacy import Found
from bedside.record.chart import Vital
from bedside.record.words import Words

register = template.Library()

#: The goal of the upper number. Source: ACC/AHA 2017 guideline, section 8.1.5: below 130/80.
GOAL = 130


@register.filter
def told(words: Words) -> str:
    """Say a text that is kept in both languages in the reader's."""
    return words.told(get_language() or "en")


@register.simple_tag(takes_context=True)
def patient_link(context: Context, seat: Seat) -> SafeString:
    """Name the patient with their age; linked to the chart on a board of one's own patients."""
    person = seat.appointment.patient
    words = person.full_name if seat.age is None else f"{person.full_name}, {seat.age}"
    if context["page"].is_whole_clinic:
        return format_html("{}", words)
    return format_html('<a href="{}">{}</a>', reverse("record:chart", args=[person.id]), words)


@register.simple_tag
def patient_of(found: Found, deed: Deed) -> str:
    """Name the patient of a row of the log."""
    person = found.patients.get(deed.patient_id) if deed.patient_id else None
    return person.full_name if person else ""


@register.simple_tag
def pressure_line(vitals: Sequence[Vital]) -> SafeString:
    """Draw the upper number over time, oldest first, over the band of the goal."""
    values = [float(vital.value) for vital in vitals]
    low, high = min(*values, GOAL - 15), max(*values, GOAL + 5)

    def y(value: float) -> str:
        return f"{4 + (high - value) / (high - low) * 32:.1f}"

    step = 94 / max(1, len(values) - 1)
    points = " ".join(f"{3 + at * step:.1f},{y(value)}" for at, value in enumerate(values))
    label = _("Upper number over {count} readings, from {first} to {last}. The goal is below {goal}.").format(
        count=len(values), first=f"{values[0]:.0f}", last=f"{values[-1]:.0f}", goal=GOAL
    )
    band = y(GOAL)
    return format_html(
        '<svg class="spark" role="img" aria-label="{}"><rect class="band" x="0" y="{}" width="100%" height="{}"/>'
        '<svg viewBox="0 0 100 40" preserveAspectRatio="none" width="100%" height="40">'
        '<polyline class="line" points="{}"/></svg><circle class="dot" cx="97%" cy="{}" r="4.5"/></svg>',
        label,
        band,
        f"{40 - float(band):.1f}",
        points,
        y(values[-1]),
    )
