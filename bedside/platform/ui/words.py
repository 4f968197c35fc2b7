"""Dates, times and money as people say them, in English and Spanish. Pure: a value and a language in, words out."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel.core import Locale
from babel.dates import format_date, format_skeleton, format_timedelta, get_timezone_name
from babel.numbers import format_currency

from bedside.kernel.money import MINOR_DIGITS, Money

#: How each language is written here. Source: Unicode CLDR, English and Spanish of the United States.
LOCALES = {"en": "en_US", "es": "es_US"}

#: Keeps a time on one line.
_NARROW = "\N{NO-BREAK SPACE}"


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Return the CLDR locale a language is written in."""
    return Locale.parse(LOCALES.get(language.split("-")[0], "en_US"))


def clock_time(at: datetime, zone: tzinfo, language: str) -> str:
    """Say a time of day: 2:20 pm, 2:20 p. m."""
    local = at.astimezone(zone)
    hour = local.hour % 12 or 12
    half = "am" if local.hour < 12 else "pm"
    if language.startswith("es"):
        half = f"{half[0]}.{_NARROW}m."
    return f"{hour}:{local.minute:02d}{_NARROW}{half}"


@lru_cache(maxsize=4096)
def day(on: date, language: str, today: date | None = None) -> str:
    """Say a day: Tuesday, November 24; with the year when it is not this one."""
    if today is not None and on.year != today.year:
        return format_date(on, "full", locale=locale_of(language))
    pattern = "EEEE, d 'de' MMMM" if language.startswith("es") else "EEEE, MMMM d"
    return format_date(on, pattern, locale=locale_of(language))


def short_day(on: date, language: str) -> str:
    """Say a day in little room: Nov 24, 24 nov."""
    return format_skeleton("MMMd", on, locale=locale_of(language))


def long_date(on: date, language: str) -> str:
    """Say a day of any year: March 9, 1985; 9 de marzo de 1985."""
    return format_date(on, "long", locale=locale_of(language))


def near_day(on: date, today: date, language: str) -> str:
    """Say today, tomorrow or yesterday, and otherwise the day."""
    near = {
        "en": {0: "Today", 1: "Tomorrow", -1: "Yesterday"},
        "es": {0: "Hoy", 1: "Mañana", -1: "Ayer"},
    }[language.split("-")[0] if language.split("-")[0] in LOCALES else "en"]
    return near.get((on - today).days) or day(on, language, today)


def moment(at: datetime, zone: tzinfo, language: str, now: datetime) -> str:
    """Say a day and a time: Today, 2:20 pm; martes, 24 de noviembre, 2:20 p. m."""
    local_day = at.astimezone(zone).date()
    today = now.astimezone(zone).date()
    return f"{near_day(local_day, today, language)}, {clock_time(at, zone, language)}"


def zone_name(zone: tzinfo, language: str, at: datetime | None = None) -> str:
    """Say a time zone: Central Time, hora central."""
    if str(zone) in {"UTC", "Etc/UTC"}:
        return "UTC"
    return str(get_timezone_name(zone, width="long", locale=locale_of(language), return_zone=False))


def money(amount: Money, language: str) -> str:
    """Say an amount: $45.00."""
    digits = MINOR_DIGITS.get(amount.currency, 2)
    return str(format_currency(Decimal(amount.minor).scaleb(-digits), amount.currency, locale=locale_of(language)))


def ago(at: datetime, now: datetime, language: str) -> str:
    """Say how long ago: just now, 5 minutes ago, 2 hours ago, then the days."""
    gone = now - at
    if timedelta(0) <= gone < timedelta(minutes=1):
        return {"es": "ahora mismo"}.get(language.split("-")[0], "just now")
    words = format_timedelta(-gone, add_direction=True, locale=locale_of(language), threshold=1.2)
    return str(words)
