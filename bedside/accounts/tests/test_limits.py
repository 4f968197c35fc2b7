"""How often one may try."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client, override_settings
from django.urls import reverse

from bedside.accounts.limits import TooManyTries, forget_old_buckets, take_try
from bedside.accounts.middleware import client_address
from bedside.accounts.models import RateBucket
from bedside.accounts.terms import Limit
from tests.cast import PASSWORD, Cast

from .conftest import Clock
from .test_sign_in import sign_in

pytestmark = pytest.mark.django_db
THREE = Limit(3, 60)


def test_a_bucket_empties_and_fills_again(now: datetime) -> None:
    for _ in range(3):
        take_try(action="guess", key="ada", limit=THREE, now=now)
    with pytest.raises(TooManyTries):
        take_try(action="guess", key="ada", limit=THREE, now=now + timedelta(seconds=59))
    take_try(action="guess", key="ada", limit=THREE, now=now + timedelta(seconds=61))
    with pytest.raises(TooManyTries):
        take_try(action="guess", key="ada", limit=THREE, now=now + timedelta(seconds=62))
    take_try(action="guess", key="eve", limit=THREE, now=now)


def test_a_clock_that_goes_back_gives_nothing_away(now: datetime) -> None:
    for _ in range(3):
        take_try(action="guess", key="ada", limit=THREE, now=now)
    with pytest.raises(TooManyTries):
        take_try(action="guess", key="ada", limit=THREE, now=now - timedelta(hours=1))
    with pytest.raises(TooManyTries):
        take_try(action="guess", key="ada", limit=THREE, now=now)


def test_the_table_names_nobody_and_is_forgotten_after_a_day(now: datetime) -> None:
    take_try(action="guess", key="ada@example.org", limit=THREE, now=now)
    assert "ada" not in RateBucket.objects.get().key
    assert forget_old_buckets(now=now + timedelta(hours=23)) == 0
    assert forget_old_buckets(now=now + timedelta(hours=25)) == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_get_no_more_than_the_bucket_holds(now: datetime) -> None:
    def attempt(_: int) -> bool:
        try:
            take_try(action="guess", key="ada", limit=Limit(5, 3600), now=now)
        except TooManyTries:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(20))) == 5


def test_guessing_a_password_is_stopped_for_the_one_aimed_at_only(client: Client, cast: Cast, clock: Clock) -> None:
    for _ in range(10):
        assert sign_in(client, "ada", "wrong").status_code == 200
    answer = sign_in(client, "ada", PASSWORD)
    assert answer.status_code == 429
    assert answer["Retry-After"]
    assert "tried too often" in answer.content.decode()
    assert sign_in(Client(), "eve").status_code == 302
    clock.move(minutes=2)
    assert sign_in(client, "ada", PASSWORD).status_code == 302


def test_one_address_cannot_try_many_people(client: Client, cast: Cast, clock: Clock) -> None:
    answers = {sign_in(Client(), f"someone{n}", "wrong").status_code for n in range(30)}
    assert answers == {200}
    assert sign_in(Client(), "eve").status_code == 429


def test_the_codes_of_a_second_step_are_counted_by_login_not_by_session(cast: Cast, clock: Clock) -> None:
    from .test_factors import with_app

    with_app(cast.ada.user)
    statuses = []
    for _ in range(6):
        thief = Client()
        sign_in(thief, "ada")
        typed = {"code": "000000", "login": f"decoy{len(statuses)}@example.org", "email": "decoy@example.org"}
        statuses.append(thief.post(reverse("mfa_authenticate"), typed).status_code)
    assert statuses == [200] * 5 + [429]


def test_nobody_signs_in_when_tries_cannot_be_counted(client: Client, cast: Cast, monkeypatch) -> None:
    def broken(**_: object) -> None:
        raise DatabaseError

    monkeypatch.setattr("bedside.accounts.middleware.take_try", broken)
    client.raise_request_exception = False
    assert sign_in(client, "ada").status_code == 500
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("raw", "forwarded", "depth", "found"),
    [
        ("203.0.113.9", "", 0, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", 0, "203.0.113.9"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.1", 1, "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1", 2, "10.0.0.2"),
        ("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "", 0, "203.0.113.9"),
        ("", "", 0, "unknown"),
        ("nonsense", "", 0, "unknown"),
    ],
)
def test_what_a_clients_address_counts_as(rf, raw: str, forwarded: str, depth: int, found: str) -> None:
    request = rf.get("/", REMOTE_ADDR=raw, **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}))
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=depth):
        assert client_address(request) == found
