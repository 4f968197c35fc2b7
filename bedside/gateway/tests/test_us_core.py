"""US Core 6.1: every example comes back as it went in, and every search it asks for finds what it should, alone."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
from django.test import Client
from django.urls import reverse

from bedside.fhir.tests.examples import example_data, us_core_examples
from bedside.record.queries import get_chart
from tests.cast import LONG_AGO

from .conftest import Api, treat
from .test_synthea import as_sent, without_stamps
from .us_core import Document, Search, asked, fitting, package, searches, spoiled

pytestmark = pytest.mark.slow

#: Examples that are refused, and why each must be. None: every one is valid, and none is of a type the house makes.
REFUSED: dict[str, str] = {}


def own_id(kind: str, id: str) -> str:
    """Return the id an example stands under here: a Patient's is a UUID."""
    return str(uuid5(NAMESPACE_URL, f"{kind}/{id}")) if kind == "Patient" else id


def renamed(value: Any) -> Any:
    """Return a value with every reference to a Patient of the examples leading to where it stands here."""
    if isinstance(value, dict):
        return {key: _renamed(item) if key == "reference" else renamed(item) for key, item in value.items()}
    return [renamed(item) for item in value] if isinstance(value, list) else value


def _renamed(link: Any) -> Any:
    is_patient = isinstance(link, str) and link.startswith("Patient/")
    return f"Patient/{own_id('Patient', link.partition('/')[2])}" if is_patient else link


def put(api: Api, document: Document) -> Any:
    """Store a document under its own id, as a program."""
    return api.lab.put(f"{document['resourceType']}/{document['id']}", document)


def test_every_example_comes_back_as_it_went_in(shared_api: Api) -> None:
    example_data("us-core/us_core_6.1.0.tgz")
    refused, wrong = {}, {}
    for name, text in us_core_examples().items():
        sent = renamed(as_sent(text))
        kind, id = sent["resourceType"], own_id(sent["resourceType"], sent["id"])
        body = _with_digits({**sent, "id": id})
        done = shared_api.lab.put(f"{kind}/{id}", body)
        if done.status != 201:
            refused[name] = done.words
            continue
        back = as_sent(shared_api.lab.get(f"{kind}/{id}").body)
        if without_stamps(back) != without_stamps(sent):
            wrong[name] = back
    assert (refused, wrong) == (REFUSED, {})
    assert len(us_core_examples()) == 183


def _with_digits(document: Document) -> bytes:
    """Write a document whose numbers are kept as their digits."""
    if isinstance(document, dict):
        return (
            b"{"
            + b",".join(json.dumps(key).encode() + b":" + _with_digits(item) for key, item in document.items())
            + b"}"
        )
    if isinstance(document, list):
        return b"[" + b",".join(map(_with_digits, document)) + b"]"
    return document.encode() if type(document).__name__ == "Digits" else json.dumps(document).encode()


def test_the_chart_of_one_with_all_that_us_core_knows_opens(api: Api, client: Client) -> None:
    example_data("us-core/us_core_6.1.0.tgz")
    patient = own_id("Patient", "example")
    put(api, {**json.loads(us_core_examples()["Patient-example.json"]), "id": patient})
    count = 0
    for text in us_core_examples().values():
        sent = renamed(json.loads(text))
        if f"Patient/{patient}" in json.dumps(sent):
            kept = {name: value for name, value in sent.items() if name != "id"}
            assert api.lab.post(sent["resourceType"], kept).status == 201
            count += 1
    assert count > 100
    treat(api.cast.id("chen"), UUID(patient), LONG_AGO)  # a page reads its own clock
    chart = get_chart(actor=api.cast.actor("chen"), patient_id=UUID(patient), now=api.now)
    assert all((chart.problems, chart.allergies, chart.medicines, chart.vitals))
    client.force_login(api.cast.chen.user)
    page = client.get(reverse("record:chart", args=[patient]))
    assert page.status_code == 200


@pytest.mark.parametrize("search", searches() or [None], ids=str)
def test_a_search_of_us_core_finds_what_fits_and_nothing_else(shared_api: Api, search: Search | None) -> None:
    if search is None:
        example_data("us-core/us_core_6.1.0.tgz")
    assert isinstance(search, Search)
    api, wanted = shared_api, fitting(search)
    mine, other = (_new_patient(api) for _ in range(2))
    _about(wanted, mine)
    copies = {wanted["id"]: ""}
    assert put(api, wanted).status == 201
    for code in search.codes:
        if code == "patient":
            copy = deepcopy(wanted)
            _about(copy, other, instead_of=mine)
            wrong = [copy]
        else:
            wrong = spoiled(wanted, code)
        for one in wrong:
            one["id"] = str(uuid4())
            copies[one["id"]] = code
            stored = put(api, one)
            assert stored.status == 201, stored.words
    if search.kind == "Patient":
        for id in copies:
            treat(api.cast.id("chen"), UUID(id), api.now)
    for query in _queries(wanted, search):
        answer = api.chen.get(f"{search.kind}?{query}&_count=1000")
        assert answer.status == 200, answer.words
        found = {id: copies[id] for id in answer.ids if id in copies}
        assert found == {wanted["id"]: ""}, query


def _new_patient(api: Api) -> str:
    id = str(uuid4())
    made = put(
        api, {"resourceType": "Patient", "id": id, "name": [{"family": "Of", "given": ["Test"]}], "gender": "other"}
    )
    assert made.status == 201
    treat(api.cast.id("chen"), UUID(id), api.now)
    return id


def _about(document: Document, patient: str, *, instead_of: str = "") -> None:
    """Make a document one about this patient, and give it an id of its own."""
    text = json.dumps(document)
    known = {instead_of} if instead_of else {name[8:-5] for name in us_core_examples() if name.startswith("Patient-")}
    for id in known:
        text = text.replace(f'"Patient/{id}"', f'"Patient/{patient}"')
    document.clear()
    document.update(json.loads(text), id=str(uuid4()))


def _queries(document: Document, search: Search) -> list[str]:
    """Return ways to ask for a document: each parameter in its first way, then each in all of its ways."""
    ways = {code: _asked(document, code) for code in search.codes}
    most = max(len(one) for one in ways.values())
    return ["&".join(f"{c}={v}" for c, way in ways.items() for v in way[min(at, len(way) - 1)]) for at in range(most)]


def _asked(document: Document, code: str) -> list[list[str]]:
    if code != "patient":
        return asked(document, code)
    link = next(part for part in json.dumps(document).split('"') if part.startswith("Patient/"))
    return [[link], [link.partition("/")[2]]]


def test_the_package_asks_for_as_many_searches_as_it_does() -> None:
    example_data("us-core/us_core_6.1.0.tgz")
    assert sum(one.expectation == "SHALL" for one in searches()) > 40
    assert len(package()) > 100
