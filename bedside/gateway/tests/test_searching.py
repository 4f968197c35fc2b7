"""Searching: what is found, page by page, is what may be seen; nothing can be asked about what may not."""

from __future__ import annotations

import pytest

from .conftest import Api, pressure, treat

pytestmark = pytest.mark.slow


def stored(api: Api, patient: str = "ada", **more: object) -> str:
    made = api.house.post("Observation", pressure(api.cast.id(patient), **more))
    assert made.status == 201, made.body
    return str(made.json["id"])


def test_a_patients_values_are_found_however_it_is_asked(api: Api) -> None:
    mine, eves = stored(api), stored(api, "eve")
    ada = api.cast.id("ada")
    form = {"content_type": "application/x-www-form-urlencoded"}
    for answer in (
        api.chen.get(f"Observation?patient={ada}"),
        api.chen.get(f"Observation?patient=Patient/{ada}"),
        api.chen.get(f"Observation?subject=Patient/{ada}&code=http://loinc.org%7C8480-6"),
        api.chen.get(f"Observation?patient=http://localhost:8000/fhir/R4/Patient/{ada}"),
        api.chen.get("Observation"),
        api.chen.get("?_type=Observation"),
        api.chen.get(f"Patient/{ada}/Observation"),
        api.chen.post("Observation/_search", f"patient={ada}&code=8480-6".encode(), **form),
        api.chen.post(f"Observation/_search?patient={ada}", b"", **form),
    ):
        assert (answer.status, answer.ids) == (200, [mine]), answer.body
        assert answer.json["entry"][0]["fullUrl"] == f"http://localhost:8000/fhir/R4/Observation/{mine}"
        assert answer.json["entry"][0]["search"] == {"mode": "match"}
    assert sorted(api.chen.get(f"Patient/{ada}/*").ids) == sorted([mine, str(ada)])
    assert api.chen.get(f"Observation?patient={api.cast.id('eve')}").ids == []
    assert api.chen.get(f"Patient/{api.cast.id('eve')}/Observation").ids == []
    assert eves not in api.chen.get("Observation?_total=accurate").ids
    assert api.chen.get("Observation?_total=accurate").json["total"] == 1
    assert api.chen.get("Observation?_summary=count").json["total"] == 1


def test_pages_follow_each_other_and_lose_nothing_while_others_write(api: Api) -> None:
    mine = {stored(api) for _ in range(5)}
    seen: list[str] = []
    following: str | None = "Observation?_count=2&code=8480-6"
    while following:
        page = api.chen.get(following)
        assert page.status == 200, page.body
        seen += page.ids
        stored(api, "eve")
        following = page.link("next")
        assert following is None or "8480-6" not in following
    assert len(seen) == len(set(seen))
    assert mine <= set(seen)


def test_the_link_to_a_page_is_ours_alone(api: Api) -> None:
    for _ in range(3):
        stored(api)
    following = api.chen.get("Observation?_count=1").link("next")
    assert following is not None
    assert api.chen.get(following[:-3] + "AAA").status == 400
    assert api.chen.get(following + "&code=1").status == 400
    assert api.chen.get(following.replace("Observation", "Condition")).status == 400
    assert api.eve.get(following).ids == [], "a link shows nobody more than they may see"


def test_what_is_not_understood_is_refused_or_overlooked_as_wished(api: Api) -> None:
    made = stored(api)
    refused = api.chen.get("Observation?colour=red")
    assert (refused.status, refused.json["issue"][0]["severity"]) == (400, "error")
    assert "colour" in refused.words
    lenient = api.chen.get("Observation?colour=red", prefer="handling=lenient").json
    assert [entry["search"]["mode"] for entry in lenient["entry"]] == ["match", "outcome"]
    assert lenient["entry"][0]["resource"]["id"] == made
    assert "colour" not in lenient["link"][0]["url"]


@pytest.mark.parametrize(
    "query",
    [
        "subject:Patient.identifier=secret",
        "patient.identifier=secret",
        "_has:Provenance:target:_id=secret",
        "_id=secret",
        "identifier=secret",
    ],
)
def test_nothing_can_be_learned_of_what_cannot_be_seen(api: Api, query: str) -> None:
    """A chain, a reverse chain or a count answers the same whether there is nothing or something hidden."""
    eve = str(api.cast.id("eve"))
    face = {"resourceType": "Patient", "id": eve, "identifier": [{"system": "urn:mrn", "value": "secret"}]}
    assert api.house.put(f"Patient/{eve}", face).status == 200, "the face of a patient of the house was there"
    stored(api, "eve", identifier=[{"system": "urn:x", "value": "secret"}])
    for path in (f"Observation?{query}", f"Observation?{query}&_total=accurate", f"Observation?{query}&_summary=count"):
        hidden = api.chen.get(path)
        missing = api.chen.get(path.replace("secret", "nowhere"))
        assert (hidden.status, hidden.ids, hidden.json.get("total")) == (
            missing.status,
            missing.ids,
            missing.json.get("total"),
        )
    treat(api.cast.id("chen"), api.cast.id("eve"), api.now)
    if "_has" not in query and query != "_id=secret":
        assert len(api.chen.get(f"Observation?{query}").ids) == 1, "and it is there for who may see it"


def test_what_comes_along_is_only_what_may_be_seen(api: Api) -> None:
    made = stored(api)
    page = api.chen.get("Observation?_include=Observation:subject").json
    assert [(e["resource"]["resourceType"], e["search"]["mode"]) for e in page["entry"]] == [
        ("Observation", "match"),
        ("Patient", "include"),
    ]
    narrow = api.caller("chen", "user/Observation.rs").get("Observation?_include=Observation:subject")
    assert narrow.ids == [made], "the token has no scope for Patient"
    back = api.chen.get("Patient?_revinclude=Observation:subject").json
    assert sorted(e["resource"]["resourceType"] for e in back["entry"]) == ["Observation", "Patient"]
