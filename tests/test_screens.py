"""Every main page, as the one who uses it: nothing axe calls serious, nothing wider than the window, no script
error, nothing asked of a stranger. On a small phone by day and on a desk by night, in both languages."""

from __future__ import annotations

import pytest

from tests.browser import findings, scrolls_sideways, watch

pytestmark = pytest.mark.journey

#: Who opens which pages. Ben reads Spanish.
SCREENS = {
    None: ["/", "/accounts/login/", "/accounts/signup/", "/accounts/password/forgotten/", "/find/", "/no/such/page/"],
    "ada": [
        "/today/",
        "/find/",
        "/appointments/",
        "/health/",
        "/health/results/",
        "/health/results/choices/",
        "/record/looked/",
        "/accounts/settings/",
    ],
    "ben": [
        "/today/",
        "/find/",
        "/appointments/",
        "/health/",
        "/accounts/security/",
        "/accounts/sessions/",
        "/accounts/tokens/",
    ],
    "chen": ["/board/", "/inbox/", "/hours/", "/emergency/"],
    "femi": ["/clinic/", "/inbox/watch/", "/import/", "/results/waiting/"],
    "iris": ["/privacy/"],
    "hal": ["/machines/"],
}
SIZES = {"phone": (360, 780, "light"), "desk": (1280, 900, "dark")}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", SCREENS, ids=str)
def test_the_main_pages_can_be_used_by_everyone(browser, live_site, sign_in, who, size, cast):
    width, height, theme = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
    )
    if who:
        sign_in(context, getattr(cast, who))
    page = context.new_page()
    trouble = watch(page)
    wrong: list[str] = []
    for path in SCREENS[who]:
        answer = page.goto(live_site.url(path))
        wrong += [f"{path}: {answer.status}"] if answer.status >= 400 and "no/such" not in path else []
        wrong += [f"{path}: led to {page.url}"] if not page.url.endswith(path) else []
        wrong += [f"{path}: {found}" for found in findings(page)]
        wrong += [f"{path}: wider than {width} px"] if scrolls_sideways(page) else []
    context.close()
    assert wrong == []
    assert [line for line in trouble if "404" not in line] == []


def test_the_check_itself_sees_a_bad_page(browser):
    page = browser.new_page(viewport={"width": 360, "height": 600})
    wide = '<svg width="900" height="9"></svg>'
    page.set_content(f'<html lang="en"><title>Bad</title><main><h1>Bad</h1><button></button><img src="x">{wide}</main>')
    rules = {found.split(":")[0] for found in findings(page)}
    assert {"button-name", "image-alt"} <= rules
    assert scrolls_sideways(page)
    page.close()
