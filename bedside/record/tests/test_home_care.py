"""Home care becomes dated tasks; the patient ticks them off and can take a tick back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bedside.kernel.errors import NotFound
from bedside.record.commands import assign_home_care, complete_task, undo_task
from bedside.record.commands.home_care import UnknownPlan
from bedside.record.guard import NotYoursToWrite
from bedside.record.queries import open_tasks, visit_record
from bedside.record.rules import DayImpossible
from bedside.record.terms.home_care import PLANS

from .conftest import VISIT


@pytest.fixture
def ids(care, now):
    return {"actor": care.actor("chen"), "now": now, "patient_id": care.ada.id, "visit_id": VISIT}


def test_a_plan_becomes_dated_tasks_with_a_day_to_check_back(care, ids, now):
    given = assign_home_care(**ids, plan="sinus-rinse", check_back_on=date(2026, 11, 27))
    tasks = open_tasks(actor=care.actor("ada"), patient_id=care.ada.id, now=now)
    assert len(tasks) == len(given) == len(PLANS["sinus-rinse"].tasks) + 1
    assert tasks[0].due_on == date(2026, 11, 24)
    assert tasks[-1].due_on == date(2026, 11, 27)
    (back,) = [task for task in tasks if task.is_check_back]
    assert back.name.es == "Díganos cómo se siente"
    record = visit_record(actor=care.actor("ada"), visit_id=VISIT, patient_id=care.ada.id, now=now)
    assert len(record.tasks) == len(given)


def test_a_tick_and_its_undo(care, ids, now):
    first, *_ = assign_home_care(**ids, plan="fever")
    mine = {"actor": care.actor("ada"), "now": now, "patient_id": care.ada.id, "task_id": first}
    assert complete_task(**mine).version == 2
    assert complete_task(**mine).version == 2
    assert first not in {task.id for task in open_tasks(actor=care.actor("ada"), patient_id=care.ada.id, now=now)}
    undo_task(**mine)
    assert first in {task.id for task in open_tasks(actor=care.actor("ada"), patient_id=care.ada.id, now=now)}


def test_nobody_ticks_anothers_task(care, ids, now):
    first, *_ = assign_home_care(**ids, plan="fever")
    with pytest.raises(NotFound):
        complete_task(actor=care.actor("eve"), now=now, patient_id=care.ada.id, task_id=first)
    with pytest.raises(NotFound):
        complete_task(actor=care.actor("eve"), now=now, patient_id=care.eve.id, task_id=first)


def test_a_nurse_gives_home_care_and_a_telepresenter_does_not(care, ids):
    assert assign_home_care(**ids | {"actor": care.actor("gita")}, plan="sprain")
    with pytest.raises(NotYoursToWrite):
        assign_home_care(**ids | {"actor": care.actor("tomas")}, plan="sprain")


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        ({"plan": "bed-rest-for-ever"}, UnknownPlan),
        ({"starts_on": date(2020, 1, 1)}, DayImpossible),
        ({"starts_on": date(2036, 1, 1)}, DayImpossible),
        ({"check_back_on": date(2026, 11, 1)}, DayImpossible),
        ({"check_back_on": date(2036, 1, 1)}, DayImpossible),
    ],
)
def test_a_plan_or_day_that_cannot_be_is_refused_whole(care, ids, now, spoil, refusal):
    with pytest.raises(refusal):
        assign_home_care(**ids | {"plan": "fever"} | spoil)
    assert open_tasks(actor=care.actor("ada"), patient_id=care.ada.id, now=now) == []


@pytest.mark.parametrize("plan", PLANS.values(), ids=lambda plan: plan.key)
def test_every_plan_speaks_both_languages_and_names_its_source(plan):
    assert plan.source
    assert plan.check_back_days >= max(0, plan.tasks[0].day)
    for task in plan.tasks:
        assert task.words.en != task.words.es
        assert timedelta(0) <= timedelta(days=task.day) <= timedelta(days=30)
