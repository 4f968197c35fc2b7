"""Bad input: each is refused with an OperationOutcome, nothing is stored, and nothing breaks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bedside.gateway.messages import read_body
from bedside.gateway.refusals import Refused

from .conftest import Api, pressure

pytestmark = pytest.mark.slow

_HEAD = b'{"resourceType":"Observation","status":"final","code":{"text":"x"}'
BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "no JSON": (b"<Observation/>", 400),
    "a list": (b"[]", 400),
    "a text": (b'"Observation"', 400),
    "twice": (_HEAD + b',"status":"amended"}', 400),
    "deep": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
    "a deep list": (b"[" * 100_000, 400),
    "not UTF-8": (_HEAD + b',"note":[{"text":"\xff"}]}', 400),
    "NaN": (_HEAD + b',"valueQuantity":{"value":NaN}}', 400),
    "half a surrogate pair": (_HEAD + b',"note":[{"text":"\\ud800"}]}', 422),
    "a null character": (_HEAD + b',"note":[{"text":"a\\u0000b"}]}', 422),
    "a day that is not": (_HEAD + b',"effectiveDateTime":"2026-02-30"}', 422),
    "an unknown member": (_HEAD + b',"colour":"red"}', 422),
    "an unknown status": (b'{"resourceType":"Observation","status":"maybe","code":{"text":"x"}}', 422),
    "two values": (_HEAD + b',"valueString":"a","valueInteger":1}', 422),
    "a script": (_HEAD + b',"text":{"status":"generated","div":"<div><script>x</script></div>"}}', 422),
    "another type": (b'{"resourceType":"Patient"}', 400),
    "no type": (b"{}", 400),
}


def test_bodies_that_are_wrong_are_refused_and_leave_nothing(api: Api) -> None:
    found = {}
    for name, (body, status) in BODIES.items():
        answer = api.gita.post("Observation", body)
        assert answer.json["resourceType"] == "OperationOutcome", name
        assert all(issue["details"]["text"] for issue in answer.json["issue"]), name
        if answer.status != status:
            found[name] = (answer.status, answer.words)
    assert found == {}
    assert api.house.get("Observation/_history").ids == []


def test_every_fault_says_where_it_is(api: Api) -> None:
    answer = api.gita.post("Observation", pressure(api.cast.id("ada"), status="maybe"))
    assert answer.status == 422
    assert "Observation.status" in [issue["expression"][0] for issue in answer.json["issue"]]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_type": ""}, 415),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/fhir+xml"}, 415),
        ({"content_type": "application/fhir+json; charset=utf-16"}, 415),
        ({"content_type": "application/fhir+json; fhirVersion=5.0"}, 415),
        ({"content_encoding": "gzip"}, 415),
        ({"content_length": "99999999999"}, 413),
        ({"accept": "application/fhir+xml"}, 406),
        ({"content_type": "application/json;charset=UTF-8"}, 201),
    ],
)
def test_headers_that_do_not_fit(api: Api, headers: dict[str, str], status: int) -> None:
    answer = api.chen.post("Observation", pressure(api.cast.id("ada")), **headers)
    assert answer.status == status
    assert status == 201 or answer.words


def test_addresses_that_are_wrong(api: Api) -> None:
    for path in (
        "Observation?_count=-1",
        "Observation?_count=many",
        "Observation?_sort=nonsense",
        "Observation?date=2026-02-30",
        "Observation?_include=Observation:nonsense",
        "Observation?subject.nonsense=1",
        "Observation?_has:Nonsense:x:y=1",
        "Observation?_total=perhaps",
        "Observation?code:nonsense=1",
        "Observation?_page=nonsense",
        "Observation?code=%00",
        "Observation?code=%ff",
        "Observation/_history?_count=x",
        "Observation/1/_history?_since=x",
    ):
        answer = api.chen.get(path)
        assert (answer.status, path) == (400, path)
        assert answer.json["resourceType"] == "OperationOutcome"
    assert api.chen.get("Observation?_id=" + ",".join(f"a{number}" for number in range(10_000))).status in (400, 414)


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
