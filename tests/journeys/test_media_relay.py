"""Calls through a real relay (coturn), with nothing but the relay allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.calls import Call, book_visit, open_page, until
from tests.cast import Cast
from tests.coturn import Coturn, coturn

__all__ = ["coturn"]

pytestmark = [pytest.mark.media, pytest.mark.slow, pytest.mark.needs("coturn")]

RELAY_ONLY = "window.bedsideRelayOnly = true"


@pytest.fixture
def call(browser: Any, live_site: Any, cast: Cast, sign_in: Callable[[Any, Any], None]) -> Any:
    """Ada at the door of Dr Chen, both allowed only relayed paths."""
    pages = [open_page(browser, sign_in, person) for person in (cast.ada, cast.chen)]
    for page in pages:
        page.context.add_init_script(RELAY_ONLY)
    yield Call(book_visit(cast), *pages, live_site.url)
    for page in pages:
        page.context.close()


def kinds_of_path(page: Any) -> str:
    """Return the kinds of both ends of the path in use: relay>relay."""
    return str(
        page.evaluate("""(async () => {
            const lines = await probe.pcs.at(-1).getStats();
            const pair = [...lines.values()].find((line) => line.type === "candidate-pair" && line.nominated);
            return [pair.localCandidateId, pair.remoteCandidateId].map((id) => lines.get(id).candidateType).join(">");
        })()""")
    )


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_two_people_meet_through_the_relay(call: Call, coturn: Coturn, settings: Any, transport: str) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = coturn.urls(transport), coturn.secret
    call.meet()
    assert {kinds_of_path(page) for page in (call.patient, call.doctor)} == {"relay>relay"}
    assert coturn.allocations() >= 2


def test_a_wrong_credential_gets_no_picture(call: Call, coturn: Coturn, settings: Any) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = coturn.urls("udp"), "not the secret"
    before = coturn.allocations()
    call.wait_at_the_door()
    call.admit()
    until(call.patient, "probe.pcs.at(-1).iceGatheringState === 'complete'", within=20)
    call.patient.wait_for_timeout(2_000)
    assert [page.evaluate("probe.frames") for page in (call.patient, call.doctor)] == [0, 0]
    assert coturn.allocations() == before
