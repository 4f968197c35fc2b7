"""Gentle results: docs/rules/results.md is the table. Only the patient decides; the log and the database keep it so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from bedside.consent.commands import NotAChoice, choose_results, open_result
from bedside.consent.gentle import Choice, is_held, way_of
from bedside.consent.models import CareRelationship, ResultChoice
from bedside.consent.queries import gentle_facts, result_choices
from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.audit.models import AuditEvent

PAGE = Path(__file__).parents[3] / "docs" / "rules" / "results.md"
LOINC = "4548-4"


def rows():
    lines = PAGE.read_text().split("## Gentle results")[1].split("\n## ")[0].splitlines()
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [pytest.param(*row, id="-".join(row)) for row in found[2:]]


@pytest.mark.parametrize(("everything", "kind", "test", "since", "way", "waits"), rows())
def test_the_table_holds(now, everything, kind, test, since, way, waits):
    given = [("all", "", everything), ("kind", "laboratory", kind), ("test", LOINC, test)]
    choices = [Choice(scope, code, chosen) for scope, code, chosen in given if chosen != "–"]
    found = way_of(choices, kind="laboratory", codes=[LOINC])
    visits = [now + timedelta(days=2)] if since == "a visit" else [now - timedelta(days=2)]
    held = is_held(found, was_opened=since == "opened", filed_at=now, visits_at=visits)
    assert (found, "yes" if held else "no") == (way, waits)


def test_a_report_is_as_careful_as_its_most_careful_test():
    choices = [Choice("test", "2857-1", "together"), Choice("all", "", "at_once")]
    assert way_of(choices, kind="laboratory", codes=["718-7", "2857-1", "777-3"]) == "together"
    assert way_of(choices, kind="laboratory", codes=["718-7", "777-3"]) == "at_once"


def test_a_choice_of_one_kind_leaves_other_kinds_alone():
    assert way_of([Choice("kind", "pathology", "myself")], kind="laboratory", codes=[]) == "at_once"


def choose(cast, now, who="ada", **more):
    given = {"scope": "all", "way": "myself", **more}
    return choose_results(actor=cast.actor(who), now=now, patient_id=cast.ada.id, **given)


def test_a_choice_is_kept_logged_and_reversible(cast, now):
    choose(cast, now)
    assert gentle_facts(patient_id=cast.ada.id, now=now).choices == (Choice("all", "", "myself"),)
    assert choose(cast, now + timedelta(days=1), way="at_once") is None
    assert gentle_facts(patient_id=cast.ada.id, now=now).choices == ()
    assert AuditEvent.objects.filter(action="consent.choose_results", actor_id=cast.ada.id).count() == 2
    assert ResultChoice.objects.get().ended_at == now + timedelta(days=1)


def test_the_same_choice_twice_is_one(cast, now):
    assert choose(cast, now).id == choose(cast, now).id
    assert AuditEvent.objects.filter(action="consent.choose_results").count() == 1


def test_one_test_can_be_excepted(cast, now):
    choose(cast, now, scope="kind", code="laboratory")
    choose(cast, now, scope="test", code=LOINC, way="at_once", label="A1c")
    labels = [row.label for row in result_choices(actor=cast.actor("ada"), patient_id=cast.ada.id, now=now)]
    assert labels == ["", "A1c"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": "kind", "code": "dental"},
        {"scope": "all", "code": "x"},
        {"way": "never"},
        {"scope": "test"},
        {"scope": "x"},
    ],
)
def test_what_is_no_choice_is_refused(cast, now, wrong):
    with pytest.raises(NotAChoice):
        choose(cast, now, **wrong)
    assert not ResultChoice.objects.exists()


@pytest.mark.parametrize(
    ("who", "reason", "refusal"),
    [("chen", "treating", NotAllowed), ("ben", "proxy", NotAllowed), ("eve", None, NotFound), ("femi", None, NotFound)],
)
def test_nobody_but_the_patient_can_make_a_result_wait_or_open_it(cast, now, who, reason, refusal):
    if reason:
        CareRelationship.objects.create(
            patient=cast.ada, person=cast.people[who], reason=reason, starts_at=now - timedelta(days=1)
        )
    with pytest.raises(refusal):
        choose(cast, now, who)
    with pytest.raises(refusal):
        open_result(actor=cast.actor(who), now=now, patient_id=cast.ada.id, report_id="r", version=1)
    with pytest.raises(refusal):
        result_choices(actor=cast.actor(who), patient_id=cast.ada.id, now=now)


def test_the_database_refuses_a_choice_by_anyone_else(cast, now):
    with pytest.raises(IntegrityError, match="result_choice_is_own"), transaction.atomic():
        ResultChoice.objects.create(patient=cast.ada, scope="all", way="myself", chosen_by=cast.chen, chosen_at=now)


def test_a_result_is_opened_once_for_each_version(cast, now):
    opening = {"actor": cast.actor("ada"), "now": now, "patient_id": cast.ada.id, "report_id": "r"}
    assert open_result(**opening, version=1)
    assert not open_result(**opening, version=1)
    assert open_result(**opening, version=2)
    assert gentle_facts(patient_id=cast.ada.id, now=now).opened == {"r": 2}


def test_only_visits_that_began_count(cast, now):
    CareRelationship.objects.create(
        patient=cast.ada, person=cast.chen, reason="treating", source_type="visit", starts_at=now - timedelta(hours=1)
    )
    CareRelationship.objects.create(patient=cast.ada, person=cast.diaz, reason="booked", starts_at=now)
    assert gentle_facts(patient_id=cast.ada.id, now=now).visits_at == (now - timedelta(hours=1),)
    assert gentle_facts(patient_id=cast.ada.id, now=now - timedelta(days=1)).visits_at == ()
