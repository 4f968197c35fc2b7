"""The corpus of bad input: each case is answered as its file says, leaves what it says, and breaks nothing."""

from __future__ import annotations

from typing import Any

import pytest

from bedside.fhir.models import ResourceVersion

from .conftest import Api, Caller, Reply
from .corpus_cases import bytes_of, cases

pytestmark = pytest.mark.slow

CASES = cases(on_the_wire=False)


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_answered_as_the_corpus_says(shared_api: Api, name: str) -> None:
    case, cast = CASES[name], shared_api.cast
    for body in case.get("before", []):
        text = bytes_of({"json": body}, cast)
        stored = shared_api.house("PUT", f"{body['resourceType']}/{body['id']}", text)
        assert stored.status in (200, 201), stored.words
    shared_api.house.get("Patient")  # so that every face is drawn before versions are counted
    before = ResourceVersion.objects.count()
    answer = send(shared_api.caller(case.get("as", "gita")), case, shared_api)
    expected: dict[str, Any] = case["expect"]
    assert answer.status == expected["status"], answer.body[:2000]
    if answer.status >= 400:
        _check_outcome(answer, expected)
    assert bytes_of(expected.get("body", ""), cast) in answer.body
    assert ResourceVersion.objects.count() - before == expected.get("stored", 0)


def send(caller: Caller, case: dict[str, Any], api: Api) -> Reply:
    """Send a case's request."""
    path = bytes_of(case.get("path", "Observation"), api.cast).decode()
    headers = {name: bytes_of(value, api.cast).decode() for name, value in case.get("headers", {}).items()}
    body = bytes_of(case["body"], api.cast) if "body" in case else None
    return caller(case.get("method", "POST"), path, body, **headers)


def _check_outcome(answer: Reply, expected: dict[str, Any]) -> None:
    issues = answer.json["issue"]
    assert answer.json["resourceType"] == "OperationOutcome"
    assert all(issue["details"]["text"] for issue in issues)
    assert issues[0]["code"] == expected["code"], issues[:3]
    assert issues[0].get("expression", [""])[0] == expected.get("path", "")
    assert expected.get("says", "") in answer.words
    assert len(answer.body) < 100_000, "an answer to nonsense is not longer than nonsense"
    assert len(issues) <= 101
