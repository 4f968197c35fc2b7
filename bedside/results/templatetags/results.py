"""Words and signs of the inbox and of patients' results: `{% load results %}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from bedside.consent.terms import RESULT_WAYS
from bedside.platform.ui.templatetags.ui import icon
from bedside.record.results.facts import Result
from bedside.record.results.trends import ResultTrend
from bedside.record.terms.results import KIND_WORDS
from bedside.results.models import Acknowledgement, HandOver, InboxItem, OrphanAlert
from bedside.results.queries import MyResult
from bedside.results.terms import MOVES, NEXT_STEPS, ORPHANS

register = template.Library()

_SIGNS = {"critical": ("octagon-alert", "stop"), "abnormal": ("triangle-alert", "look"), "other": ("check", "good")}
_CHIPS = {"critical": "chip-alarm", "abnormal": "chip-look", "other": "chip-good"}


def _is_spanish() -> bool:
    return (get_language() or "en")[:2] == "es"


@register.filter
def title_of(item: InboxItem) -> str:
    """Say what a result is called."""
    return item.title_es if _is_spanish() else item.title_en


@register.filter
def mark_name(mark: Mapping[str, Any]) -> str:
    """Say which test a marked value is of."""
    return str(mark["es"] if _is_spanish() else mark["en"])


@register.simple_tag
def urgency_words(item: InboxItem) -> str:
    """Say how urgent a result is."""
    said = {"critical": gettext("Critical"), "abnormal": gettext("Outside the range"), "other": gettext("In range")}
    return said[item.urgency]


@register.simple_tag
def urgency_icon(item: InboxItem) -> SafeString:
    """Draw the sign of an urgency. Its word stands beside it."""
    sign, tone = _SIGNS[item.urgency]
    return icon(sign, "", tone)


@register.simple_tag
def urgency_chip(item: InboxItem) -> SafeString:
    """Say how urgent a result is, in a chip."""
    sign, _tone = _SIGNS[item.urgency]
    return format_html('<span class="chip {}">{} {}</span>', _CHIPS[item.urgency], icon(sign), urgency_words(item))


@register.filter
def step_of(seen: Acknowledgement) -> str:
    """Say what comes next."""
    return NEXT_STEPS[seen.next_step].told(get_language() or "en")


@register.filter
def why_of(move: HandOver) -> str:
    """Say why a result went to someone else."""
    return gettext(dict(MOVES)[move.why])


@register.filter
def why_alone(alert: OrphanAlert) -> str:
    """Say why nobody would have seen a result."""
    return gettext(dict(ORPHANS)[alert.why])


@register.filter
def kind_name(kind: str) -> str:
    """Say which kind of test it is."""
    return KIND_WORDS[kind].told(get_language() or "en")


@register.simple_tag
def ways() -> list[tuple[str, str]]:
    """Return when a result can open, in words."""
    return [(code, gettext(words)) for code, words in RESULT_WAYS]


@register.simple_tag
def trend_for(mine: MyResult, result: Result) -> ResultTrend | None:
    """Return the drawing of a test over time, where there is one."""
    return mine.trends.get(result.key)
