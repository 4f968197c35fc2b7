"""The parts of the room's scripts that can be tried alone, in a browser, against worked examples."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.calls import book_visit, open_page
from tests.cast import Cast

pytestmark = [pytest.mark.media]

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "reference" / "check-code.json"


@pytest.fixture
def page(browser: Any, live_site: Any, cast: Cast, sign_in: Callable[[Any, Any], None]) -> Any:
    """A page of ours, whose import map knows the room's modules."""
    opened = open_page(browser, sign_in, cast.ada)
    opened.goto(live_site.url(f"/visits/{book_visit(cast).id}/waiting"))
    yield opened
    opened.context.close()


def test_the_check_code_agrees_with_its_worked_examples(page: Any) -> None:
    examples = json.loads(EXAMPLES.read_text())["examples"]
    assert examples
    for example in examples:
        numbers = page.evaluate(
            """async ([id, one, other]) => (await import("visits/check-code.js")).checkNumbers(id, one, other)""",
            [example["visit"], example["local"], example["remote"]],
        )
        assert numbers == example["bits"]


def climb(page: Any, ticks: list[dict[str, Any]]) -> list[int]:
    """Return the rung after each second of these figures."""
    rungs: list[int] = page.evaluate(
        """async (ticks) => {
            const { firstPlace, nextPlace } = await import("visits/ladder.js");
            let place = firstPlace(0);
            return ticks.map((figures, at) => (place = nextPlace(place, figures, (at + 1) * 1000)).rung);
        }""",
        ticks,
    )
    return rungs


GOOD = {"loss": 0, "rttMs": 80, "estimate": 900_000}
LOSSY = {"loss": 0.2, "rttMs": 80, "estimate": 900_000}
LATE = {"loss": 0, "rttMs": 1500, "estimate": 900_000}
SHORT = {"loss": 0, "rttMs": 80, "estimate": 30_000}


@pytest.mark.parametrize("bad", [LOSSY, LATE])
def test_the_ladder_goes_down_at_once_and_up_after_eight_good_seconds(page: Any, bad: dict[str, Any]) -> None:
    assert climb(page, [GOOD, bad]) == [0, 1]
    assert climb(page, [bad, *[GOOD] * 7])[-1] == 1
    assert climb(page, [bad, *[GOOD] * 8])[-1] == 0


def test_the_ladder_wants_three_seconds_of_a_low_estimate(page: Any) -> None:
    assert climb(page, [SHORT] * 3)[-1] == 0
    assert climb(page, [SHORT] * 4)[-1] == 1
    assert climb(page, [SHORT] * 10)[-1] == 2


def test_the_ladder_climbs_from_the_bottom_only_by_a_trial_after_twenty_seconds(page: Any) -> None:
    fallen = [LOSSY, LOSSY]
    assert climb(page, [*fallen, *[GOOD] * 19])[-1] == 2
    assert climb(page, [*fallen, *[GOOD] * 20])[-1] == 1


def test_a_missing_figure_is_no_reason_to_move(page: Any) -> None:
    nothing = {"loss": None, "rttMs": None, "estimate": None}
    assert climb(page, [nothing] * 30) == [0] * 30
