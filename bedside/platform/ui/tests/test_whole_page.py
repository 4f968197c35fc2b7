"""A page whose parts were lost on the way comes to life by itself; what was typed is never lost for that."""

from __future__ import annotations

import pytest

from tests.calls import until
from tests.lost import lose

pytestmark = pytest.mark.journey

FOR_EVER = 1000
MODULE = "**/passkey.js*"


@pytest.fixture
def page(browser, live_site, sign_in, cast):
    """A page of Ada's browser that never met Bedside before: no service worker, nothing kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, service_workers="block")
    sign_in(context, cast.ada)
    page = context.new_page()
    page.settings = live_site.url("/accounts/settings/")
    yield page
    context.close()


@pytest.fixture
def door(browser, live_site):
    """The sign-in page of a stranger, not yet opened: the documents it asks for are listed in `asked`."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, service_workers="block")
    page = context.new_page()
    page.address = live_site.url("/accounts/login/")
    page.asked = []
    page.on("request", lambda r: page.asked.append(r.method) if r.resource_type == "document" else None)
    yield page
    context.close()


@pytest.mark.parametrize(
    ("part", "fact"),
    [
        ("**/ui/css/tokens.css", "getComputedStyle(document.documentElement).getPropertyValue('--ink') !== ''"),
        ("**/ui/icons.svg", "[...document.querySelectorAll('use')].some((one) => one.getBBox().width > 0)"),
        ("**/ui/vendor/htmx.js", "typeof htmx === 'object' && document.body['htmx-internal-data'] !== undefined"),
    ],
    ids=["style sheet", "icons", "htmx"],
)
def test_a_part_that_was_lost_once_is_put_in_anew(page, part, fact):
    lost = lose(page, part, kinds=("stylesheet", "script", "image", "other"))
    page.goto(page.settings)
    until(page, fact)
    assert lost
    assert page.evaluate("performance.getEntriesByType('navigation')[0].type") == "navigate"


def test_the_manners_of_the_house_come_though_their_script_was_lost_once(page):
    lost = lose(page, "**/ui/js/house.js*")
    page.goto(page.settings)
    page.locator('script[src*="house.js?again=1"]').wait_for(state="attached")
    until(page, "performance.getEntriesByType('resource').some((one) => one.name.includes('house.js?again=1'))")
    page.locator("details.menu > summary").click()
    page.keyboard.press("Escape")
    assert page.locator("details.menu").get_attribute("open") is None
    assert len(lost) == 1


def test_a_module_that_stays_lost_has_the_page_loaded_again_by_itself(door):
    lost = lose(door, MODULE, times=3, kinds=("script",))
    door.goto(door.address)
    door.locator("passkey-door:defined").wait_for(state="attached")
    assert len(lost) == 3
    assert door.asked == ["GET", "GET"]
    assert door.locator("#toasts [role=alert]").count() == 0


def test_a_page_that_loses_a_module_for_ever_is_loaded_again_twice_and_then_asks(door):
    lose(door, MODULE, times=FOR_EVER, kinds=("script",))
    door.goto(door.address)
    door.get_by_text("Part of this page did not arrive.").wait_for()
    door.wait_for_timeout(1500)
    assert door.asked == ["GET"] * 3
    door.unroute_all()
    door.get_by_role("button", name="Load again").click()
    door.locator("passkey-door:defined").wait_for(state="attached")


def test_what_was_typed_is_not_lost_to_a_reload(door):
    held = []

    def meet(route):
        if route.request.resource_type != "script":
            route.continue_()
        elif "again" in route.request.url:
            route.abort("connectionfailed")
        else:
            held.append(route)

    door.route(MODULE, meet)
    door.goto(door.address, wait_until="commit")
    door.locator('input[name="login"]').fill("ada@example.org")
    held[0].abort("connectionfailed")
    door.get_by_text("Send or copy what you have typed").wait_for()
    assert door.locator('input[name="login"]').input_value() == "ada@example.org"
    assert door.asked == ["GET"]


def test_the_answer_to_a_form_is_not_asked_for_again_by_itself(door):
    door.goto(door.address)
    door.locator('input[name="login"]').fill("ada@example.org")
    door.locator('input[name="password"]').fill("not the password")
    lose(door, MODULE, times=FOR_EVER, kinds=("script",))
    door.locator('form:has(input[name="login"]) button[type="submit"]').first.click()
    door.get_by_text("Part of this page did not arrive.").wait_for()
    assert door.asked == ["GET", "POST"]
    door.unroute_all()
    door.get_by_role("button", name="Load again").click()
    door.locator("passkey-door:defined").wait_for(state="attached")
    assert door.asked == ["GET", "POST", "GET"]


def test_nobody_is_loaded_away_from_what_they_are_in_the_middle_of(door):
    door.add_init_script("document.addEventListener('reload-due', (event) => event.preventDefault())")
    lose(door, MODULE, times=FOR_EVER, kinds=("script",))
    door.goto(door.address)
    door.get_by_text("Part of this page did not arrive.").wait_for()
    assert door.asked == ["GET"]


ASK = """(path) => {
  const button = document.createElement("button");
  button.id = "ask";
  button.textContent = "Ask";
  button.setAttribute("hx-get", path);
  button.setAttribute("hx-target", "#shown");
  const shown = document.createElement("div");
  shown.id = "shown";
  document.querySelector("main").prepend(button, shown);
  htmx.process(button);
}"""


def test_what_was_asked_for_and_lost_once_is_asked_for_again_without_a_word(page):
    page.goto(page.settings)
    page.evaluate(ASK, "/offline/")
    lost = lose(page, "**/offline/")
    page.locator("#ask").click()
    page.locator("#shown", has_text="You are not connected").wait_for()
    assert len(lost) == 1
    assert page.locator("#toasts [role=alert]").count() == 0


def test_a_part_of_the_page_that_never_comes_is_said(page):
    page.goto(page.settings)
    lost = lose(page, "**/offline/", times=FOR_EVER)
    page.clock.install()
    page.evaluate(
        "const part = document.createElement('div'); part.setAttribute('hx-get', '/offline/');"
        "part.setAttribute('hx-trigger', 'load'); document.querySelector('main').prepend(part); htmx.process(part)"
    )
    for _ in range(40):
        page.clock.run_for(500)
        page.wait_for_timeout(20)
    page.get_by_text("Part of this page did not arrive.").wait_for()
    assert len(lost) == 5
