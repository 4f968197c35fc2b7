"""A call whose network is cut for 10 and for 25 seconds, and comes back by itself.

Each browser runs in a network namespace, and the router between them stops forwarding: packets vanish, as in a lift.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bedside.visits.models import ChatMessage
from tests import tools
from tests.browser import FLAGS
from tests.calls import Call, book_visit, open_page
from tests.cast import Cast
from tests.cuts import NEAR, CutNetwork, cut_network, doorway, why_not

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
    """Ada far away, Dr Chen near the site, a router between them."""

    def start(namespace: str) -> Any:
        wrapper = network.wrapper(str(tools.find("chromium")), tmp_path, namespace=namespace)
        rules = f"--host-resolver-rules=MAP localhost {NEAR}"
        return browser.browser_type.launch(executable_path=str(wrapper), args=[*FLAGS, rules])

    with doorway(network, live_site.port), ExitStack() as running:
        running.callback(network.mend)
        ends = [start(network.far), start(network.near)]
        for end in ends:
            running.callback(end.close)
        patient, doctor = (open_page(end, sign_in, who) for end, who in zip(ends, (cast.ada, cast.chen), strict=True))
        yield Call(book_visit(cast), patient, doctor, live_site.url)


def test_the_network_is_whole_before_a_browser_starts(network: CutNetwork) -> None:
    addresses = network.addresses()
    assert NEAR in addresses
    assert "inet6" not in addresses


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
