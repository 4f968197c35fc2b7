"""Reading: one resource, one version, what happened to it; what one has already; what one may not see."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bedside.platform.audit.models import AuditEvent

from .conftest import Api, pressure


def stored(api: Api, patient: str = "ada", **more: object) -> str:
    made = api.house.post("Observation", pressure(api.cast.id(patient), **more))
    assert made.status == 201, made.body
    return str(made.json["id"])


def test_a_doctor_reads_what_is_known_of_her_patient_byte_for_byte(api: Api) -> None:
    body = (
        b'{"resourceType":"Observation","status":"final","code":{"text":"pH"},'
        b'"subject":{"reference":"Patient/%b"},"valueQuantity":{"value":7.40,"unit":"pH"}}'
    )
    made = api.chen.post("Observation", body % str(api.cast.id("ada")).encode())
    assert made.status == 201, made.body
    found = api.chen.get(f"Observation/{made.json['id']}")
    assert (found.status, found.headers["etag"]) == (200, 'W/"1"')
    assert found.headers["last-modified"] == "Tue, 24 Nov 2026 15:00:00 GMT"
    assert found.headers["content-type"] == "application/fhir+json; charset=utf-8"
    assert b'"value":7.40,' in found.body
    assert found.json["meta"] == {"versionId": "1", "lastUpdated": "2026-11-24T15:00:00.000Z"}


@pytest.mark.parametrize("who", ["diaz", "eve", "ben", "femi", "iris", "hal"])
def test_what_is_not_yours_looks_like_what_is_not_there(api: Api, who: str) -> None:
    theirs, nothing = stored(api), str(uuid4())
    caller = api.caller(who)
    for path in ("Observation/{}", "Observation/{}/_history", "Observation/{}/_history/1", "Patient/{}/$everything"):
        hidden, missing = caller.get(path.format(theirs)), caller.get(path.format(nothing))
        assert hidden.status == missing.status == 404
        assert hidden.body.replace(theirs.encode(), b"X") == missing.body.replace(nothing.encode(), b"X")
    assert not AuditEvent.objects.filter(actor_id=api.cast.id(who), kind="view").exists()


def test_patients_read_their_own_and_nobody_elses(api: Api) -> None:
    hers, eves = stored(api), stored(api, "eve")
    assert api.ada.get(f"Observation/{hers}").status == 200
    assert api.ada.get(f"Observation/{eves}").status == 404


def test_a_reading_leaves_a_row_that_says_who_whose_what_and_why(api: Api) -> None:
    made = stored(api)
    answer = api.chen.get(f"Observation/{made}")
    row = AuditEvent.objects.get(kind="view")
    assert (row.action, row.actor_id, row.patient_id, row.reason) == (
        "gateway.read_resource",
        api.cast.id("chen"),
        api.cast.id("ada"),
        "treating",
    )
    assert (row.resource_type, row.resource_id) == ("Observation", made)
    assert row.detail["request"] == answer.headers["x-request-id"]
    assert row.detail["shown"] == {"Observation": 1}
    api.ada.get(f"Observation/{made}")
    assert AuditEvent.objects.filter(kind="view").latest("id").reason == "self"


def test_what_one_has_already_is_not_sent_again(api: Api) -> None:
    made = stored(api)
    path = f"Observation/{made}"
    for headers in (
        {"if_none_match": 'W/"1"'},
        {"if_none_match": '"7", W/"1"'},
        {"if_none_match": "*"},
        {"if_modified_since": "Tue, 24 Nov 2026 15:00:00 GMT"},
    ):
        same = api.chen.get(path, **headers)
        assert (same.status, same.body, same.headers["etag"]) == (304, b"", 'W/"1"'), headers
    for headers in (
        {"if_none_match": 'W/"2"'},
        {"if_modified_since": "Tue, 24 Nov 2026 14:59:59 GMT"},
        {"if_modified_since": "yesterday"},
        {"if_none_match": 'W/"2"', "if_modified_since": "Tue, 24 Nov 2026 15:00:00 GMT"},
    ):
        assert api.chen.get(path, **headers).status == 200, headers


def test_head_answers_like_get_without_a_body(api: Api) -> None:
    path = f"Observation/{stored(api)}"
    whole, head = api.chen.get(path), api.chen("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))


def test_a_part_says_that_it_is_a_part(api: Api) -> None:
    path = f"Observation/{stored(api, note=[{'text': 'seated'}])}"
    part = api.chen.get(f"{path}?_elements=effective").json
    assert set(part) == {"resourceType", "id", "meta", "status", "code", "effectiveDateTime"}
    assert part["meta"]["tag"][0]["code"] == "SUBSETTED"
    assert "note" not in api.chen.get(f"{path}?_summary=true").json
    assert api.chen.get(f"{path}?_summary=maybe").status == 400
    assert api.chen.get(f"{path}?colour=red").status == 400
    assert api.chen.get(f"{path}?colour=red", prefer="handling=lenient").status == 200


def test_what_is_deleted_is_gone_and_its_past_can_be_read(api: Api) -> None:
    path = f"Observation/{stored(api)}"
    api.chen.put(path, pressure(api.cast.id("ada"), id=path.partition("/")[2], status="amended"))
    assert api.chen.delete(path).status == 204
    assert api.chen.get(path).status == 410
    assert api.eve.get(path).status == 404
    assert api.chen.get(f"{path}/_history/2").json["status"] == "amended"
    assert api.chen.get(f"{path}/_history/3").status == 410
    assert api.chen.get(f"{path}/_history/4").status == 404
    past = api.chen.get(f"{path}/_history").json
    assert (past["type"], past["total"]) == ("history", 3)
    told = [(e["request"]["method"], e["response"]["status"], e["response"]["etag"]) for e in past["entry"]]
    assert told == [("DELETE", "204", 'W/"3"'), ("PUT", "200", 'W/"2"'), ("POST", "201", 'W/"1"')]
    assert ["resource" in entry for entry in past["entry"]] == [False, True, True]


def test_history_goes_page_by_page_and_holds_only_what_is_in_reach(api: Api) -> None:
    mine = [stored(api) for _ in range(5)]
    for _ in range(3):
        stored(api, "eve")
    for path in ("Observation/_history?_count=2", "_history?_count=2"):
        seen, following = [], path
        while following:
            page = api.chen.get(following)
            assert page.status == 200, page.body
            shown = [entry["resource"] for entry in page.json.get("entry", [])]
            seen += [one["id"] for one in shown if one["resourceType"] == "Observation"]
            following = page.link("next")
        assert sorted(seen) == sorted(mine), path
    assert api.chen.get("Observation/_history?_since=2026-11-24T15:00:01Z").ids == []
    assert api.chen.get("Observation/_history?_since=soon").status == 400
    first = api.chen.get("Observation/_history?_count=2").link("next")
    assert first is not None
    assert api.chen.get(first[:-2] + "xx").status == 400
    assert api.chen.get(first.replace("Observation", "Condition")).status == 400


def test_history_says_what_stood_on_a_day(api: Api) -> None:
    path = f"Observation/{stored(api)}"
    for where in (f"{path}/_history", "Observation/_history"):
        assert len(api.chen.get(f"{where}?_at=2026-11-24").ids) == 1
        assert len(api.chen.get(f"{where}?_at=2026-11-24T15:00:00Z").ids) == 1
        assert len(api.chen.get(f"{where}?_at=2027").ids) == 1
        assert api.chen.get(f"{where}?_at=2026-11-23").ids == []
        assert api.chen.get(f"{where}?_at=2026-11-24T09:59:59-05:00").ids == []
        assert api.chen.get(f"{where}?_at=soon").status == 400
    assert api.chen.get(f"{path}/_history?_at=2026-11-23").json["total"] == 0
    assert api.chen.delete(path).status == 204
    assert api.chen.get(f"{path}/_history?_at=2027").ids == []
