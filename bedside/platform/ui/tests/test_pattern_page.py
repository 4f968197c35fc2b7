"""The pattern page in a real browser: small and wide, both themes, both languages, nothing serious."""

from __future__ import annotations

import pytest

from tests.browser import findings, scrolls_sideways, watch

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_serious_is_wrong_with_any_part(browser, live_site, width, theme, language):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, locale=language, reduced_motion="reduce"
    )
    page = context.new_page()
    trouble = watch(page)
    page.goto(live_site.url("/ui/"))
    page.wait_for_load_state("networkidle")
    assert page.get_attribute("html", "lang") == language
    assert findings(page) == []
    assert trouble == []
    context.close()


def test_no_part_is_wider_than_the_smallest_phone(browser, live_site):
    context = browser.new_context(viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(live_site.url("/ui/"))
    assert not scrolls_sideways(page)
    context.close()
