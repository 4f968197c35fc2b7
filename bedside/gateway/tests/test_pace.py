"""One token cannot take the whole server: it waits, and the others do not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bedside.config.asgi import conninfo
from bedside.gateway.app import Gateway
from bedside.gateway.pace import Pace
from bedside.gateway.refusals import Refused

from .conftest import Api, authenticate


def takes(pace: Pace, token: bytes, clock: float, most: int = 1_000) -> int:
    """Return how often a token may ask at once."""
    for number in range(most):
        try:
            pace.take(token, clock)
        except Refused:
            return number
    return most


def test_a_token_has_a_minutes_worth_and_then_what_flows_in() -> None:
    pace = Pace(60)
    assert takes(pace, b"one", 100.0) == 60
    assert takes(pace, b"one", 100.9) == 0
    assert takes(pace, b"one", 102.0) == 2
    assert takes(pace, b"other", 102.0) == 60
    assert takes(pace, b"one", 1_000.0) == 60, "a rest gives a minute's worth, not more"


def test_it_is_told_when_to_go_on() -> None:
    pace = Pace(6)
    takes(pace, b"one", 0.0)
    with pytest.raises(Refused) as refused:
        pace.take(b"one", 1.0)
    assert (refused.value.refused_as, refused.value.headers) == (429, {"retry-after": "9"})
    with pytest.raises(Refused):
        pace.take(b"one", 9.9)
    pace.take(b"one", 10.0)


def test_without_a_bound_there_is_none() -> None:
    assert takes(Pace(0), b"one", 0.0, most=10_000) == 10_000


def test_tokens_that_rest_are_forgotten_and_those_that_ask_are_not() -> None:
    pace = Pace(60)
    for number in range(5_000):
        pace.take(b"%d" % number, 0.0)
    assert takes(pace, b"busy", 60.5) == 60
    for number in range(5_000, 10_100):
        pace.take(b"%d" % number, 61.0)
    assert takes(pace, b"busy", 61.0) == 0


@pytest.fixture
def paced(api: Api) -> Iterator[Api]:
    """The API with five requests a minute for each token."""
    seconds = [0.0]
    gateway = Gateway(
        conninfo(),
        connections=2,
        authenticate=authenticate,
        clock=lambda: api.now,
        monotonic=lambda: seconds[0],
        requests_a_minute=5,
    )
    made = Api(gateway, api.loop, api.cast, api.now)
    made.seconds = seconds
    made.run(gateway.start())
    yield made
    made.run(gateway.stop())


@pytest.mark.slow
def test_the_api_says_so_and_others_go_on(paced: Api) -> None:
    chen, gita = paced.chen, paced.gita
    assert [chen.get("Observation").status for _ in range(7)] == [200] * 5 + [429] * 2
    refused = chen.post("Observation", {"resourceType": "Observation"})
    assert (refused.status, refused.json["issue"][0]["code"], refused.headers["retry-after"]) == (
        429,
        "throttled",
        "12",
    )
    assert refused.json["resourceType"] == "OperationOutcome"
    assert gita.get("Observation").status == 200
    assert paced.nobody.get("metadata").status == 200
    paced.seconds[0] = 12.0
    assert [chen.get("Observation").status for _ in range(2)] == [200, 429]
