"""Access tokens: made once, seen once, kept as a digest, worth nothing once they end."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from bedside.accounts import commands, queries
from bedside.accounts.grants import PREFIX, Grant, digest_of, find_grant, new_secret
from bedside.accounts.models import AccessToken, RoleGrant
from bedside.fhir.asking import answer
from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.access import ANONYMOUS, Actor, system_actor
from bedside.platform.audit.models import AuditEvent
from tests.cast import Cast

from .conftest import Clock

pytestmark = pytest.mark.django_db
PAGE = "accounts:tokens"
YEAR = timedelta(days=365)


def make(actor: Actor, now: datetime, scopes: str = "user/*.rs", life: timedelta = YEAR) -> tuple[AccessToken, str]:
    return commands.make_access_token(actor=actor, now=now, name="my app", scopes=scopes, expires_at=now + life)


def grant_of(secret: str, now: datetime) -> Grant | None:
    return answer(find_grant(secret, now))


def test_a_token_lets_its_person_in_with_the_roles_held_now(cast: Cast, now: datetime) -> None:
    _, secret = make(cast.actor("chen"), now, "user/Observation.rs patient/*.r")
    grant = grant_of(secret, now)
    assert grant is not None
    assert (grant.actor.person_id, grant.actor.roles, grant.actor.has_second_factor) == (
        cast.id("chen"),
        {"physician"},
        True,
    )
    assert grant.actor.organization_ids == {cast.clinic.id}
    assert str(grant.scopes) == "user/Observation.rs patient/*.r"
    assert grant.patient_id == cast.id("chen"), "patient/ scopes are about the person themselves"
    RoleGrant.objects.filter(person=cast.chen).update(ends_at=now)
    without = grant_of(secret, now)
    assert without is not None
    assert without.actor.roles == frozenset()


def test_only_a_digest_is_kept(cast: Cast, now: datetime) -> None:
    token, secret = make(cast.actor("ada"), now)
    assert re.fullmatch(r"bedside_pat_[A-Za-z0-9_-]{43}", secret)
    row = AccessToken.objects.values().get(pk=token.pk)
    assert bytes(row["digest"]) == digest_of(secret)
    assert secret not in str(row)
    assert secret not in str(AuditEvent.objects.get(action="accounts.make_token").__dict__)
    assert row["ending"] == secret[-4:]


@pytest.mark.parametrize(
    "bearer", ["", "x", PREFIX, PREFIX + "a" * 43, pytest.param(new_secret() + "\x00", id="zero"), "é" * 55]
)
def test_what_is_no_token_of_ours_lets_nobody_in(cast: Cast, now: datetime, bearer: str) -> None:
    make(cast.actor("ada"), now)
    assert grant_of(bearer, now) is None


def test_a_token_ends_when_its_time_is_over_or_its_login_is_closed_or_it_is_revoked(cast: Cast, now: datetime) -> None:
    token, secret = make(cast.actor("ada"), now, life=timedelta(days=7))
    assert grant_of(secret, now + timedelta(days=6, hours=23)) is not None
    assert grant_of(secret, now + timedelta(days=7)) is None
    type(cast.ada.user).objects.filter(pk=cast.ada.user.pk).update(is_active=False)
    assert grant_of(secret, now) is None
    type(cast.ada.user).objects.filter(pk=cast.ada.user.pk).update(is_active=True)
    commands.revoke_access_token(actor=cast.actor("ada"), now=now, token_id=token.id)
    assert grant_of(secret, now) is None


def test_the_day_of_its_last_use_is_kept(cast: Cast, now: datetime) -> None:
    token, secret = make(cast.actor("ada"), now)
    for at in (now, now + timedelta(days=2), now + timedelta(days=1)):
        grant_of(secret, at)
    assert AccessToken.objects.get(pk=token.pk).last_used_on == (now + timedelta(days=2)).date()


@pytest.mark.parametrize("scopes", ["", "system/*.rs", "user/*.rs system/Patient.r", "launch", "user/A.rs?x=y"])
def test_scopes_that_mean_nothing_or_speak_for_a_system_are_refused(cast: Cast, now: datetime, scopes: str) -> None:
    with pytest.raises(commands.NotAScope):
        make(cast.actor("ada"), now, scopes)


@pytest.mark.parametrize("life", [timedelta(0), -YEAR, timedelta(days=367)])
def test_a_token_lives_a_year_at_most(cast: Cast, now: datetime, life: timedelta) -> None:
    with pytest.raises(commands.TokenTooLong):
        make(cast.actor("ada"), now, life=life)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b"])
def test_a_token_has_a_name_that_can_be_read(cast: Cast, now: datetime, name: str) -> None:
    with pytest.raises(commands.NotATokenName):
        commands.make_access_token(
            actor=cast.actor("ada"), now=now, name=name, scopes="user/*.rs", expires_at=now + YEAR
        )


def test_nobody_has_more_than_fifty(cast: Cast, now: datetime) -> None:
    for _ in range(50):
        last, _ = make(cast.actor("ada"), now)
    with pytest.raises(commands.TooManyTokens):
        make(cast.actor("ada"), now)
    commands.revoke_access_token(actor=cast.actor("ada"), now=now, token_id=last.id)
    make(cast.actor("ada"), now)


def test_staff_need_their_second_factor_to_make_one_and_to_use_one(cast: Cast, now: datetime) -> None:
    _, secret = make(cast.actor("chen"), now)
    Authenticator.objects.filter(user=cast.chen.user).delete()
    grant = grant_of(secret, now)
    assert grant is not None
    assert not grant.actor.has_second_factor
    with pytest.raises(NotAllowed):
        make(queries.actor_for(cast.chen, now=now), now)


def test_a_token_made_while_stepped_in_is_worth_nothing_outside_the_demo_clinic(
    cast: Cast, now: datetime, settings: Any
) -> None:
    stepped_in = Actor(
        person_id=cast.id("chen"), roles=frozenset({"physician"}), has_second_factor=True, is_stepped_in=True
    )
    token, secret = make(stepped_in, now)
    assert AccessToken.objects.get(pk=token.pk).is_stepped_in
    assert grant_of(secret, now) is None
    settings.IS_DEMO = True
    assert grant_of(secret, now) is None, "the database must say so as well"
    commands.open_demo_clinic(actor=system_actor("rehearsal.rehearse"), now=now)
    grant = grant_of(secret, now)
    assert grant is not None
    assert (grant.actor.is_stepped_in, grant.actor.has_second_factor) == (True, True)


def test_nobody_makes_lists_or_revokes_for_another(cast: Cast, now: datetime) -> None:
    token, _ = make(cast.actor("ada"), now)
    assert list(queries.list_access_tokens(actor=cast.actor("eve"), now=now)) == []
    with pytest.raises(NotFound):
        commands.revoke_access_token(actor=cast.actor("eve"), now=now, token_id=token.id)
    with pytest.raises(NotFound):
        make(ANONYMOUS, now)


def test_making_and_revoking_leave_a_row(cast: Cast, now: datetime) -> None:
    token, _ = make(cast.actor("ada"), now, "user/Observation.rs")
    commands.revoke_access_token(actor=cast.actor("ada"), now=now, token_id=token.id)
    rows = AuditEvent.objects.filter(resource_type="AccessToken").order_by("id")
    assert [(r.action, r.patient_id, r.resource_id, r.detail["scopes"]) for r in rows] == [
        ("accounts.make_token", cast.id("ada"), str(token.id), ["user/Observation.rs"]),
        ("accounts.revoke_token", cast.id("ada"), str(token.id), ["user/Observation.rs"]),
    ]


ASKED = {"name": "my app", "reach": "own", "scopes": "user/Observation.rs", "days": "30"}


def test_on_the_page_a_token_is_made_seen_once_and_revoked(client: Client, cast: Cast, clock: Clock) -> None:
    client.force_login(cast.ada.user)
    made = client.post(reverse(PAGE), ASKED)
    secret = re.search(r"bedside_pat_[\w-]{43}", made.content.decode())
    assert secret is not None
    assert made["Cache-Control"] == "no-store"
    token = AccessToken.objects.get()
    assert token.expires_at == clock.now + timedelta(days=30)
    listed = client.get(reverse(PAGE)).content.decode()
    assert secret[0] not in listed
    assert "my app" in listed
    client.post(reverse("accounts:revoke_token", args=[token.id]))
    assert "my app" not in client.get(reverse(PAGE)).content.decode()


@pytest.mark.parametrize("scopes", ["", "nonsense", "system/*.rs", "user/Observation.rs?code=1"])
def test_the_page_says_which_scope_means_nothing_and_loses_nothing(client: Client, cast: Cast, scopes: str) -> None:
    client.force_login(cast.ben.user)
    answer = client.post(reverse(PAGE), {**ASKED, "scopes": scopes})
    assert answer.status_code == 422
    assert "my app" in answer.content.decode()
    assert "es un permiso" in answer.content.decode() or scopes != "nonsense"
    assert not AccessToken.objects.exists()
