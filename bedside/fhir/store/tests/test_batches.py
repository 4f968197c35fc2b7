"""In a batch every entry stands on its own."""

from __future__ import annotations

import pytest
from django.db import transaction

from bedside.fhir.asking import answer
from bedside.fhir.reach import EVERYTHING
from bedside.fhir.store import Outcome, batch_bundle, create, read_body, status_of
from bedside.kernel.errors import Refusal

from .conftest import by_identifier, fetch_one, observation, patient
from .test_transactions import BAD, count, entry

pytestmark = pytest.mark.django_db


def run(writer, *entries):
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": list(entries)}
    with transaction.atomic():
        return answer(batch_bundle(writer, bundle, match=by_identifier, fetch=fetch_one))


@pytest.mark.parametrize(("bad", "status"), [one for one in BAD if "?identifier=urn" not in str(one)])
def test_an_entry_that_is_refused_leaves_the_others_be(writer, bad, status):
    answer(create(writer, patient("twice")))
    answer(create(writer, patient("twice")))
    good = [entry("POST", "Patient", patient("good")), entry("PUT", "Patient/mine", patient("same"))]
    made = run(writer, good[0], bad, good[1])
    assert isinstance(made[1], Refusal)
    assert status_of(made[1]) == status
    assert [made[0].done, made[2].done] == ["created", "created"]
    assert count() == 4


def test_every_kind_of_change_may_stand_in_a_batch(writer):
    old = answer(create(writer, patient("old")))
    made = run(
        writer,
        entry("GET", f"Patient/{old.id}"),
        entry("DELETE", f"Patient/{old.id}"),
        entry("DELETE", "Patient?identifier=urn:x|none"),
        entry("PUT", "Patient?identifier=urn:x|by", patient("by")),
        entry("POST", "Patient", patient("by"), ifNoneExist="identifier=urn:x|by"),
        entry("PUT", "Patient/own", patient(), ifNoneMatch="*"),
        entry("PUT", "Patient/own", patient(), ifNoneMatch="*"),
    )
    assert made[0].version == 1
    assert made[2] is None
    assert [one.done for one in made[3:6]] == ["created", "found", "created"]
    assert made[1].done == "deleted"
    assert status_of(made[6]) == 412


def test_what_is_not_permitted_is_refused_alone(writer, forbidding):
    picky = forbidding(lambda change: change.kind != "Observation")
    made = run(picky, entry("POST", "Observation", observation("Patient/1")), entry("POST", "Patient", patient()))
    assert isinstance(made[0], Refusal)
    assert isinstance(made[1], Outcome)
    assert answer(read_body("Patient", made[1].id, EVERYTHING)).body == made[1].body
    assert count() == 1
