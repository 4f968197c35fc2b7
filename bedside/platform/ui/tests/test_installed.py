"""Bedside can be installed, and keeps nothing about a person on the device."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.lost import lose

pytestmark = pytest.mark.django_db


def test_the_manifest_says_how_it_is_installed():
    facts = json.loads(Client().get("/manifest.webmanifest").content)
    assert facts["start_url"] == "/"
    assert {icon["type"] for icon in facts["icons"]} == {"image/svg+xml", "image/png"}


def test_the_worker_keeps_only_static_files_and_the_offline_page():
    script = Client().get("/service-worker.js").content.decode()
    shelf = json.loads(script.split("/** @type {any} */ (", 1)[1].split(");", 1)[0])
    assert "/offline/" in shelf
    assert all(path == "/offline/" or path.startswith("/static/ui/") for path in shelf)
    assert "VERSION" not in script


def test_the_offline_page_needs_nobody():
    response = Client().get("/offline/")
    assert response.status_code == 200
    assert "You are not connected" in response.content.decode()


@pytest.fixture
def guarded(browser, live_site):
    """The sign-in page, under the eyes of the service worker."""
    context = browser.new_context()
    page = context.new_page()
    page.address = live_site.url("/accounts/login/")
    page.goto(page.address)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    yield page
    context.close()


@pytest.mark.journey
def test_a_part_lost_on_the_way_is_asked_for_again_before_the_page_knows(guarded):
    lost = lose(guarded.context, "**/passkey.js*", times=2)
    guarded.reload()
    guarded.locator("passkey-door:defined").wait_for(state="attached")
    assert len(lost) == 2
    assert guarded.locator("script[src*='again=']").count() == 0


@pytest.mark.journey
def test_a_page_lost_once_on_the_way_is_asked_for_again(guarded):
    lost = lose(guarded.context, "**/accounts/signup/")
    guarded.goto(guarded.address.replace("login", "signup"))
    assert len(lost) == 1
    assert guarded.locator('form input[name="email"]').count() == 1


@pytest.mark.journey
def test_the_offline_page_leads_back_by_itself_to_what_was_asked_for(guarded):
    address = guarded.address.replace("login", "signup")
    lost = lose(guarded.context, "**/accounts/signup/", times=2)
    guarded.goto(address)
    assert "You are not connected" in guarded.inner_text("main")
    guarded.locator('form input[name="email"]').wait_for()
    assert len(lost) == 2
    assert guarded.url == address


@pytest.mark.journey
def test_without_a_connection_the_offline_page_answers_and_nothing_else_was_kept(browser, live_site):
    context = browser.new_context()
    page = context.new_page()
    page.goto(live_site.url("/accounts/login/"))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    context.set_offline(True)
    page.goto(live_site.url("/accounts/signup/"))
    assert "You are not connected" in page.inner_text("main")
    kept = page.evaluate(
        "caches.keys().then(async (names) => (await Promise.all(names.map(async (name) => "
        "(await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat())"
    )
    assert [path for path in kept if not path.startswith("/static/") and path != "/offline/"] == []
    context.close()
