"""Making an account."""

from __future__ import annotations

import re
from collections.abc import Callable
from statistics import median
from time import perf_counter

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from bedside.accounts.models import Person, User
from bedside.platform.audit.models import AuditEvent
from tests.cast import Cast

pytestmark = pytest.mark.django_db
Letters = Callable[[str], list[str]]

NEW = {
    "given_name": "Noor",
    "family_name": "Haddad",
    "email": "noor@example.org",
    "password1": "seven lamps over the river",
    "birth_on": "1991-05-17",
    "language": "es",
    "time_zone": "America/Bogota",
}


def sign_up(client: Client, **changes: str):
    return client.post(reverse("account_signup"), {**NEW, **changes})


def code_in(letter: str) -> str:
    found = re.search(r"^[A-Z]{4}-[A-Z]{4}$", letter, re.MULTILINE)
    assert found, letter
    return found[0]


def test_signing_up_makes_a_person_and_a_login_and_a_code_opens_the_door(client: Client, letters: Letters) -> None:
    answer = sign_up(client)
    assert (answer.status_code, answer["Location"]) == (302, reverse("account_email_verification_sent"))
    user = User.objects.select_related("person").get(email="noor@example.org")
    assert (user.person.full_name, user.person.language, user.person.time_zone) == (
        "Noor Haddad",
        "es",
        "America/Bogota",
    )
    assert user.has_long_password
    assert AuditEvent.objects.filter(action="accounts.sign_up", patient_id=user.person_id).exists()
    assert "_auth_user_id" not in client.session
    letter = letters("noor@example.org")[0]
    opened = client.post(reverse("account_email_verification_sent"), {"code": code_in(letter)})
    assert opened.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_mail_is_in_the_persons_language_and_says_nothing_but_the_code(client: Client, letters: Letters) -> None:
    sign_up(client)
    letter = letters("noor@example.org")[0]
    assert "Escriba este código" in letter
    assert "Noor" not in letter


def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(
    client: Client, cast: Cast, letters: Letters
) -> None:
    fresh, known = sign_up(Client()), sign_up(client, email="ada@example.org")
    assert (known.status_code, known["Location"]) == (fresh.status_code, fresh["Location"])
    page = reverse("account_email_verification_sent")
    strip = re.compile(r'csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken":"[^"]+"|noor@|ada@')
    pages = [strip.sub("", one.get(page).content.decode()) for one in (client, client)]
    assert pages[0] == pages[1]
    assert Person.objects.filter(given_name="Noor").count() == 1
    assert "You have a Bedside account" in letters("ada@example.org")[0]


def test_the_page_after_signing_up_is_the_same_for_a_known_address(cast: Cast) -> None:
    strip = re.compile(r'csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken":"[^"]+"|noor@|ada@')
    pages = []
    for email in ("noor@example.org", "ada@example.org"):
        one = Client()
        sign_up(one, email=email)
        pages.append(strip.sub("", one.get(reverse("account_email_verification_sent")).content.decode()))
    assert pages[0] == pages[1]


@pytest.mark.slow
@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"])
@pytest.mark.parametrize("door", ["signup", "login", "reset"])
def test_a_known_address_takes_as_long_as_an_unknown_one(cast: Cast, door: str, monkeypatch) -> None:
    monkeypatch.setattr("bedside.accounts.middleware.take_try", lambda **_: None)
    cast.ada.user.set_password("correct horse battery staple")
    cast.ada.user.save()
    spent: dict[str, list[float]] = {"known": [], "unknown": []}
    for turn in range(6):
        for which, email in (("known", "ada@example.org"), ("unknown", f"nobody{turn}@example.org")):
            client, started = Client(), perf_counter()
            if door == "signup":
                sign_up(client, email=email)
            elif door == "login":
                client.post(reverse("account_login"), {"login": email, "password": "not the password at all"})
            else:
                client.post(reverse("account_reset_password"), {"email": email})
            spent[which].append(perf_counter() - started)
    known, unknown = median(spent["known"]), median(spent["unknown"])
    assert abs(known - unknown) < max(0.04, 0.5 * max(known, unknown)), (known, unknown)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("given_name", "N" * 10_000, "That name is too long"),
        ("given_name", "No\x00or", "Null characters are not allowed"),
        ("given_name", "Noor\u202etxt", "hidden signs"),
        ("given_name", "12345", "at least one letter"),
        ("given_name", "   ", "This field is required"),
        ("birth_on", "2031-01-01", "still to come"),
        ("birth_on", "1776-07-04", "longer ago than anyone has lived"),
        ("time_zone", "Mars/Olympus", "Select a valid choice"),
        ("password1", "short", "at least 15 characters"),
        ("password1", "x" * 5000, "at most"),
        ("password1", "passwordpassword", "Many people use"),
        ("password1", "aaaaaaaaaaaaaaaaaaaa", "Many people use"),
        ("password1", "1234567890123456789", "Many people use"),
        ("password1", "noor haddad noor!", "too much like your name"),
        ("email", "not an address", "valid email"),
        ("email", "a" * 300 + "@example.org", "valid email"),
    ],
)
def test_bad_input_gets_a_clear_answer_and_nothing_is_made(client: Client, field: str, value: str, said: str) -> None:
    answer = sign_up(client, language="en", **{field: value})
    assert said in answer.content.decode()
    assert not User.objects.filter(email__startswith="noor").exists()
    assert not Person.objects.exists()


@pytest.mark.parametrize("name", ["نور", "נועה", "Ñusta", "O’Brien-Łuk", "陳", "नूर\u200dजहाँ", "José 🌿"])
def test_names_of_every_script_are_names(client: Client, name: str) -> None:
    assert sign_up(client, given_name=name).status_code == 302
    assert Person.objects.get().given_name == name


def test_two_at_once_with_one_address_make_one_login(client: Client, monkeypatch) -> None:
    sign_up(Client())
    monkeypatch.setattr(
        "allauth.account.internal.flows.manage_email.email_already_exists", lambda email, **_: (email, False)
    )
    monkeypatch.setattr(
        "allauth.account.forms.flows.manage_email.email_already_exists", lambda email, **_: (email, False)
    )
    assert sign_up(client)["Location"] == reverse("account_email_verification_sent")
    assert User.objects.count() == 1
    assert Person.objects.count() == 1
