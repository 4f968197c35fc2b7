"""The note as it is written in a real browser: it saves by itself, two tabs lose nothing, it is signed once."""

from __future__ import annotations

import pytest

from bedside.kernel.time import utc_now
from bedside.record.models import NoteDraft, NoteSignature
from tests.browser import findings, scrolls_sideways, watch

from .conftest import VISIT, put_in_care

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tab(cast, browser, live_site, sign_in):
    """Return a function that opens another tab of Dr Chen's on one pane of the visit."""
    put_in_care(cast, "chen", utc_now())
    context = browser.new_context(viewport={"width": 1024, "height": 800}, service_workers="block")
    sign_in(context, cast.chen)

    def open_tab(pane):
        page = context.new_page()
        page.goto(live_site.url(f"/patients/{cast.ada.id}/visits/{VISIT}/{pane}/"))
        return page

    yield open_tab
    context.close()


def at_revision(page, revision):
    """Wait until the page knows that this revision is saved."""
    page.locator(f"#note-revision[value='{revision}']").wait_for(state="attached")


def test_a_note_saves_by_itself_and_is_signed(tab):
    page = tab("note")
    trouble = watch(page)
    page.fill("#note-said", "Pain in the left cheek")
    at_revision(page, 1)
    page.get_by_text("Saved", exact=False).wait_for()
    page.fill("#note-plan", "Doxycycline, 5 days")
    at_revision(page, 2)
    assert NoteDraft.objects.get().sections["plan"] == "Doxycycline, 5 days"
    page.fill("#note-for_patient", "You have a sinus infection.")
    page.get_by_role("button", name="Sign note").click()
    page.get_by_text("A signed note never changes").wait_for()
    assert NoteSignature.objects.count() == 1
    assert "You have a sinus infection." in page.inner_text("#pane")
    assert findings(page) == []
    assert trouble == []


def test_a_second_tab_is_told_and_loses_nothing(tab):
    first, second = tab("note"), tab("note")
    first.fill("#note-said", "From the first tab")
    at_revision(first, 1)
    second.fill("#note-said", "From the second tab")
    second.get_by_text("changed in another tab").wait_for()
    assert second.input_value("#note-said") == "From the second tab"
    assert NoteDraft.objects.get().sections["said"] == "From the first tab"
    second.get_by_role("button", name="Save", exact=True).click()
    second.get_by_text("In the other tab").wait_for()
    assert "From the first tab" in second.inner_text("#pane")
    assert second.input_value("#note-said") == "From the second tab"
    second.get_by_role("button", name="Save", exact=True).click()
    second.get_by_text("Saved", exact=False).wait_for()
    assert NoteDraft.objects.get().sections["said"] == "From the second tab"


def test_a_diagnosis_is_found_as_one_types(tab):
    page = tab("diagnoses")
    page.fill("#dx-q", "sinusitis aguda")
    page.locator(".code-pick:has([value='J01.90']) [value=confirmed]").click()
    page.locator(".chip-good", has_text="Acute sinusitis").wait_for()
    assert not scrolls_sideways(page)
