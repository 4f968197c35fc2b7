"""Words and days of the chart, as the reader's language has them: `{% load record %}`."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.translation import get_language, gettext

from bedside.platform.ui import words as said
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
