"""One's own details, language and time zone; roles."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from bedside.accounts import commands
from bedside.accounts.models import RoleGrant
from bedside.accounts.queries import actor_for
from bedside.kernel.errors import NotAllowed
from bedside.platform.access import system_actor
from bedside.platform.audit.models import AuditEvent
from tests.cast import Cast

pytestmark = pytest.mark.django_db
KNOWN = {"given_name": "Ada", "family_name": "Reyes", "phone": "+1 512 555 0100", "language": "en"}


def test_details_are_changed_and_the_change_is_recorded_without_what_it_was(client: Client, cast: Cast) -> None:
    client.force_login(cast.ada.user)
    answer = client.post(
        reverse("accounts:settings"), {**KNOWN, "given_name": "Adela", "time_zone": "America/Lima"}, follow=True
    )
    assert "Saved." in answer.content.decode()
    cast.ada.refresh_from_db()
    assert (cast.ada.given_name, cast.ada.time_zone) == ("Adela", "America/Lima")
    row = AuditEvent.objects.get(action="accounts.edit_settings")
    assert row.detail == {"fields": ["given_name", "phone", "time_zone"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [("given_name", "\u202eadA"), ("phone", "call me"), ("time_zone", "Nowhere"), ("language", "xx")],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(
    client: Client, cast: Cast, field: str, value: str
) -> None:
    client.force_login(cast.ada.user)
    typed = {**KNOWN, "time_zone": "America/Lima", "family_name": "Reyes Soto", field: value}
    answer = client.post(reverse("accounts:settings"), typed)
    assert answer.status_code == 422
    assert "Reyes Soto" in answer.content.decode()
    cast.ada.refresh_from_db()
    assert cast.ada.family_name == "Reyes"


def test_pages_speak_the_persons_language_whatever_the_browser_says(client: Client, cast: Cast) -> None:
    client.force_login(cast.ben.user)
    answer = client.get(reverse("accounts:settings"), headers={"Accept-Language": "en"})
    assert '<html lang="es"' in answer.content.decode()
    assert answer["Content-Language"] == "es"


def test_a_stranger_gets_the_browsers_language_and_then_the_one_they_choose(client: Client) -> None:
    page = reverse("account_login")
    assert client.get(page, headers={"Accept-Language": "es-MX,es;q=0.9"})["Content-Language"] == "es"
    answer = client.post(reverse("accounts:set_language"), {"language": "es", "next": page})
    assert answer["Location"] == page
    assert client.get(page, headers={"Accept-Language": "en"})["Content-Language"] == "es"


def test_choosing_a_language_signed_in_keeps_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.ada.user)
    client.post(reverse("accounts:set_language"), {"language": "es", "next": "https://evil.example/"})
    cast.ada.refresh_from_db()
    assert cast.ada.language == "es"


def test_one_request_leaves_its_zone_and_language_to_nobody(client: Client, cast: Cast) -> None:
    from django.utils import timezone, translation

    before = (translation.get_language(), timezone.get_current_timezone_name())
    client.force_login(cast.ben.user)
    client.get(reverse("accounts:settings"))
    assert (translation.get_language(), timezone.get_current_timezone_name()) == before


def test_a_role_is_given_by_an_administrator_to_someone_else_once(cast: Cast, now: datetime) -> None:
    commands.grant_role(actor=cast.actor("femi"), now=now, person_id=cast.id("eve"), role="nurse")
    assert actor_for(cast.eve, now=now).roles == {"nurse"}
    assert AuditEvent.objects.get(action="accounts.grant_role").detail == {"role": "nurse", "given": True}
    with pytest.raises(commands.RoleHeld):
        commands.grant_role(actor=cast.actor("femi"), now=now, person_id=cast.id("eve"), role="nurse")
    with pytest.raises(commands.NotARole):
        commands.grant_role(actor=cast.actor("femi"), now=now, person_id=cast.id("eve"), role="queen")
    with pytest.raises(NotAllowed):
        commands.grant_role(actor=cast.actor("femi"), now=now, person_id=cast.id("femi"), role="physician")


@pytest.mark.parametrize("who", ["ada", "chen", "gita", "hal", "iris"])
def test_nobody_else_gives_roles(cast: Cast, now: datetime, who: str) -> None:
    with pytest.raises(NotAllowed):
        commands.grant_role(actor=cast.actor(who), now=now, person_id=cast.id("eve"), role="physician")
    assert not RoleGrant.objects.filter(person=cast.eve).exists()


def test_the_house_sets_up_the_first_administrator(cast: Cast, now: datetime) -> None:
    setup = system_actor("grant-role")
    commands.grant_role(actor=setup, now=now, person_id=cast.id("eve"), role="administrator")
    assert commands.end_role(actor=setup, now=now.replace(hour=23), person_id=cast.id("eve"), role="administrator") == 1
    assert actor_for(cast.eve, now=now.replace(hour=23)).roles == frozenset()
