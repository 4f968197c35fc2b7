"""Stepping in as an invented person: in the demo clinic, and nowhere else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from bedside.accounts import commands
from bedside.accounts.models import Person, User
from bedside.kernel.errors import NotFound
from bedside.kernel.time import utc_now
from bedside.platform.access import ANONYMOUS, system_actor
from bedside.platform.audit.models import AuditEvent
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DOOR = "accounts:step_in"


@pytest.fixture
def demo(cast: Cast, settings) -> None:
    settings.IS_DEMO = True
    commands.open_demo_clinic(actor=system_actor("rehearse"), now=utc_now())


def test_anyone_may_step_in_as_anyone_and_it_shows(client: Client, cast: Cast, demo: None) -> None:
    page = client.get(reverse(DOOR)).content.decode()
    assert page.index("Lin Chen") < page.index("Ada Reyes"), "staff first"
    client.post(reverse(DOOR), {"person": str(cast.id("chen")), "next": reverse("accounts:settings")})
    answer = client.get(reverse("accounts:settings"))
    assert answer.status_code == 200
    assert "You stepped in as <b>Lin Chen</b>." in answer.content.decode()
    actor = answer.wsgi_request.actor
    assert (actor.person_id, actor.is_stepped_in, actor.has_second_factor) == (cast.id("chen"), True, True)
    row = AuditEvent.objects.get(action="accounts.step_in")
    assert (row.patient_id, row.actor_id, row.reason) == (cast.id("chen"), None, "demo")


def test_what_one_does_stepped_in_is_marked(client: Client, cast: Cast, demo: None) -> None:
    client.post(reverse(DOOR), {"person": str(cast.id("ada"))})
    known = {"given_name": "Ada", "family_name": "Reyes", "language": "en", "time_zone": "America/Lima"}
    client.post(reverse("accounts:settings"), known)
    assert AuditEvent.objects.get(action="accounts.edit_settings").is_stepped_in


def test_someone_without_a_login_can_be_stepped_into_and_still_not_signed_in_to(
    client: Client, cast: Cast, demo: None
) -> None:
    person = Person.objects.create(given_name="Lena", family_name="Okoye")
    client.post(reverse(DOOR), {"person": str(person.id)})
    assert client.session["_auth_user_id"] == str(User.objects.get(person=person).pk)
    assert not person.user.has_usable_password()


def test_one_can_go_on_to_another_and_find_people_by_name_and_part(client: Client, cast: Cast, demo: None) -> None:
    client.post(reverse(DOOR), {"person": str(cast.id("chen"))})
    client.post(reverse(DOOR), {"person": str(cast.id("eve"))})
    assert client.get(reverse(DOOR)).wsgi_request.actor.person_id == cast.id("eve")
    names = {person.given_name for person in client.get(reverse(DOOR), {"q": "rey"}).context["people"]}
    assert names == {"Ada", "Ben"}
    found = client.get(reverse(DOOR), {"role": "nurse"}).context["people"]
    assert [person.given_name for person in found] == ["Gita"]
    assert len(client.get(reverse(DOOR), {"role": "patient"}).context["people"]) == 3


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("half", ["setting", "row", "neither"])
def test_it_does_not_exist_unless_both_the_setting_and_the_database_say_demo(
    client: Client, cast: Cast, settings, half: str, method: str
) -> None:
    settings.IS_DEMO = half == "setting"
    if half == "row":
        commands.open_demo_clinic(actor=system_actor("rehearse"), now=utc_now())
    assert getattr(client, method)(reverse(DOOR), {"person": str(cast.id("chen"))}).status_code == 404
    assert "_auth_user_id" not in client.session
    with pytest.raises(NotFound):
        commands.step_in(actor=ANONYMOUS, now=utc_now(), person_id=cast.id("chen"))


def test_a_stepped_in_session_ends_when_the_clinic_stops_being_a_demo(
    client: Client, cast: Cast, demo: None, settings
) -> None:
    client.post(reverse(DOOR), {"person": str(cast.id("chen"))})
    settings.IS_DEMO = False
    assert client.get(reverse("accounts:settings")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_only_the_house_can_declare_a_demo(cast: Cast) -> None:
    with pytest.raises(Exception, match="cannot"):
        commands.open_demo_clinic(actor=cast.actor("femi"), now=utc_now())


@pytest.mark.parametrize("person", ["", "nonsense", "00000000-0000-7000-8000-000000000000"])
def test_nobody_cannot_be_stepped_into(client: Client, demo: None, person: str) -> None:
    assert client.post(reverse(DOOR), {"person": person}).status_code in {302, 404}
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("name", ["account_email", "account_set_password", "mfa_add_webauthn", "mfa_activate_totp"])
def test_how_an_invented_person_signs_in_cannot_be_changed_by_a_visitor(
    client: Client, cast: Cast, demo: None, name: str
) -> None:
    client.post(reverse(DOOR), {"person": str(cast.id("ada"))})
    assert client.post(reverse(name), {"email": "mine@example.org", "action_add": "yes"}).status_code == 403
