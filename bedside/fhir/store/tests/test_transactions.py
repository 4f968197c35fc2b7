"""A transaction is done whole, in the order of FHIR, and its entries find each other."""

from __future__ import annotations

import base64
import json
from uuid import UUID

import pytest
from django.db import connection, transaction

from bedside.fhir.asking import answer
from bedside.fhir.documents import read_document
from bedside.fhir.reach import EVERYTHING
from bedside.fhir.store import (
    EntryRefused,
    RequestUnclear,
    ResourceRemoved,
    create,
    read_body,
    status_of,
    transaction_bundle,
    update,
)

from .conftest import by_identifier, fetch_one, observation, patient

pytestmark = pytest.mark.django_db


def entry(method, url, resource=None, full_url=None, **request):
    found = {"request": {"method": method, "url": url, **request}}
    if resource is not None:
        found["resource"] = resource
    if full_url:
        found["fullUrl"] = full_url
    return found


def run(writer, *entries, base=""):
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}
    with transaction.atomic():
        return answer(transaction_bundle(writer, bundle, match=by_identifier, fetch=fetch_one, base=base))


def count():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM fhir_version")
        return cursor.fetchone()[0]


URN = "urn:uuid:0c3e9e1c-8b5c-4b0e-9a35-000000000001"


def test_entries_find_each_other_by_full_url_wherever_they_stand(writer):
    binary = {"resourceType": "Binary", "contentType": "text/plain", "data": "eA=="}
    narrative = f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{URN}">Ada</a> {URN}</div>'
    letter = {
        "resourceType": "DocumentReference",
        "status": "current",
        "contained": [{"resourceType": "Patient", "id": "here"}],
        "text": {"status": "generated", "div": narrative},
        "identifier": [{"system": "urn:ietf:rfc3986", "value": URN}],
        "subject": {"reference": URN, "display": URN},
        "content": [{"attachment": {"url": "urn:uuid:2"}}],
        "extension": [{"url": "http://x", "valueUri": URN}, {"url": "http://y", "valueString": URN}],
        "context": {
            "related": [{"reference": f"{URN}/_history/4"}, {"reference": "#here"}, {"reference": "Patient/9"}]
        },
    }
    made = run(
        writer,
        entry("POST", "DocumentReference", letter, "urn:uuid:3"),
        entry("POST", "Patient", patient(), URN),
        entry("POST", "Binary", binary, "urn:uuid:2"),
    )
    stored, ada, file = read_document(made[0].body), f"Patient/{made[1].id}", f"Binary/{made[2].id}"
    assert stored["subject"] == {"reference": ada, "display": URN}
    assert stored["content"][0]["attachment"]["url"] == file
    assert stored["identifier"][0]["value"] == URN
    assert [one.get("valueUri", one.get("valueString")) for one in stored["extension"]] == [ada, URN]
    assert stored["text"]["div"] == narrative.replace(f'"{URN}"', f'"{ada}"')
    links = [one["reference"] for one in stored["context"]["related"]]
    assert links == [f"{ada}/_history/1", "#here", "Patient/9"]


def test_a_relative_reference_is_read_beside_the_entry_s_own_address(writer):
    made = run(
        writer,
        entry("POST", "Patient", patient(), "https://other.example/fhir/Patient/7"),
        entry("POST", "Observation", observation("Patient/7"), "https://other.example/fhir/Observation/1"),
        entry("POST", "Observation", observation("Patient/7"), "urn:uuid:5"),
        entry("POST", "Observation", observation("https://other.example/fhir/Patient/7"), "urn:uuid:6"),
    )
    subjects = [read_document(one.body)["subject"]["reference"] for one in made[1:]]
    assert subjects == [f"Patient/{made[0].id}", "Patient/7", f"Patient/{made[0].id}"]


def test_the_order_is_that_of_fhir_and_the_answers_are_in_the_order_asked(writer):
    old = answer(create(writer, patient("1")))
    kept = answer(create(writer, patient("2")))
    made = run(
        writer,
        entry("GET", f"Patient/{kept.id}"),
        entry("PUT", f"Patient/{kept.id}", patient("2", active=True)),
        entry("POST", "Patient", patient("1"), ifNoneExist="identifier=urn:x|1"),
        entry("DELETE", f"Patient/{old.id}"),
    )
    assert made[0].version == 2
    assert [one.done for one in made[1:]] == ["updated", "created", "deleted"]
    assert made[2].id != old.id
    with pytest.raises(ResourceRemoved):
        answer(read_body("Patient", old.id, EVERYTHING))


def test_conditions_and_conditional_references_are_resolved_inside(writer):
    known = answer(create(writer, patient("known")))
    made = run(
        writer,
        entry("POST", "Observation", observation("Patient?identifier=urn:x|known")),
        entry("POST", "Observation", observation("Patient?identifier=urn:x%7Cnew")),
        entry("POST", "Patient", patient("new"), ifNoneExist="identifier=urn:x|new"),
        entry("POST", "Patient", patient("known"), "urn:uuid:1", ifNoneExist="identifier=urn:x|known"),
        entry("POST", "Observation", observation("urn:uuid:1")),
        entry("PUT", "Patient?identifier=urn:x|put", patient("put"), "urn:uuid:2"),
        entry("POST", "Observation", observation("urn:uuid:2")),
        entry("DELETE", "Patient?identifier=urn:x|none"),
    )
    subjects = [read_document(made[n].body)["subject"]["reference"] for n in (0, 1, 4, 6)]
    assert subjects == [f"Patient/{id}" for id in (known.id, made[2].id, known.id, made[5].id)]
    assert [made[n].done for n in (2, 3, 5)] == ["created", "found", "created"]
    assert made[7] is None


def test_a_patch_may_stand_in_a_transaction(writer):
    made = answer(create(writer, patient()))
    data = base64.b64encode(json.dumps([{"op": "add", "path": "/active", "value": True}]).encode()).decode()
    edit = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data}
    (done,) = run(writer, entry("PATCH", f"Patient/{made.id}", edit))
    assert (done.done, done.version, read_document(done.body)["active"]) == ("updated", 2, True)


NO_EDIT = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": "W10="}
BAD = [
    (entry("PUT", "Patient/a", patient(), ifMatch='W/"7"'), 412),
    (entry("PUT", "Patient/a", patient(id="b")), 400),
    (entry("PUT", "Patient", patient()), 400),
    (entry("POST", "Patient/a", patient()), 400),
    (entry("POST", "Spaceship", patient()), 400),
    (entry("POST", "Observation", patient()), 400),
    (entry("POST", "Patient"), 400),
    (entry("DELETE", "Patient/none"), 404),
    (entry("PATCH", "Patient/none", NO_EDIT), 404),
    (entry("PATCH", "Patient/none", patient()), 400),
    (entry("PATCH", "Patient?identifier=none", NO_EDIT), 404),
    (entry("GET", "Patient/none"), 404),
    (entry("POST", "Observation", observation("Patient?identifier=urn:x|none")), 412),
    (entry("POST", "Observation", observation("Patient?identifier=urn:x|twice")), 412),
    (entry("POST", "Patient", patient(), ifNoneExist="identifier=urn:x|twice"), 412),
    (entry("SING", "Patient/a"), 400),
    ({"resource": patient()}, 400),
    ("nothing", 400),
    (entry("PUT", "Patient/../x", patient()), 400),
    (entry("POST", "Patient", {"resourceType": "Patient", "x": "\ud800"}), 422),
]


@pytest.mark.parametrize(("bad", "status"), BAD)
def test_one_entry_that_cannot_be_done_undoes_all(writer, bad, status):
    answer(create(writer, patient("twice")))
    answer(create(writer, patient("twice")))
    good = [entry("POST", "Patient", patient("good")), entry("PUT", "Patient/same", patient("same"))]
    with pytest.raises(EntryRefused) as caught:
        run(writer, *good, bad)
    assert (caught.value.number, status_of(caught.value)) == (2, status)
    assert count() == 2


def test_one_resource_is_changed_once(writer):
    twice = [entry("PUT", "Patient/same", patient()), entry("DELETE", "Patient/same")]
    answer(update(writer, patient(), kind="Patient", id="same"))
    for entries in (twice, twice[:1] * 2, twice[::-1]):
        with pytest.raises(EntryRefused, match="Entry 1"):
            run(writer, *entries)
    assert count() == 1


def test_one_entry_that_is_not_permitted_undoes_all_and_is_named(writer, forbidding):
    picky = forbidding(lambda change: change.kind != "Observation")
    with pytest.raises(EntryRefused) as caught:
        run(picky, entry("POST", "Patient", patient()), entry("POST", "Observation", observation("Patient/1")))
    assert caught.value.number == 1
    assert count() == 0


def test_whoever_permits_is_told_the_patients_before_and_after(writer, forbidding):
    asked = []
    answer(update(writer, patient(), kind="Patient", id=str(UUID(int=5))))
    curious = forbidding(lambda change: asked.append(change) is None)
    run(curious, entry("DELETE", f"Patient/{UUID(int=5)}"), entry("POST", "Patient", patient()))
    assert [(change.method, change.kind) for change in asked] == [("DELETE", "Patient"), ("POST", "Patient")]
    assert asked[1].before is None
    assert asked[0].after is None


def test_a_bundle_that_is_too_long_or_none_is_refused_with_the_limit(writer):
    with pytest.raises(RequestUnclear, match="5000") as caught:
        run(writer, *[entry("GET", "Patient/1")] * 5001)
    assert status_of(caught.value) == 413
    with pytest.raises(RequestUnclear, match="same fullUrl"):
        run(writer, *[entry("POST", "Patient", patient(), "urn:uuid:1")] * 2)
    for bundle in ({"resourceType": "Patient"}, {"resourceType": "Bundle", "entry": {}}):
        with pytest.raises(RequestUnclear):
            answer(transaction_bundle(writer, bundle, match=by_identifier, fetch=fetch_one))


def test_an_absolute_address_of_ours_is_one_of_ours(writer):
    (made,) = run(
        writer, entry("POST", "https://us.example/fhir/R4/Patient", patient()), base="https://us.example/fhir/R4/"
    )
    assert made.kind == "Patient"
