"""Words and days of the chart, as the reader's language has them: `{% load record %}`."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.translation import get_language, gettext

from bedside.platform.ui import words as said
from bedside.record.results.facts import Result
from bedside.record.terms.lab_tests import LAB_TESTS
from bedside.record.terms.results import FLAG_WORDS, STATUS_WORDS
from bedside.record.words import Words

register = template.Library()


@register.filter
def told(words: Words | None) -> str:
    """Say a text that is kept in both languages."""
    return words.told(get_language() or "en") if words else ""


@register.filter
def since(day: str) -> str:
    """Say a FHIR date as far as it is known: 2019, May 2019, or May 14, 2019."""
    language = get_language() or "en"
    try:
        if len(day) >= 10:
            return said.long_date(date.fromisoformat(day[:10]), language)
        if len(day) == 7:
            whole = said.long_date(date.fromisoformat(f"{day}-01"), language)
            return whole.replace(" 1,", "").replace("1 de ", "")
    except ValueError:
        return ""
    return day


@register.filter
def unit(vital: object) -> str:
    """Say a value's unit; nothing where there is none."""
    return str(getattr(getattr(vital, "measure", None), "unit", ""))


@register.filter
def certainty(problem: object) -> str:
    """Say how sure a diagnosis is."""
    return gettext("Provisional") if getattr(problem, "certainty", "") == "provisional" else gettext("Confirmed")


_SIGNS = {
    "critical": "octagon-alert", "critical_high": "octagon-alert", "critical_low": "octagon-alert",
    "high": "chevron-up", "low": "chevron-down", "abnormal": "triangle-alert", "normal": "check",
}  # fmt: skip


@register.inclusion_tag("record/parts/flag.html")
def flag(result: Result, is_quiet: bool = False) -> dict[str, object]:
    """Say how a result stands, in a sign and a word. With `is_quiet` nothing is said of what is in range."""
    tone = "alarm" if result.is_critical else "look" if result.is_abnormal else "good"
    words = FLAG_WORDS[result.flag if result.trouble != "disagree" else "abnormal"]
    sign = _SIGNS.get(result.flag, "circle-help") if result.trouble != "disagree" else "triangle-alert"
    is_shown = result.is_abnormal or (result.flag == "normal" and not is_quiet)
    return {"result": result, "tone": tone, "words": words, "sign": sign, "is_shown": is_shown}


@register.filter
def status_words(status: str) -> str:
    """Say the status of a report or a result."""
    return told(STATUS_WORDS.get(status, STATUS_WORDS["unknown"]))


@register.filter
def meaning(result: Result) -> str:
    """Say in one line what a test is about; nothing for one we do not know."""
    known = LAB_TESTS.get(result.code)
    return told(known.meaning) if known else ""
