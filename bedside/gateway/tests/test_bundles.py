"""Batches and transactions: each entry on its own, or all of them or none."""

from __future__ import annotations

from typing import Any

import pytest

from bedside.accounts.models import AccessToken
from bedside.platform.audit.models import AuditEvent

from .conftest import Api, pressure

pytestmark = pytest.mark.slow


def bundle(kind: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def posting(body: dict[str, Any], **request: str) -> dict[str, Any]:
    return {"resource": body, "request": {"method": "POST", "url": body["resourceType"], **request}}


def test_a_transaction_is_stored_whole_with_its_references_rewritten(api: Api) -> None:
    ada = api.cast.id("ada")
    first = {**posting(pressure(ada)), "fullUrl": "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"}
    second = posting(pressure(ada, derivedFrom=[{"reference": first["fullUrl"]}]))
    answer = api.chen.post("", bundle("transaction", second, first))
    assert answer.status == 200, answer.body
    told = [entry["response"] for entry in answer.json["entry"]]
    assert [one["status"] for one in told] == ["201 Created", "201 Created"]
    paths = [one["location"].partition("/fhir/R4/")[2].partition("/_history")[0] for one in told]
    assert api.chen.get(paths[0]).json["derivedFrom"] == [{"reference": paths[1]}]
    row = AuditEvent.objects.get(kind="change", action="gateway.create_resource")
    token = AccessToken.objects.get(person_id=api.cast.id("chen"))
    assert (row.patient_id, row.reason) == (ada, "treating")
    assert row.detail == {"changed": {"Observation": 2}, "token": str(token.pk)}


def test_a_transaction_with_one_denied_entry_stores_nothing(api: Api) -> None:
    answer = api.chen.post(
        "", bundle("transaction", posting(pressure(api.cast.id("ada"))), posting(pressure(api.cast.id("eve"))))
    )
    assert answer.status == 422
    assert api.house.get("Observation/_history").ids == []
    assert not AuditEvent.objects.filter(kind="change", action__startswith="gateway.").exists()


def test_a_batch_does_what_it_can_and_says_of_each_what_became_of_it(api: Api) -> None:
    ada = api.cast.id("ada")
    answer = api.chen.post(
        "",
        bundle(
            "batch",
            posting(pressure(ada)),
            posting(pressure(api.cast.id("eve"))),
            {"request": {"method": "GET", "url": "Observation?code=8480-6"}},
            {"request": {"method": "GET", "url": "Observation/nothing"}},
            {"request": {"method": "GET", "url": "metadata"}},
            {"request": {"method": "DELETE", "url": "Observation/nothing"}},
        ),
    )
    assert answer.status == 200, answer.body
    entries = answer.json["entry"]
    assert [entry["response"]["status"][:3] for entry in entries] == ["201", "422", "200", "404", "400", "404"]
    assert len(entries[2]["resource"]["entry"]) == 1
    assert entries[1]["response"]["outcome"]["issue"][0]["severity"] == "error"
    assert len(api.house.get("Observation/_history").ids) == 1


def test_a_batch_sees_no_more_than_its_sender(api: Api) -> None:
    made = api.house.post("Observation", pressure(api.cast.id("eve"))).json["id"]
    asked = [{"request": {"method": "GET", "url": url}} for url in (f"Observation/{made}", "Observation", "_history")]
    answer = api.chen.post("", bundle("batch", *asked))
    assert made.encode() not in answer.body.replace(f"Observation/{made}".encode(), b"")
    assert b"8480-6" not in answer.body


def test_what_is_no_bundle_is_refused(api: Api) -> None:
    assert api.chen.post("", pressure(api.cast.id("ada"))).status == 400
    assert api.chen.post("", {"resourceType": "Bundle", "type": "collection", "entry": []}).status == 400
    assert api.chen.post("", {"resourceType": "Bundle", "type": "batch", "entry": "x"}).status == 400
    assert api.chen.post("", bundle("transaction", {"request": {"method": "FLY", "url": "x"}})).status == 400


def test_a_bundle_of_too_many_entries_is_refused_with_the_limit_named(api: Api) -> None:
    one = b'{"request":{"method":"GET","url":"Observation/1"}}'
    body = b'{"resourceType":"Bundle","type":"batch","entry":[' + b",".join([one] * 100_000) + b"]}"
    answer = api.chen.post("", body)
    assert answer.status == 413
    assert "5000" in answer.words.replace(",", "")


def test_an_empty_bundle_does_nothing(api: Api) -> None:
    answer = api.chen.post("", {"resourceType": "Bundle", "type": "transaction"})
    assert (answer.status, answer.json["type"]) == (200, "transaction-response")
