"""Writing: what is stored is what was sent, by whom it may be, once, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import pytest

from bedside.gateway.terms import OWNED

from .conftest import Api, pressure

pytestmark = pytest.mark.slow


def test_what_is_created_can_be_found_where_it_says(api: Api) -> None:
    made = api.chen.post("Observation", pressure(api.cast.id("ada")))
    assert made.status == 201
    where = made.headers["location"]
    assert where.startswith("http://localhost:8000/fhir/R4/Observation/")
    assert where.endswith("/_history/1")
    assert made.headers["etag"] == 'W/"1"'
    assert api.chen.get(where.partition("/fhir/R4/")[2]).body == made.body


@pytest.mark.parametrize("media_type", ["application/merge-patch+json", "application/json"])
def test_a_merge_patch_names_what_is_new_and_takes_away_what_is_null(api: Api, media_type: str) -> None:
    made = api.chen.post("Observation", pressure(api.cast.id("ada"), note=[{"text": "x"}]))
    path = f"Observation/{made.json['id']}"
    done = api.chen("PATCH", path, b'{"status":"amended","note":null}', content_type=media_type)
    assert (done.status, done.json["status"]) == (200, "amended")
    assert "note" not in done.json
    assert api.chen("PATCH", path, b'{"status":"maybe"}', content_type=media_type).status == 422
    assert api.eve("PATCH", path, b'{"status":"final"}', content_type=media_type).status == 404
    assert api.chen.get(path).headers["etag"] == 'W/"2"'


@pytest.mark.parametrize(
    ("wish", "kind"),
    [
        ("return=minimal", None),
        ("return=representation", "Observation"),
        ("return=OperationOutcome", "OperationOutcome"),
    ],
)
def test_the_answer_is_as_long_as_was_wished(api: Api, wish: str, kind: str | None) -> None:
    made = api.chen.post("Observation", pressure(api.cast.id("ada")), prefer=wish)
    assert made.status == 201
    assert (made.json["resourceType"] if made.body else None) == kind


def test_of_two_changes_to_one_version_one_wins(api: Api) -> None:
    made = api.chen.post("Observation", pressure(api.cast.id("ada"))).json
    path = f"Observation/{made['id']}"
    first = api.chen.put(path, {**made, "status": "amended"}, if_match='W/"1"')
    assert (first.status, first.headers["etag"]) == (200, 'W/"2"')
    assert api.gita.put(path, {**made, "status": "corrected"}, if_match='W/"1"').status == 412
    assert api.gita.put(path, made, if_match="the newest").status == 400
    assert api.gita.delete(path, if_match='W/"1"').status == 412
    assert api.chen.get(path).json["status"] == "amended"


def test_an_id_of_the_clients_own_is_taken_once(api: Api) -> None:
    body = pressure(api.cast.id("ada"), id="mine-1")
    made = api.chen.put("Observation/mine-1", body, if_none_match="*")
    assert (made.status, made.json["id"]) == (201, "mine-1")
    assert api.chen.put("Observation/mine-1", body, if_none_match="*").status == 412
    assert api.chen.put("Observation/mine-1", body).status == 200
    assert api.chen.put("Observation/mine-2", body).status == 400, "another id than the address"
    assert api.chen.put("Condition/mine-1", body).status == 400, "another type than the address"


def test_a_condition_that_finds_one_creates_none_however_many_race(api: Api) -> None:
    body = pressure(api.cast.id("ada"), identifier=[{"system": "urn:lab", "value": "7"}])
    criteria = f"identifier=urn:lab|7&patient={api.cast.id('ada')}"
    caller = api.chen

    async def race() -> list[int]:
        asked = [caller.ask("POST", "Observation", body, if_none_exist=criteria) for _ in range(50)]
        return [reply.status for reply in await asyncio.gather(*asked)]

    statuses = api.run(race())
    assert sorted(statuses) == [200] * 49 + [201]
    assert len(caller.get(f"Observation?patient={api.cast.id('ada')}").ids) == 1


def test_changes_by_condition(api: Api) -> None:
    body = pressure(api.cast.id("ada"), identifier=[{"system": "urn:lab", "value": "7"}])
    where = "Observation?identifier=urn:lab%7C7"
    assert api.chen.put(where, body).status == 201
    changed = api.chen.put(where, {**body, "status": "amended"})
    assert (changed.status, changed.headers["etag"]) == (200, 'W/"2"')
    patch = b'[{"op":"replace","path":"/status","value":"corrected"}]'
    kind = "application/json-patch+json"
    assert api.chen("PATCH", where, patch, content_type=kind).json["status"] == "corrected"
    assert api.eve("PATCH", where, patch, content_type=kind).status == 404
    assert api.chen.post("Observation", body).status == 201
    assert api.chen.put(where, body).status == 412, "two match"
    assert api.chen.delete("Observation").status == 412, "no condition at all"
    assert api.chen.delete("Observation?colour=red").status == 412, "a condition nobody understands"
    assert api.eve.delete(where).status == 204, "she sees none, so none is deleted"
    assert len(api.chen.get("Observation").ids) == 2


def test_a_patch_changes_a_part_and_keeps_the_digits(api: Api) -> None:
    sent = json.dumps(pressure(api.cast.id("ada"))).replace("120", "120.50").encode()
    path = f"Observation/{api.chen.post('Observation', sent).json['id']}"
    patch = (
        b'[{"op":"test","path":"/valueQuantity/value","value":120.50},'
        b'{"op":"add","path":"/note","value":[{"text":"x"}]}]'
    )
    done = api.chen("PATCH", path, patch, content_type="application/json-patch+json")
    assert done.status == 200, done.body
    assert b'"value":120.50,' in done.body
    assert done.json["note"] == [{"text": "x"}]
    for wrong in (b"nonsense", b'{"op":"add"}', b'[{"op":"fly"}]', b'[{"op":"test","path":"/status","value":"x"}]'):
        assert api.chen("PATCH", path, wrong, content_type="application/json-patch+json").status in (400, 422), wrong
    assert api.chen("PATCH", path, patch, content_type="text/plain").status == 415
    assert api.chen.get(path).headers["etag"] == 'W/"2"'


@pytest.mark.parametrize(
    ("who", "kind", "status"),
    [
        ("chen", "Observation", 201),
        ("gita", "Observation", 201),
        ("chen", "Condition", 201),
        ("gita", "Condition", 403),
        ("gita", "Basic", 201),
        ("ada", "Observation", 403),
        ("ada", "Basic", 403),
        ("diaz", "Observation", 422),
        ("diaz", "Condition", 422),
        ("femi", "Observation", 403),
        ("iris", "Observation", 403),
        ("house", "Observation", 201),
    ],
)
def test_who_may_write_what_about_ada(api: Api, who: str, kind: str, status: int) -> None:
    body = {**pressure(api.cast.id("ada"))} if kind == "Observation" else _plain(kind, api)
    answer = api.caller(who).post(kind, body)
    assert answer.status == status, answer.body
    listed = api.house.get(f"{kind}/_history").ids
    assert len(listed) == (1 if status == 201 else 0)


def _plain(kind: str, api: Api) -> dict[str, object]:
    return {"resourceType": kind, "code": {"text": "x"}, "subject": {"reference": f"Patient/{api.cast.id('ada')}"}}


def test_nobody_writes_about_a_patient_who_is_not_there_or_not_theirs_and_cannot_tell_which(api: Api) -> None:
    hidden = api.chen.post("Observation", pressure(api.cast.id("eve")))
    missing = api.chen.post("Observation", pressure(uuid4()))
    assert (hidden.status, hidden.body) == (missing.status, missing.body)
    assert hidden.status == 422


def test_a_resource_does_not_move_to_another_patient(api: Api) -> None:
    made = api.chen.post("Observation", pressure(api.cast.id("ada"))).json
    moved = {**made, "subject": {"reference": f"Patient/{api.cast.id('chen')}"}}
    answer = api.chen.put(f"Observation/{made['id']}", moved)
    assert answer.status == 422
    assert "stays with its patient" in answer.words


def test_what_is_not_yours_cannot_be_changed_and_looks_like_what_is_not_there(api: Api) -> None:
    made = api.chen.post("Observation", pressure(api.cast.id("ada"))).json
    path = f"Observation/{made['id']}"
    patch = b'[{"op":"remove","path":"/status"}]'
    assert api.diaz.put(path, made).status == 404
    assert api.diaz.delete(path).status == 404
    assert api.diaz("PATCH", path, patch, content_type="application/json-patch+json").status == 404
    assert api.ada.delete(path).status == 403, "her own, which she sees; but patients do not write it"
    assert api.chen.get(path).headers["etag"] == 'W/"1"'


def test_what_another_room_keeps_is_refused_with_a_sentence(api: Api) -> None:
    """Asked by deleting, so that it does not hang on what a valid resource of each type looks like."""
    for kind in sorted(OWNED):
        stored = api.house.put(f"{kind}/one", {"resourceType": kind, "id": "one", **_LEAST.get(kind, {})})
        if stored.status != 201:
            continue
        answer = api.caller("chen").delete(f"{kind}/one")
        assert (answer.status, kind) in {(403, kind), (404, kind)}
        if answer.status == 403:
            assert OWNED[kind] in answer.words
    answer = api.chen.put("Organization/two", {"resourceType": "Organization", "id": "two", "name": "x"})
    assert (answer.status, answer.json["issue"][0]["code"]) == (403, "business-rule")
    assert "directory" in answer.words


_LEAST = {"Organization": {"name": "x"}, "Location": {"name": "x"}, "Practitioner": {"active": True}}


def test_knowledge_is_written_by_those_who_run_the_clinic_and_read_by_all(api: Api) -> None:
    body = {"resourceType": "ValueSet", "status": "active", "url": "http://example.org/vs"}
    assert api.chen.post("ValueSet", body).status == 403
    made = api.femi.post("ValueSet", body)
    assert made.status == 201, made.body
    assert api.eve.get(f"ValueSet/{made.json['id']}").status == 200


def test_what_has_no_patient_is_its_authors_alone(api: Api) -> None:
    made = api.chen.post("Basic", {"resourceType": "Basic", "code": {"text": "mine"}}).json["id"]
    assert api.chen.get(f"Basic/{made}").status == 200
    assert api.gita.get(f"Basic/{made}").status == 404
    assert api.gita.delete(f"Basic/{made}").status == 404
