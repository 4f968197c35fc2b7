"""Signing in and out, and a forgotten password."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from bedside.platform.audit.models import AuditEvent
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
Letters = Callable[[str], list[str]]


def sign_in(client: Client, who: str, password: str = PASSWORD, **more: str):
    return client.post(reverse("account_login"), {"login": f"{who}@example.org", "password": password, **more})


def test_signing_in_and_out_leaves_two_audit_rows(client: Client, cast: Cast) -> None:
    assert sign_in(client, "ada").status_code == 302
    assert client.session["_auth_user_id"] == str(cast.ada.user.pk)
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session
    rows = AuditEvent.objects.filter(actor_id=cast.id("ada")).order_by("id").values_list("action", flat=True)
    assert list(rows) == ["accounts.sign_in", "accounts.sign_out"]


def test_a_get_does_not_sign_out(client: Client, cast: Cast) -> None:
    client.force_login(cast.ada.user)
    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session


def test_a_wrong_password_says_the_same_for_everyone_and_the_owner_can_see_it(client: Client, cast: Cast) -> None:
    known, unknown = sign_in(client, "ada", "wrong"), sign_in(Client(), "nobody", "wrong")
    said = "That e-mail and password do not fit together"
    assert said in known.content.decode()
    assert said in unknown.content.decode()
    row = AuditEvent.objects.get(kind="refusal", patient_id=cast.id("ada"))
    assert (row.reason, row.detail, row.actor_id) == ("wrong_password", {}, None)


def test_one_goes_on_to_our_own_pages_only(client: Client, cast: Cast) -> None:
    assert sign_in(client, "ada", next=reverse("accounts:sessions"))["Location"] == reverse("accounts:sessions")
    assert sign_in(Client(), "eve", next="https://evil.example/")["Location"] == "/"


def test_a_code_sets_a_new_password_and_ends_every_session(client: Client, cast: Cast, letters: Letters) -> None:
    elsewhere = Client()
    sign_in(elsewhere, "ada")
    client.post(reverse("account_reset_password"), {"email": "ada@example.org"})
    code = re.search(r"^[A-Z]{4}-[A-Z]{4}$", letters("ada@example.org")[0], re.MULTILINE)[0]
    client.post(reverse("account_confirm_password_reset_code"), {"code": code})
    fresh = "eleven boats on a quiet lake"
    answer = client.post(reverse("account_complete_password_reset"), {"password1": fresh, "password2": fresh})
    assert answer["Location"] == reverse("account_password_reset_completed")
    assert elsewhere.get(reverse("accounts:sessions")).status_code == 302
    assert sign_in(Client(), "ada", fresh).status_code == 302


def test_asking_for_a_new_password_says_the_same_for_a_stranger(client: Client, cast: Cast, letters: Letters) -> None:
    answers = [
        one.post(reverse("account_reset_password"), {"email": f"{who}@example.org"})
        for one, who in ((client, "ada"), (Client(), "nobody"))
    ]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0]["Location"] == answers[1]["Location"]
    assert "No Bedside account" in letters("nobody@example.org")[0]


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(client: Client, cast: Cast) -> None:
    elsewhere = Client()
    sign_in(elsewhere, "ada")
    sign_in(client, "ada")
    key, fresh = client.session.session_key, "eleven boats on a quiet lake"
    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    )
    assert answer.status_code == 302
    assert client.get(reverse("accounts:sessions")).status_code == 200
    assert client.session.session_key != key
    assert elsewhere.get(reverse("accounts:sessions")).status_code == 302


def test_a_changed_address_counts_once_its_code_is_typed(client: Client, cast: Cast, letters: Letters) -> None:
    sign_in(client, "ada")
    client.post(reverse("account_email"), {"email": "ada.reyes@example.org", "action_add": "yes"})
    cast.ada.user.refresh_from_db()
    assert cast.ada.user.email == "ada@example.org"
    code = re.search(r"^[A-Z]{4}-[A-Z]{4}$", letters("ada.reyes@example.org")[0], re.MULTILINE)[0]
    client.post(reverse("account_email_verification_sent"), {"code": code})
    cast.ada.user.refresh_from_db()
    assert cast.ada.user.email == "ada.reyes@example.org"
    assert any("was changed" in letter for letter in letters("ada@example.org"))


def test_pages_of_allauth_that_are_not_used_do_not_exist(client: Client) -> None:
    for path in ("/accounts/3rdparty/", "/accounts/login/code/", "/accounts/2fa/", "/accounts/social/signup/"):
        assert client.get(path).status_code == 404
