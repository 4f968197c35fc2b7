"""The chart beside the call, in a real browser: the pane asked for last is the one shown, and it listens at once."""

from __future__ import annotations

from contextlib import suppress

import pytest
from playwright.sync_api import Error

from tests.calls import book_visit, open_page, until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

#: Types one letter in the very task in which the field appears: nobody can be quicker than that.
TYPE_AT_ONCE = """() => new MutationObserver((all, observer) => {
  const field = document.querySelector("#dx-q");
  if (!field) return;
  observer.disconnect();
  queueMicrotask(() => { field.value = "J01.90"; field.dispatchEvent(new Event("input", { bubbles: true })); });
}).observe(document.querySelector("#pane"), { childList: true, subtree: true })"""


@pytest.fixture
def room(browser, live_site, cast, sign_in):
    """Dr Chen in the room of a visit with Ada, before its first pane was asked for."""
    visit = book_visit(cast)
    page = open_page(browser, sign_in, cast.chen, viewport={"width": 1280, "height": 800})
    page.bedside_address = live_site.url(f"/visits/{visit.id}/room")
    yield page
    page.context.close()


def test_a_question_for_a_ticket_that_is_lost_on_the_way_is_asked_again(room):
    lost = []
    room.route("**/visits/**/ticket", lambda route: route.continue_() if lost else lost.append(route))
    room.goto(room.bedside_address)
    until(room, "document.querySelector('visit-room').line?.isUp", within=15)
    assert len(lost) == 1


def test_a_field_listens_from_the_moment_it_appears(room):
    room.goto(room.bedside_address)
    room.locator("#pane > *").first.wait_for()
    room.evaluate(TYPE_AT_ONCE)
    room.locator('[data-tab="diagnoses"]').click()
    room.locator("#dx-found button[value=confirmed]").first.wait_for(timeout=20_000)


def test_a_slow_pane_does_not_push_out_the_one_opened_after_it(room):
    held = []
    room.route("**/visits/**/diagnoses/", lambda route: held.append(route))
    room.goto(room.bedside_address)
    room.locator("#pane > *").first.wait_for()
    room.locator('[data-tab="diagnoses"]').click()
    room.locator('[data-tab="note"]').click()
    room.locator("#note-said").wait_for()
    assert len(held) == 1
    with suppress(Error):  # the browser may already have given it up
        held[0].continue_()
    room.wait_for_timeout(300)
    assert room.locator("#note-said").is_visible()
