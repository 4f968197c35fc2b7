"""Dates, times and money read as people say them, in both languages."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bedside.kernel.money import Money
from bedside.kernel.time import UTC
from bedside.platform.ui import words

AUSTIN = ZoneInfo("America/Chicago")
AT = datetime(2026, 11, 24, 20, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "english", "spanish"),
    [
        (0, "12:05 am", "12:05 a. m."),
        (9, "9:05 am", "9:05 a. m."),
        (12, "12:05 pm", "12:05 p. m."),
        (23, "11:05 pm", "11:05 p. m."),
    ],
)
def test_a_time_of_day_is_said_in_twelve_hours(hour, english, spanish):
    at = datetime(2026, 11, 24, hour, 5, tzinfo=AUSTIN)
    assert words.clock_time(at, AUSTIN, "en").replace("\xa0", " ") == english
    assert words.clock_time(at, AUSTIN, "es").replace("\xa0", " ") == spanish


def test_a_time_is_said_in_the_zone_of_the_reader():
    assert words.clock_time(AT, ZoneInfo("America/New_York"), "en") == "3:20\xa0pm"


def test_a_day_has_its_weekday_and_a_year_only_when_it_is_another():
    assert words.day(date(2026, 11, 24), "en", date(2026, 1, 1)) == "Tuesday, November 24"
    assert words.day(date(2026, 11, 24), "es", date(2026, 1, 1)) == "martes, 24 de noviembre"
    assert words.day(date(2027, 1, 5), "en", date(2026, 12, 30)) == "Tuesday, January 5, 2027"


@pytest.mark.parametrize(
    ("days", "english", "spanish"),
    [
        (0, "Today, 2:20 pm", "Hoy, 2:20 p. m."),
        (1, "Tomorrow, 2:20 pm", "Mañana, 2:20 p. m."),
        (-1, "Yesterday, 2:20 pm", "Ayer, 2:20 p. m."),
        (5, "Sunday, November 29, 2:20 pm", "domingo, 29 de noviembre, 2:20 p. m."),
    ],
)
def test_a_moment_near_now_is_said_by_its_distance(days, english, spanish):
    at = AT + timedelta(days=days)
    assert words.moment(at, AUSTIN, "en", AT).replace("\xa0", " ") == english
    assert words.moment(at, AUSTIN, "es", AT).replace("\xa0", " ") == spanish


def test_today_is_the_readers_today():
    late = datetime(2026, 11, 25, 5, 30, tzinfo=UTC)  # still the 24th in Austin
    assert words.moment(late, AUSTIN, "en", AT).startswith("Today")


def test_a_zone_is_called_as_people_call_it():
    assert words.zone_name(AUSTIN, "en") == "Central Time"
    assert words.zone_name(AUSTIN, "es") == "hora central"
    assert words.zone_name(ZoneInfo("UTC"), "es") == "UTC"


def test_money_has_its_sign_and_its_cents():
    assert words.money(Money(4500, "USD"), "en") == "$45.00"
    assert words.money(Money(1500, "CLP"), "en").endswith("1,500")


@pytest.mark.parametrize(
    ("gone", "english", "spanish"),
    [
        (timedelta(seconds=20), "just now", "ahora mismo"),
        (timedelta(minutes=5), "5 minutes ago", "hace 5 minutos"),
        (timedelta(hours=3), "3 hours ago", "hace 3 horas"),
    ],
)
def test_how_long_ago(gone, english, spanish):
    assert words.ago(AT - gone, AT, "en") == english
    assert words.ago(AT - gone, AT, "es") == spanish
