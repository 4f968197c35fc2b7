"""How long a session lasts, and ending those elsewhere."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from bedside.accounts import commands
from bedside.platform.access import system_actor
from bedside.platform.audit.models import AuditEvent
from tests.cast import Cast

from .conftest import Clock
from .test_sign_in import sign_in

pytestmark = pytest.mark.django_db
PAGE = "accounts:sessions"


@pytest.mark.parametrize(("who", "lasts", "ends"), [("chen", 14, 16), ("ada", 59, 61)])
def test_a_session_ends_when_nobody_was_there(
    client: Client, cast: Cast, clock: Clock, who: str, lasts: int, ends: int
) -> None:
    client.force_login(cast.people[who].user)
    clock.move(minutes=lasts)
    assert client.get(reverse(PAGE)).status_code == 200
    clock.move(minutes=ends)
    assert client.get(reverse(PAGE)).status_code == 302
    assert AuditEvent.objects.get(action="accounts.sign_out").detail == {"why": "idle"}
    assert "You were signed out after a while" in client.get(reverse("account_login")).content.decode()


@pytest.mark.parametrize(("who", "hours"), [("chen", 12), ("ada", 24)])
@pytest.mark.slow
def test_a_session_ends_however_busy_it_is(client: Client, cast: Cast, clock: Clock, who: str, hours: int) -> None:
    client.force_login(cast.people[who].user)
    for _ in range(hours * 6 - 1):
        clock.move(minutes=10)
        assert client.get(reverse(PAGE)).status_code == 200
    clock.move(minutes=10)
    assert client.get(reverse(PAGE)).status_code == 302
    assert AuditEvent.objects.get(action="accounts.sign_out").detail == {"why": "absolute"}


def test_a_fragment_that_refreshes_itself_does_not_keep_a_session_awake(
    client: Client, cast: Cast, clock: Clock
) -> None:
    client.force_login(cast.chen.user)
    for _ in range(15):
        clock.move(minutes=1)
        client.get(reverse(PAGE), headers={"HX-Request": "true"})
    answer = client.get(reverse(PAGE), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")


def test_ones_sessions_are_listed_and_one_or_all_others_can_be_ended(client: Client, cast: Cast) -> None:
    phone, tablet = Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/604"), Client()
    for one in (phone, tablet, client):
        sign_in(one, "ada")
    page = client.get(reverse(PAGE))
    assert "Safari on iPhone" in page.content.decode()
    listed = page.context["sessions"]
    assert [one.is_current for one in listed] == [True, False, False]
    phones = next(one for one in listed if one.system == "iPhone")
    client.post(reverse("accounts:end_session", args=[phones.id]))
    assert phone.get(reverse(PAGE)).status_code == 302
    assert tablet.get(reverse(PAGE)).status_code == 200
    client.post(reverse("accounts:end_other_sessions"))
    assert tablet.get(reverse(PAGE)).status_code == 302
    assert client.get(reverse(PAGE)).status_code == 200


def test_another_persons_session_is_not_there(client: Client, cast: Cast) -> None:
    sign_in(client, "ada")
    hers = client.get(reverse(PAGE)).context["sessions"][0]
    stranger = Client()
    sign_in(stranger, "eve")
    assert stranger.post(reverse("accounts:end_session", args=[hers.id])).status_code == 404
    assert client.get(reverse(PAGE)).status_code == 200


def test_losing_a_role_ends_every_session(client: Client, cast: Cast, clock: Clock) -> None:
    from allauth.usersessions.models import UserSession

    client.force_login(cast.gita.user)
    UserSession.objects.create(user=cast.gita.user, session_key=client.session.session_key, ip="127.0.0.1")
    commands.end_role(actor=cast.actor("femi"), now=clock.now, person_id=cast.id("gita"), role="nurse")
    assert client.get(reverse(PAGE)).status_code == 302


def test_sweeping_forgets_only_what_is_over(client: Client, cast: Cast, clock: Clock) -> None:
    client.force_login(cast.ada.user)
    sweeper = system_actor("accounts.sweep")
    assert commands.sweep_sign_in(actor=sweeper, now=clock.now) == 0
    clock.move(hours=25)
    assert commands.sweep_sign_in(actor=sweeper, now=clock.now) == 1
