"""A call whose network is cut for 10 and for 25 seconds, and comes back by itself.

The patient's browser runs in a network namespace behind a router that stops forwarding: packets vanish, as in a lift.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bedside.visits.models import ChatMessage
from tests import tools
from tests.browser import FLAGS
from tests.calls import Call, book_visit, open_page
from tests.cast import Cast
from tests.cuts import HERE, CutNetwork, cut_network, doorway, why_not

pytestmark = [pytest.mark.media, pytest.mark.slow]

#: The goal is media back within 5 seconds of the network; a shared machine gets some grace.
BACK_WITHIN = 8.0


@pytest.fixture(scope="module")
def network() -> Iterator[CutNetwork]:
    """A network of our own that can be cut."""
    if reason := why_not():
        pytest.skip(reason)
    with cut_network() as made:
        yield made


@pytest.fixture
def call(
    network: CutNetwork,
    browser: Any,
    live_site: Any,
    cast: Cast,
    sign_in: Callable[[Any, Any], None],
    tmp_path: Path,
) -> Iterator[Call]:
    """Ada far away, behind the router; Dr Chen here."""
    wrapper = network.wrapper(str(tools.find("chromium")), tmp_path)
    rules = f"--host-resolver-rules=MAP localhost {HERE}"
    with doorway(live_site.port):
        far = browser.browser_type.launch(executable_path=str(wrapper), args=[*FLAGS, rules])
        try:
            patient, doctor = open_page(far, sign_in, cast.ada), open_page(browser, sign_in, cast.chen)
            yield Call(book_visit(cast), patient, doctor, live_site.url)
            doctor.context.close()
        finally:
            network.mend()
            far.close()


@pytest.mark.parametrize("seconds", [10, 25])
def test_pictures_come_back_by_themselves_after_a_cut(call: Call, network: CutNetwork, seconds: int) -> None:
    call.meet()
    network.cut()
    call.doctor.wait_for_timeout(3_500)
    assert call.doctor.evaluate("performance.now() - probe.last") > 1_000
    assert call.doctor.get_by_text("The connection broke. We are mending it").is_visible()
    box = call.patient.locator("visit-chat textarea")
    box.fill("Written while cut off")
    box.press("Enter")
    call.doctor.wait_for_timeout(seconds * 1000 - 3_500)
    network.mend()
    took = call.wait_for_pictures(within=20)
    print(f"back after {took:.1f} s")
    assert took < BACK_WITHIN
    call.doctor.locator(".bubble", has_text="Written while cut off").wait_for(timeout=10_000)
    assert ChatMessage.objects.count() == 1
    call.patient.get_by_text("The connection broke. We are mending it").wait_for(state="hidden", timeout=5_000)
