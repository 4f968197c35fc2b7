"""A Provenance stands in the charts of what it points at, however it comes and wherever that moves to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from bedside.fhir.asking import answer
from bedside.fhir.faults import DocumentRefused
from bedside.fhir.indexing.entries import Entries
from bedside.fhir.models import Resource
from bedside.fhir.store import batch_bundle, create, delete, patch, transaction_bundle, update
from bedside.fhir.store.loading import load
from bedside.fhir.store.reindexing import reindex
from bedside.fhir.store.targets import stand_with_targets

from .conftest import by_identifier, fetch_one, observation, patient

pytestmark = pytest.mark.django_db

ADA, EVE = UUID(int=1), UUID(int=2)


def provenance(*targets: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Provenance",
        "target": [{"reference": one} for one in targets],
        "recorded": "2026-11-24T14:00:00Z",
        "agent": [{"who": {"display": "A nurse"}}],
        **more,
    }


def seen_of(writer, person, **more):
    """Store a pulse of somebody and return its address."""
    made = answer(create(writer, observation(f"Patient/{person}", **more)))
    return f"Observation/{made.id}"


def patients(kind="Provenance"):
    """The patients of every resource of a type, in the order they were stored."""
    rows = Resource.objects.filter(type=kind).order_by("rid")
    return [{row.patient_id, *(row.more_patients or ())} - {None} for row in rows]


def entry(document, method="POST", url=None, **more):
    return {"resource": document, "request": {"method": method, "url": url or document["resourceType"]}, **more}


def bundle(kind, *entries):
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def test_it_is_of_the_patients_of_all_its_targets(writer):
    of_both = [seen_of(writer, ADA), f"{seen_of(writer, EVE)}/_history/1"]
    made = answer(create(writer, provenance(*of_both)))
    assert set(made.patient_ids) == {ADA, EVE}
    assert patients() == [{ADA, EVE}]


def test_whoever_permits_it_is_asked_about_every_one_of_them(writer, forbidding):
    targets = [seen_of(writer, ADA), seen_of(writer, EVE)]
    asked = []
    keen = forbidding(lambda change: not asked.append(change.after))
    answer(create(keen, provenance(*targets)))
    answer(update(keen, provenance(targets[0], id="p"), kind="Provenance", id="p"))
    answer(patch(keen, lambda told: {**told, **provenance(targets[1])}, kind="Provenance", id="p"))
    for kind, carry_out in (("transaction", transaction_bundle), ("batch", batch_bundle)):
        sent = bundle(kind, entry(provenance(*targets)))
        answer(carry_out(keen, sent, match=by_identifier, fetch=fetch_one))
    assert asked == [(ADA, EVE), (ADA,), None, (EVE,), (ADA, EVE), (ADA, EVE)]


@pytest.mark.parametrize(
    "target", ["Observation/none", "https://elsewhere.example/fhir/R4/Observation/x", "urn:uuid:1", "#o"]
)
def test_a_target_that_is_not_here_adds_nobody(writer, target):
    answer(update(writer, observation(f"Patient/{ADA}", id="x"), kind="Observation", id="x"))
    inside = {"contained": [observation(f"Patient/{ADA}", id="o")]} if target == "#o" else {}
    made = answer(create(writer, provenance(target, **inside)))
    assert made.patient_ids == ()


def test_a_target_by_our_own_address_is_here_and_a_removed_one_keeps_its_patients(writer, settings):
    settings.ALLOWED_HOSTS = ["our.example"]
    target = seen_of(writer, ADA)
    answer(delete(writer, kind="Observation", id=target.partition("/")[2]))
    assert answer(create(writer, provenance(f"https://our.example/fhir/R4/{target}"))).patient_ids == (ADA,)


def test_targets_of_the_same_transaction_count_whatever_the_order(writer):
    sent = bundle(
        "transaction",
        entry(provenance("urn:uuid:3", id="q"), fullUrl="urn:uuid:4"),
        entry(provenance("urn:uuid:2", "Observation/mine"), fullUrl="urn:uuid:3"),
        entry(observation("urn:uuid:1"), fullUrl="urn:uuid:2"),
        entry(patient(), fullUrl="urn:uuid:1"),
        entry(observation(f"Patient/{EVE}", id="mine"), "PUT", "Observation/mine"),
    )
    done = answer(transaction_bundle(writer, sent, match=by_identifier, fetch=fetch_one))
    new = UUID(done[3].id)
    assert [set(one.patient_ids) for one in done] == [{new, EVE}, {new, EVE}, {new}, {new}, {EVE}]
    assert patients() == [{new, EVE}] * 2


def test_loading_counts_what_is_loaded_with_it_and_says_so_to_whoever_objects(writer, now):
    target = seen_of(writer, EVE)
    heard: dict[str, set[UUID]] = {}

    def object_to(document: Any, entries: Entries, *_: Any) -> str:
        heard[document["id"]] = set(entries.patient_ids)
        return ""

    documents = [provenance("Observation/new", target, id="p"), observation(f"Patient/{ADA}", id="new")]
    done = answer(load(documents, author_id=None, now=now, object_to=object_to))
    assert [one.id for one in done] == ["p", "new"]
    assert set(done[0].patient_ids) == heard["p"] == {ADA, EVE}
    assert patients() == [{ADA, EVE}]


def test_a_provenance_goes_where_its_target_is_moved(writer):
    answer(update(writer, observation(f"Patient/{ADA}", id="o"), kind="Observation", id="o"))
    answer(create(writer, provenance("Observation/o")))
    answer(update(writer, observation(f"Patient/{EVE}", id="o"), kind="Observation", id="o"))
    assert patients() == [{EVE}]
    moved = bundle("transaction", entry(observation(f"Patient/{ADA}", id="o"), "PUT", "Observation/o"))
    answer(transaction_bundle(writer, moved, match=by_identifier, fetch=fetch_one))
    assert patients() == [{ADA}]


def test_what_was_stored_before_comes_into_the_charts(writer):
    """What the migration does."""
    device = {"resourceType": "Device", "patient": {"reference": f"Patient/{ADA}"}}
    for number in range(3):
        answer(create(writer, provenance(seen_of(writer, EVE), id=f"p{number}")))
        answer(create(writer, device))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE fhir_resource SET patient_id = NULL WHERE type IN ('Provenance', 'Device')")
    assert patients() + patients("Device") == [set()] * 6
    assert answer(reindex(keep_tokens=True, kind="Device")) is None
    assert (patients(), patients("Device")) == ([set()] * 3, [{ADA}] * 3)
    assert answer(reindex(keep_tokens=True, kind="Provenance")) is None
    assert patients() == [{EVE}] * 3


def test_indexing_again_holds_only_so_much_text_at_a_time(writer, monkeypatch):
    for number in range(5):
        answer(create(writer, observation(f"Patient/{ADA}", note=[{"text": "x" * 1000 * (number + 1)}])))
    rids = list(Resource.objects.order_by("rid").values_list("rid", flat=True))
    monkeypatch.setattr("bedside.fhir.store.reindexing.TEXT_AT_ONCE", 4000)
    places, after = [], answer(reindex(0))
    while after is not None:
        places.append(rids.index(after))
        after = answer(reindex(after))
    assert places == [1, 2, 3]  # two, then each alone though it is longer than that


def test_nothing_is_asked_for_what_points_at_nobody():
    assert list(stand_with_targets([(observation(f"Patient/{ADA}"), Entries())])) == []


def test_odd_targets_are_for_the_validator_to_refuse(writer):
    for target in ("x", [7], [{"reference": 7}], [{}], {}):
        with pytest.raises(DocumentRefused):
            answer(create(writer, {**provenance(), "target": target}))
