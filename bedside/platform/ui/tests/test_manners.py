"""Small manners of every page, in a real browser: menus close, forms go once, trouble is said."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.journey


@pytest.fixture
def page(browser, live_site, sign_in, cast):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    sign_in(context, cast.ada)
    page = context.new_page()
    page.goto(live_site.url("/accounts/settings/"))
    yield page
    context.close()


def test_the_account_menu_closes_on_escape_and_on_a_press_elsewhere(page):
    menu = page.locator("details.menu")
    page.locator("details.menu > summary").click()
    assert menu.get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    page.locator("details.menu > summary").click()
    page.locator("h1").click()
    assert menu.get_attribute("open") is None


def test_an_impatient_second_press_sends_nothing(page):
    stopped = page.evaluate(
        """() => {
            const stopped = [];
            window.addEventListener("submit", (event) => {
                stopped.push(event.defaultPrevented);
                event.preventDefault();
            });
            const form = document.querySelector("main form[method=post]");
            form.requestSubmit();
            form.requestSubmit();
            return stopped;
        }"""
    )
    assert stopped == [False, True]


def test_what_was_asked_for_and_could_not_be_had_is_said(page):
    page.evaluate(
        "const button = document.createElement('button'); button.id = 'ask'; button.textContent = 'Ask';"
        "button.setAttribute('hx-get', '/accounts/settings/'); document.querySelector('main').prepend(button);"
        "htmx.process(button)"
    )
    page.context.set_offline(True)
    page.locator("#ask").click()
    page.locator("#toasts [role=alert]").wait_for()
    assert "We could not reach Bedside" in page.inner_text("#toasts")


def test_a_refusal_to_htmx_lands_in_the_toasts_and_leaves_the_page(page):
    page.evaluate(
        "const button = document.createElement('button'); button.id = 'ask'; button.textContent = 'Ask';"
        "button.setAttribute('hx-get', '/no/such/page/'); document.querySelector('main').prepend(button);"
        "htmx.process(button)"
    )
    page.locator("#ask").click()
    page.locator("#toasts [role=alert]").wait_for()
    assert "That page is not here" in page.inner_text("#toasts")
    assert page.locator("main form").count() >= 1


def test_the_other_language_is_one_press_away(page):
    page.locator("form.language button").click()
    page.wait_for_load_state()
    assert page.get_attribute("html", "lang") == "es"
    assert page.url.endswith("/accounts/settings/")
