"""The account pages in a real browser: a passkey from start to end, and every page on a small phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from bedside.accounts import commands
from bedside.kernel.time import utc_now
from bedside.platform.access import system_actor
from tests.browser import LiveSite, findings, scrolls_sideways, watch
from tests.cast import PASSWORD, Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def fill_sign_in(page: Any, site: LiveSite, who: str) -> None:
    page.goto(site.url(reverse("account_login") + "?next=" + reverse("accounts:settings")))
    page.fill("#id_login", f"{who}@example.org")
    page.fill("#id_password", PASSWORD)
    page.click("form[action$='/login/'] button[type=submit]")


def test_a_doctor_without_a_second_step_adds_a_passkey_and_signs_in_with_it_alone(
    browser: Any, live_site: LiveSite, cast: Cast
) -> None:
    Authenticator.objects.filter(user=cast.chen.user).delete()
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    trouble = watch(page)
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    fill_sign_in(page, live_site, "chen")
    assert page.url.endswith(reverse("accounts:second_factor"))
    page.click("text=Add a passkey")
    page.click("passkey-door button")
    page.wait_for_url(f"**{reverse('mfa_view_recovery_codes')}")
    assert page.locator(".codes li").count() == 10
    page.goto(live_site.url(reverse("accounts:settings")))
    assert page.url.endswith(reverse("accounts:settings"))

    context.clear_cookies()
    page.goto(live_site.url(reverse("account_login") + "?next=" + reverse("accounts:sessions")))
    page.click("passkey-door button")
    page.wait_for_url(live_site.url(reverse("accounts:sessions")))
    assert page.locator(".thing").count() >= 1
    assert trouble == []
    context.close()


def test_a_passkey_that_nobody_opens_says_so_and_another_way_stays_open(
    browser: Any, live_site: LiveSite, cast: Cast
) -> None:
    context = browser.new_context(locale="es-US")
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(live_site.url(reverse("account_login")))
    page.click("passkey-door button")
    page.wait_for_selector("[data-says=failed]:not([hidden])")
    assert "No funcionó" in page.inner_text("[data-says=failed]")
    context.close()


SIGNED_OUT = ("account_login", "account_signup", "account_reset_password", "accounts:step_in")
SIGNED_IN = (
    "accounts:settings",
    "accounts:sessions",
    "accounts:tokens",
    "mfa_index",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_fits_a_small_phone_and_axe_finds_nothing_serious(
    browser: Any,
    live_site: LiveSite,
    sign_in: Callable[[Any, Any], None],
    cast: Cast,
    settings: Any,
    language: str,
) -> None:
    settings.IS_DEMO = True
    commands.open_demo_clinic(actor=system_actor("rehearsal.rehearse"), now=utc_now())
    found: dict[str, list[str]] = {}
    context = browser.new_context(viewport={"width": 320, "height": 640}, locale=f"{language}-US")
    page = context.new_page()
    trouble = watch(page)
    for name in SIGNED_OUT + SIGNED_IN:
        if name == SIGNED_IN[0]:
            sign_in(context, cast.ben if language == "es" else cast.ada)
        page.goto(live_site.url(reverse(name)))
        assert page.get_attribute("html", "lang") == language
        wrong = findings(page) + (["scrolls sideways"] if scrolls_sideways(page) else [])
        if wrong:
            found[name] = wrong
    assert found == {}
    assert trouble == []
    context.close()


CUT_OFF = """() => [...document.querySelectorAll(".tabs a")].filter(link => {
    const tabs = link.parentElement.getBoundingClientRect(), box = link.getBoundingClientRect();
    return box.left < tabs.left - 1 || box.right > tabs.right + 1 || box.right > innerWidth;
}).map(link => link.textContent.trim())"""


@pytest.mark.parametrize("width", [320, 360, 768, 900, 1280])
@pytest.mark.parametrize("who", ["ada", "ben"])
def test_all_pages_of_an_account_can_be_seen_in_its_tabs(
    browser: Any, live_site: LiveSite, sign_in: Callable[..., None], cast: Cast, who: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    sign_in(context, getattr(cast, who))
    page = context.new_page()
    page.goto(live_site.url(reverse("accounts:tokens")))
    assert page.locator(".tabs a").count() == 5
    assert page.evaluate(CUT_OFF) == []
    assert not scrolls_sideways(page)
    context.close()
