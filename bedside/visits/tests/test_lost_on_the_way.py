"""Answers lost while the room of a visit is being opened: it comes to life all the same, and nobody presses reload."""

from __future__ import annotations

import pytest

from tests.calls import book_visit, open_page, until
from tests.lost import lose

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

IS_UP = "document.querySelector('visit-room').line?.isUp"
HAS_CHAT = "Boolean(document.querySelector('visit-chat').line)"


@pytest.fixture
def pages(browser, live_site, cast, sign_in):
    """Ada's page of the waiting room and Dr Chen's of the room, not yet opened."""
    visit = book_visit(cast)
    doors = {"ada": (cast.ada, "waiting"), "chen": (cast.chen, "room")}
    pages = {}
    for name, (person, where) in doors.items():
        page = open_page(browser, sign_in, person, service_workers="block")
        page.bedside_address = live_site.url(f"/visits/{visit.id}/{where}")
        pages[name] = page
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.fixture
def room(pages):
    """Dr Chen's page."""
    return pages["chen"]


@pytest.mark.parametrize("script", ["room.js", "signalling.js", "words.js", "chat.js", "outbox.js"])
@pytest.mark.parametrize("who", ["ada", "chen"])
def test_a_room_whose_script_was_lost_once_comes_to_life(pages, who, script):
    page = pages[who]
    lost = lose(page, f"**/visits/js/{script}*", kinds=("script",))
    page.goto(page.bedside_address)
    page.locator("visit-room:defined").wait_for(state="attached")
    until(page, IS_UP)
    until(page, HAS_CHAT)
    assert len(lost) == 1


def test_a_room_whose_script_stays_lost_is_loaded_again(pages):
    page = pages["ada"]
    lost = lose(page, "**/visits/js/room.js*", times=3, kinds=("script",))
    page.goto(page.bedside_address)
    page.locator("visit-room:defined").wait_for(state="attached")
    until(page, IS_UP)
    assert len(lost) == 3


def test_a_chat_whose_script_comes_late_shows_what_was_said_before(pages):
    held = []
    ada, chen = pages["ada"], pages["chen"]

    def meet(route):
        if route.request.resource_type != "script":
            route.continue_()
        elif "again" in route.request.url:
            held.append(route)
        else:
            route.abort("connectionfailed")

    chen.route("**/visits/js/chat.js*", meet)
    chen.goto(chen.bedside_address)
    chen.locator("visit-room:defined").wait_for(state="attached")
    until(chen, IS_UP)
    ada.goto(ada.bedside_address)
    until(ada, HAS_CHAT)
    for words in ("One", "Two"):
        ada.locator("visit-chat textarea").fill(words)
        ada.locator("visit-chat textarea").press("Enter")
    ada.locator(".bubble[data-seq]", has_text="Two").wait_for()
    held[0].continue_()
    chen.locator(".bubble[data-seq]", has_text="Two").wait_for()
    assert chen.locator(".bubble[data-seq] [data-slot=body]").all_inner_texts() == ["One", "Two"]


@pytest.mark.parametrize(("lost_part", "place"), [("**/diagnoses/", "#dx-q"), ("**/alerts/**", ".folder-alerts > *")])
def test_a_part_of_the_chart_that_was_lost_once_comes(room, lost_part, place):
    lost = lose(room, lost_part, times=2)
    room.goto(f"{room.bedside_address}?pane=diagnoses")
    room.locator(place).first.wait_for(state="attached")
    assert len(lost) == 2


def test_a_tab_that_was_lost_does_not_push_out_the_one_opened_after_it(room):
    room.goto(room.bedside_address)
    room.locator("#pane > *").first.wait_for()
    lost = lose(room, "**/visits/**/diagnoses/")
    room.locator('[data-tab="diagnoses"]').click()
    room.locator('[data-tab="note"]').click()
    room.locator("#note-said").wait_for()
    room.wait_for_timeout(1500)
    assert len(lost) == 1
    assert room.locator("#note-said").is_visible()
    room.locator('[data-tab="diagnoses"]').click()
    room.locator("#dx-q").wait_for()
