"""Bad input that is no file of the corpus: what needs a clock, an accident, or a look at the answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bedside.gateway.messages import read_body
from bedside.gateway.refusals import Refused

from .conftest import Api, pressure

pytestmark = pytest.mark.slow


def test_every_fault_says_where_it_is(api: Api) -> None:
    answer = api.gita.post("Observation", pressure(api.cast.id("ada"), status="maybe"))
    assert answer.status == 422
    assert "Observation.status" in [issue["expression"][0] for issue in answer.json["issue"]]


def test_a_body_that_is_too_long_or_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [{"type": "http.request", "body": b"x" * 1000, "more_body": True}] * 5

    async def receive() -> Any:
        return parts[0]

    with pytest.raises(Refused) as refused:
        asyncio.run(read_body(receive, {}, 3_500))
    assert refused.value.refused_as == 413

    async def stall() -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr("bedside.gateway.messages.STALL_SECONDS", 0.01)
    with pytest.raises(Refused) as refused:
        asyncio.run(read_body(stall, {}, 3_500))
    assert refused.value.refused_as == 408


def test_an_accident_says_its_number_and_nothing_else(api: Api, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def fail(*words: object, **more: object) -> None:
        raise ValueError("Ada Reyes has asthma")

    caller = api.chen
    monkeypatch.setattr("bedside.gateway.app.reach_of", fail)
    answer = caller.get("Observation")
    assert answer.status == 500
    assert b"asthma" not in answer.body
    assert answer.headers["x-request-id"] in answer.words
    record = next(one for one in caplog.records if one.name == "bedside.gateway.app")
    assert record.code == answer.headers["x-request-id"]
    assert "asthma" not in record.getMessage()


def test_a_fhirpath_patch(api: Api) -> None:
    path = f"Observation/{api.chen.post('Observation', pressure(api.cast.id('ada'))).json['id']}"
    parts = [
        {"name": "type", "valueCode": "replace"},
        {"name": "path", "valueString": "Observation.status"},
        {"name": "value", "valueCode": "amended"},
    ]
    sent = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]}
    done = api.chen("PATCH", path, sent)
    assert (done.status, done.json["status"]) == (200, "amended"), done.body
