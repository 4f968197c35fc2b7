"""Who the request says is asking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from bedside.accounts.queries import actor_for
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_actor_comes_with_roles_places_and_second_factor_in_one_query(
    cast: Cast, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(1):
        actor = actor_for(cast.chen)
    assert actor == cast.actor("chen")


def test_a_signed_in_page_spends_two_queries_on_who_is_asking(
    client: Client, cast: Cast, django_assert_num_queries: Callable[[int], Any]
) -> None:
    client.force_login(cast.ada.user)
    client.get(reverse("accounts:settings"))
    with django_assert_num_queries(3):  # the session, the person, and the page's own
        assert client.get(reverse("accounts:settings")).status_code == 200


def test_staff_without_a_second_step_are_led_to_set_one_up_and_can_do_nothing_else(client: Client, cast: Cast) -> None:
    Authenticator.objects.filter(user=cast.chen.user).delete()
    client.force_login(cast.chen.user)
    door = client.get(reverse("accounts:settings"))
    assert (door.status_code, door["Location"]) == (302, reverse("accounts:second_factor"))
    assert client.get(reverse("accounts:second_factor")).status_code == 200
