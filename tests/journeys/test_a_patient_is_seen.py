"""The whole story with two people in two browsers: book, arrive, be seen, be treated, read it, see who looked.

In English and in Spanish, on a phone and on a desk. Every page passed is asked whether it scrolls sideways, whether
anything went wrong in it, and what axe finds. With BEDSIDE_SCREENSHOTS set to a folder, each page leaves a picture.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from bedside.accounts.models import Person
from bedside.kernel.time import utc_now
from bedside.platform.access import system_actor
from bedside.record.commands import record_allergy
from bedside.scheduling.commands import rebuild_free_times
from bedside.scheduling.models import Appointment, AvailabilityRule
from bedside.visits.models import Visit
from tests.browser import findings, scrolls_sideways, watch
from tests.calls import LIVING, open_page, until
from tests.cast import Cast

pytestmark = [pytest.mark.journey, pytest.mark.media, pytest.mark.slow]

SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 800}}


class Walker:
    """One person at one screen."""

    def __init__(self, name: str, page: Any, language: str, url: Callable[[str], str]) -> None:
        self.name, self.page, self.language, self.url = name, page, language, url
        self.shots = 0
        self.trouble = watch(page)
        self.found: list[str] = []

    def say(self, words: str) -> str:
        """Return the words as this person's screen says them."""
        with translation.override(self.language):
            return gettext(words)

    def go(self, path: str) -> None:
        """Open a page and look at it."""
        self.page.goto(self.url(path))
        self.look()

    def press(self, words: str) -> None:
        """Press the button with those words."""
        self.page.get_by_role("button", name=self.say(words)).first.click()

    def follow(self, words: str) -> None:
        """Follow the link with those words."""
        self.page.get_by_role("link", name=self.say(words)).first.click()

    def look(self) -> None:
        """Note whatever is wrong with the page as it stands."""
        self.page.wait_for_load_state()
        path = self.page.url.split("/", 3)[3]
        if scrolls_sideways(self.page):
            self.found.append(f"{path}: scrolls sideways")
        self.found += [f"{path}: {one}" for one in findings(self.page)]
        if folder := os.environ.get("BEDSIDE_SCREENSHOTS"):
            self.shots += 1
            name = f"{self.name}-{self.language}-{self.page.viewport_size['width']}-{self.shots:02d}.png"
            self.page.screenshot(path=os.path.join(folder, name), full_page=True)
        lang = self.page.locator("html").get_attribute("lang")
        if lang != self.language:
            self.found.append(f"{path}: speaks {lang}")

    def sees(self, selector: str, *, within_ms: int = 10_000) -> Any:
        """Wait for something to be on the page and return it."""
        thing = self.page.locator(selector).first
        thing.wait_for(timeout=within_ms)
        return thing


@pytest.fixture(params=["en", "es"])
def language(request: Any) -> str:
    """The patient's and the doctor's language."""
    return request.param


@pytest.fixture(params=list(SIZES))
def size(request: Any) -> dict[str, int]:
    """The patient's screen; the doctor sits at a desk."""
    return SIZES[request.param]


@pytest.fixture
def clinic(cast: Cast, language: str) -> Cast:
    """The cast, speaking one language, with Dr Chen on call around the clock and Ada's allergy known."""
    Person.objects.filter(pk__in=[cast.ada.pk, cast.chen.pk]).update(language=language)
    practitioner = cast.chen.practitioner
    AvailabilityRule.objects.filter(practitioner=practitioner).delete()
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(
            practitioner=practitioner, weekday=day, starts=time(0), ends=time(23, 59), slot_minutes=20,
            time_zone="America/Chicago", valid_from_on=date(2021, 1, 4),
        )
        for day in range(7)
    )  # fmt: skip
    rebuild_free_times(actor=system_actor("rehearsal.enliven"), now=utc_now())
    return cast


@pytest.fixture
def walkers(
    browser: Any, live_site: Any, clinic: Cast, sign_in: Callable[[Any, Any], None], language: str, size: Any
) -> Iterator[tuple[Walker, Walker]]:
    """Ada and Dr Chen, each with a browser of their own."""
    ada = open_page(browser, sign_in, clinic.ada, viewport=size, locale=language)
    chen = open_page(browser, sign_in, clinic.chen, viewport=SIZES["desk"], locale=language)
    yield Walker("ada", ada, language, live_site.url), Walker("chen", chen, language, live_site.url)
    ada.context.close()
    chen.context.close()


def test_a_patient_is_seen(walkers: tuple[Walker, Walker], clinic: Cast) -> None:
    ada, chen = walkers
    price = book(ada)
    appointment = Appointment.objects.get(patient=clinic.ada)
    assert (appointment.status, appointment.fee_minor) == ("booked", 4500)
    assert price == "$45.00"
    record_allergy(
        actor=clinic.actor("chen"), now=utc_now(), patient_id=clinic.ada.pk, substance="penicillins",
        reaction="hives", severity="severe",
    )  # fmt: skip

    arrive(ada)
    be_admitted(ada, chen)
    treat(ada, chen)
    finish(chen)
    visit = Visit.objects.get(appointment=appointment)
    assert visit.state == "ended"

    read(ada, visit)
    choose_follow_up(ada, clinic)
    see_who_looked(ada)

    for who in walkers:
        assert who.found == []
    # The consent left out on purpose, and the prescription that was stopped.
    assert [line for line in ada.trouble if "status of 422" not in line] == []
    assert [line for line in chen.trouble if "status of 409" not in line] == []


def book(ada: Walker) -> str:
    """Find Dr Chen, hold the first time, say why, book. Return the price that was shown before booking."""
    ada.go("/find/")
    ada.page.get_by_role("link", name="Lin Chen").first.click()
    ada.look()
    price = str(ada.page.locator(".price").first.text_content()).strip()
    ada.page.locator("label.slot").first.click()
    ada.press("Hold this time for 10 minutes")
    ada.sees("textarea[name=reason]").fill("Pain under the left eye 🤕, since Monday")
    ada.look()
    assert price in str(ada.page.locator(".sum").text_content())
    ada.press("Book this visit")
    ada.page.wait_for_url("**/appointments/**")
    ada.look()
    assert price in str(ada.page.locator("main").text_content())
    return price


def arrive(ada: Walker) -> None:
    """From Today to the waiting room: place, number, consent."""
    ada.go("/today/")
    ada.page.locator(".now .btn").first.click()
    ada.sees("input[name=place]").fill("412 Juniper Street, Austin")
    ada.page.locator("select[name=region]").select_option(value=region_of(ada, "TX"))
    ada.page.locator("input[name=callback_number]").fill("(512) 555-0182")
    ada.look()
    ada.press("Finish check-in")
    ada.sees(".error")  # the consent was not given yet; nothing typed is lost
    assert ada.page.locator("input[name=place]").input_value() == "412 Juniper Street, Austin"
    ada.page.locator("input[name=consent]").check()
    ada.press("Finish check-in")
    ada.page.wait_for_url("**/waiting")
    ada.sees("visit-room")
    ada.look()


def region_of(ada: Walker, code: str) -> str:
    """Return the value the select has for a state."""
    values = ada.page.locator("select[name=region] option").evaluate_all("all => all.map((one) => one.value)")
    return next(value for value in values if value.endswith(code))


def be_admitted(ada: Walker, chen: Walker) -> None:
    """Dr Chen sees Ada on her board, opens the room and lets her in; both see each other."""
    until(ada.page, "document.querySelector('visit-room').line?.isUp")
    chen.go("/board/")
    assert "Ada Reyes" in str(chen.sees(".board").text_content())
    visit_id = ada.page.url.split("/visits/")[1].split("/")[0]
    chen.go(f"/visits/{visit_id}/room")
    chen.sees("[data-admit]").click()
    for who in (ada, chen):
        until(who.page, LIVING, within=20)
        who.look()
    assert ada.page.url.endswith("/room")


def pane(chen: Walker, key: str, shows: str) -> None:
    """Open one pane of the chart and wait for what it should show."""
    chen.page.locator(f'[data-tab="{key}"]').click()
    chen.sees(f"#pane {shows}")


def treat(ada: Walker, chen: Walker) -> None:
    """Diagnose, be stopped at the allergy, prescribe something else, give home care, offer times, write and sign."""
    pane(chen, "diagnoses", "#dx-q")
    chen.page.locator("#dx-q").press_sequentially("J01.90")
    chen.sees("#dx-found button[value=confirmed]", within_ms=40_000).click()  # the first search builds its index
    chen.sees("#pane .chip-good:has-text('J01.90')")
    chen.look()

    pane(chen, "prescriptions", "#rx-q")
    choose_medicine(chen, "amoxicillin")
    chen.sees("#stop.banner-stop")
    chen.look()
    chen.page.locator("#stop .btn-row a").last.click()
    chen.sees("#rx-q")
    choose_medicine(chen, "doxycycline")
    chen.sees("#pane .item .chip-good")

    pane(chen, "home-care", ".btn-row a")
    chen.page.locator('#pane a[href*="plan="]').first.click()
    chen.sees("#pane .timeline")
    chen.page.locator("#pane form .btn").first.click()
    chen.sees("#pane [aria-labelledby=h-given]")

    chen.page.locator('[data-tab="follow-up"]').first.click()
    chen.sees("#pane .follow-up")
    chen.press("Offer three times")
    chen.sees("#pane .offer-list li >> nth=2")
    chen.look()

    pane(chen, "note", "#note-form")
    for key, words in (("said", "Left cheek, 11 days"), ("found", "Tender"), ("for_patient", "Your sinuses are sore.")):
        chen.page.locator(f"#note-{key}").fill(words)
    chen.press("Sign note")
    chen.sees("#pane h2")
    chen.look()
    assert all(who.page.evaluate(LIVING) for who in (ada, chen)), "the call went on all the while"


def choose_medicine(chen: Walker, name: str) -> None:
    """Search a medicine, take its first product, fill in the dose and write it."""
    chen.page.locator("#rx-q").press_sequentially(name)
    chen.sees("#rx-found a.link-row").click()
    chen.sees("#pane form input[name=amount]").fill("1")
    chen.page.locator("select[name=frequency]").select_option("bid")
    chen.page.locator("input[name=days]").fill("5")
    chen.page.locator("input[name=quantity]").fill("10")
    chen.press("Write prescription")


def finish(chen: Walker) -> None:
    """End the visit."""
    chen.page.locator('[data-control="end"]').click()
    chen.page.locator('dialog[open] button[value="yes"]').click()
    until(chen.page, "!document.querySelector('[data-control=end]') || document.querySelector('[data-over]') !== null")
    chen.page.wait_for_timeout(500)


def read(ada: Walker, visit: Visit) -> None:
    """The summary is there at once: as a page and as a PDF; Today shows the tasks."""
    ada.go(f"/visits/{visit.id}/summary/")
    letter = str(ada.page.locator("main").text_content())
    assert "Your sinuses are sore." in letter
    assert "oxycycline" in letter or "oxiciclina" in letter
    pdf = ada.page.request.get(ada.url(f"/visits/{visit.id}/summary.pdf"))
    assert pdf.body().startswith(b"%PDF")
    ada.go("/health/")
    ada.go("/today/")
    assert ada.page.locator("main li").count() > 2


def choose_follow_up(ada: Walker, clinic: Cast) -> None:
    """Ada takes one of the three times; the other two are free again."""
    ada.go("/appointments/offered/")
    ada.page.locator("main form button").first.click()
    ada.page.wait_for_url("**/appointments/**")
    held = Appointment.objects.filter(patient=clinic.ada, offer_id__isnull=False)
    assert sorted(held.values_list("status", flat=True)).count("booked") == 1
    assert not held.filter(status="held").exists()


def see_who_looked(ada: Walker) -> None:
    """Everything Dr Chen did is there, by name, with a reason."""
    ada.go("/record/looked/")
    looked = str(ada.page.locator("main").text_content())
    assert "Lin Chen" in looked
