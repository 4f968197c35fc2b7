"""Second steps: the app, recovery codes, and what guards them."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.test import Client
from django.urls import reverse

from bedside.accounts.adapters import FactorAdapter
from bedside.accounts.models import User
from bedside.accounts.queries import actor_for
from bedside.platform.audit.models import AuditEvent
from tests.cast import PASSWORD, Cast

from .test_sign_in import sign_in

pytestmark = pytest.mark.django_db

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_now(seed: str = SEED) -> str:
    now = list(yield_hotp_counters_from_time())[1]
    return f"{hotp_value(seed, now):06d}"


def with_app(user: User) -> Authenticator:
    Authenticator.objects.filter(user=user).delete()
    return TOTP.activate(user, SEED).instance


@pytest.mark.django_db(transaction=True)
def test_the_app_is_turned_on_with_a_code_and_recovery_codes_are_shown_once(client: Client, cast: Cast) -> None:
    elsewhere = Client()
    sign_in(elsewhere, "ada")
    sign_in(client, "ada")
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    seed = re.search(r'class="seed">([A-Z2-7]+)<', page)[1]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(seed)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    first = client.get(answer["Location"]).content.decode()
    codes = re.findall(r"<li>(\d{8})</li>", first)
    assert len(codes) == 10
    assert not any(code in client.get(answer["Location"]).content.decode() for code in codes)
    assert elsewhere.get(reverse("accounts:sessions")).status_code == 302, "a new factor ends other sessions"
    row = AuditEvent.objects.filter(action="accounts.manage_sign_in", actor_id=cast.id("ada")).first()
    assert row.detail == {"factor": "totp", "what": "added"}
    assert actor_for(cast.ada).has_second_factor


def test_signing_in_asks_for_the_code_and_takes_it_once(client: Client, cast: Cast) -> None:
    with_app(cast.ada.user)
    assert sign_in(client, "ada")["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "That code is not right" in wrong.content.decode()
    code = code_now()
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert "_auth_user_id" in client.session
    thief = Client()
    sign_in(thief, "ada")
    assert "used already" in thief.post(reverse("mfa_authenticate"), {"code": code}).content.decode()
    assert AuditEvent.objects.filter(reason="wrong_code", patient_id=cast.id("ada")).exists()


def test_a_recovery_code_opens_the_door_once(client: Client, cast: Cast) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    with_app(cast.ada.user)
    code = RecoveryCodes.activate(cast.ada.user).generate_codes()[0]
    for one, opens in ((client, True), (Client(), False)):
        sign_in(one, "ada")
        one.post(reverse("mfa_authenticate"), {"code": code})
        assert ("_auth_user_id" in one.session) is opens


def test_seeds_are_kept_encrypted(cast: Cast) -> None:
    kept = with_app(cast.ada.user)
    assert SEED not in str(kept.data)
    assert FactorAdapter().decrypt(kept.data["secret"]) == SEED


def test_staff_keep_their_last_second_step(client: Client, cast: Cast) -> None:
    with_app(cast.chen.user)
    client.force_login(cast.chen.user)
    client.post(reverse("mfa_reauthenticate"), {"code": code_now()})
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert "your only second step" in answer.content.decode()
    assert Authenticator.objects.filter(user=cast.chen.user, type="totp").exists()


def test_a_patient_with_a_long_password_may_remove_theirs_and_one_with_a_short_may_not(
    client: Client, cast: Cast
) -> None:
    for who, long_enough in (("ada", True), ("eve", False)):
        user = cast.people[who].user
        User.objects.filter(pk=user.pk).update(has_long_password=long_enough)
        with_app(user)
        one = Client()
        one.force_login(user)
        one.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        one.post(reverse("mfa_deactivate_totp"))
        assert Authenticator.objects.filter(user=user).exists() is not long_enough


def test_the_last_passkey_of_staff_stays(client: Client, cast: Cast) -> None:
    Authenticator.objects.filter(user=cast.chen.user).delete()
    key = WebAuthn.add(cast.chen.user, "Phone", {"id": "x"}).instance
    client.force_login(cast.chen.user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    answer = client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert answer.status_code == 409
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_another_persons_passkey_is_not_there(client: Client, cast: Cast) -> None:
    key = WebAuthn.add(cast.chen.user, "Phone", {"id": "x"}).instance
    client.force_login(cast.eve.user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.post(reverse("mfa_remove_webauthn", args=[key.pk])).status_code == 404


def test_a_shorter_password_is_enough_beside_a_second_step(client: Client, cast: Cast) -> None:
    sign_in(client, "ada")
    short = {"oldpassword": PASSWORD, "password1": "lamp-river", "password2": "lamp-river"}
    assert "at least 15" in client.post(reverse("account_change_password"), short).content.decode()
    with_app(cast.ada.user)
    assert client.post(reverse("account_change_password"), short).status_code == 302


@pytest.mark.parametrize(
    "name", ["mfa_activate_totp", "mfa_add_webauthn", "account_email", "mfa_generate_recovery_codes"]
)
def test_a_change_asks_again_who_it_is_when_signing_in_was_a_while_ago(client: Client, cast: Cast, name: str) -> None:
    client.force_login(cast.ada.user)
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"id": 1}', "not json", '{"response": {}}'])
def test_a_malformed_passkey_answer_is_refused(client: Client, cast: Cast, credential: str) -> None:
    client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"})
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert (answer.status_code, answer["Location"]) == (302, reverse("account_login"))
