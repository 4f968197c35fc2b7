"""Names, birthdays, devices and session ends, as tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.accounts import rules
from bedside.accounts.terms import SessionLimit

LIMIT = SessionLimit(idle=timedelta(minutes=15), absolute=timedelta(hours=12))


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("Ada", ""),
        ("José María", ""),
        ("نور", ""),
        ("नूर\u200dजहाँ", ""),
        ("", "empty"),
        ("a" * 101, "long"),
        ("Ada\u202e", "hidden"),
        ("Ada\u0007", "hidden"),
        ("Ada\ud800", "hidden"),
        ("...", "wordless"),
        ("🌿", "wordless"),
    ],
)
def test_what_is_a_name(name: str, fault: str) -> None:
    assert rules.name_fault(name) == fault


@given(st.text(max_size=200))
def test_tidying_a_tidy_name_changes_nothing(raw: str) -> None:
    once = rules.tidy_name(raw)
    assert rules.tidy_name(once) == once


@pytest.mark.parametrize(
    ("born", "fault"),
    [(date(1985, 3, 9), ""), (date(2026, 11, 24), ""), (date(2026, 11, 25), "future"), (date(1850, 1, 1), "past")],
)
def test_what_is_a_birthday(born: date, fault: str) -> None:
    assert rules.birth_fault(born, date(2026, 11, 24)) == fault


@pytest.mark.parametrize(
    ("age", "quiet", "ended"),
    [(1, 14.99, ""), (1, 15, "idle"), (12, 1, "absolute"), (12, 15, "absolute"), (11.9, 0, "")],
)
def test_when_a_session_ends(now: datetime, age: float, quiet: float, ended: str) -> None:
    begun, seen = now - timedelta(hours=age), now - timedelta(minutes=quiet)
    assert rules.session_end(signed_in_at=begun, seen_at=seen, now=now, limit=LIMIT) == ended


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/142.0 Safari/537.36 Edg/142.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/142.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", ("Safari", "iPhone")),
        ("curl/8.0", ("", "")),
    ],
)
def test_what_a_device_is_called(agent: str, device: tuple[str, str]) -> None:
    assert rules.device_of(agent) == device
