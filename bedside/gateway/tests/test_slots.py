"""Slots wherever they can be asked for: answered, or refused with where to ask; never silently none."""

from __future__ import annotations

import pytest

from .conftest import Api
from .test_bundles import bundle

pytestmark = pytest.mark.slow


def asking(url: str) -> dict[str, object]:
    return {"request": {"method": "GET", "url": url}}


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_a_bundle_asks_for_slots_like_anyone(api: Api, kind: str) -> None:
    search = f"Slot?schedule=Schedule/{api.cast.id('chen')}&_count=3"
    alone = api.eve.get(search)
    assert len(alone.ids) == 3
    one = f"Slot/{alone.ids[0]}"
    answer = api.eve.post("", bundle(kind, asking(search), asking(one), asking(f"http://localhost:8000/fhir/R4/{one}")))
    assert answer.status == 200, answer.body
    found, read, by_address = answer.json["entry"]
    assert [entry["resource"]["id"] for entry in found["resource"]["entry"]] == alone.ids
    assert read["resource"] == by_address["resource"] == alone.json["entry"][0]["resource"]
    assert read["response"]["status"] == "200 OK"


def test_what_is_wrong_with_a_question_in_a_bundle_is_said_of_its_entry(api: Api) -> None:
    nobody = "Slot/00000000-0000-7000-8000-000000000000.1795600000"
    answer = api.eve.post("", bundle("batch", asking("Slot"), asking(nobody), asking("Practitioner")))
    assert [entry["response"]["status"][:3] for entry in answer.json["entry"]] == ["400", "404", "200"]
    assert "Say whose slots" in answer.json["entry"][0]["response"]["outcome"]["issue"][0]["details"]["text"]
    whole = api.eve.post("", bundle("transaction", asking("Slot")))
    assert whole.status == 400
    narrow = api.caller("eve", "user/Observation.rs").post("", bundle("batch", asking("Slot?schedule=Schedule/1")))
    assert narrow.json["entry"][0]["response"]["status"] == "403"


def test_a_bundle_asks_for_slots_a_limited_number_of_times(api: Api) -> None:
    questions = [asking(f"Slot?schedule=Schedule/{number}") for number in range(52)]
    answer = api.eve.post("", bundle("batch", *questions))
    assert [entry["response"]["status"][:3] for entry in answer.json["entry"]] == ["200"] * 50 + ["422"] * 2


@pytest.mark.parametrize(
    "path",
    [
        "Slot/_history",
        "Slot/{slot}/_history",
        "Slot/{slot}/_history/1",
        "Patient/{ada}/Slot",
        "Schedule?_revinclude=Slot:schedule",
        "Schedule?_revinclude:iterate=Slot:schedule",
        "Schedule?_has:Slot:schedule:status=free",
        "Practitioner?_has:Schedule:actor:_has:Slot:schedule:start=ge2026-11-24",
        "Appointment?slot.start=ge2026-11-24",
        "Appointment?slot:Slot.schedule.actor=Practitioner/{chen}",
        "?_type=Slot",
        "?_type=Schedule,Slot",
    ],
)
def test_where_slots_cannot_be_asked_for_it_is_said(api: Api, path: str) -> None:
    slot = api.eve.get(f"Slot?schedule=Schedule/{api.cast.id('chen')}").ids[0]
    asked = path.format(slot=slot, ada=api.cast.id("ada"), chen=api.cast.id("chen"))
    answer = api.eve.get(asked)
    assert (answer.status, answer.json["issue"][0]["code"]) == (400, "not-supported"), answer.body
    assert "Slot?schedule=Schedule/[id]" in answer.words
    within = api.eve.post("", bundle("batch", asking(asked.lstrip("?")))).json["entry"][0]["response"]
    assert within["status"] != "200 OK"


def test_a_search_that_has_no_need_of_slots_goes_on(api: Api) -> None:
    assert str(api.cast.id("chen")) in api.eve.get("Schedule?_revinclude=Appointment:actor").ids
    assert api.ada.get("Provenance?target.status=final").status == 200
    assert api.ada.get("?_type=Schedule").status == 200


@pytest.mark.parametrize(
    ("path", "is_said"),
    [
        ("?_lastUpdated=ge2020", True),
        ("Schedule?_revinclude=*", True),
        ("Practitioner?_revinclude:iterate=*", True),
        ("?_type=Schedule,Practitioner&_revinclude=*", True),
        ("Practitioner?_revinclude=*", False),
        ("Schedule?_include=*", False),
        ("?_type=Schedule", False),
        ("Patient/{ada}/*", False),
    ],
)
def test_where_slots_are_left_out_it_is_said_beside_what_was_found(api: Api, path: str, is_said: bool) -> None:
    answer = api.ada.get(path.format(ada=api.cast.id("ada")))
    assert answer.status == 200, answer.body
    entries = [entry for entry in answer.json.get("entry", []) if entry["search"]["mode"] == "outcome"]
    words = [issue["details"]["text"] for entry in entries for issue in entry["resource"]["issue"]]
    assert [one for one in words if "Slot?schedule=Schedule/[id]" in one] == words
    assert len(words) == int(is_said)
    assert all(entry["resource"]["issue"][0]["severity"] == "warning" for entry in entries)
