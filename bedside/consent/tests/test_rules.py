"""The table in docs/rules/who-may-see.md, run."""

from __future__ import annotations

from pathlib import Path

import pytest

from bedside.consent import rules
from bedside.kernel.ids import new_id
from bedside.platform.access import Actor, Context

PAGE = Path(__file__).parents[3] / "docs" / "rules" / "who-may-see.md"
RULES = {
    "see visits": rules.may_see_visits,
    "act for": rules.may_act_for,
    "read summary": rules.may_read_summary,
    "read chart": rules.may_read_chart,
    "measure": rules.may_measure,
    "write chart": rules.may_write_chart,
    "diagnose": rules.may_diagnose,
    "prescribe": rules.may_prescribe,
    "see who looked": rules.may_see_who_looked,
}


def cells():
    lines = PAGE.read_text().split("## The table")[1].split("\n## ")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    head = rows[0]
    for row in rows[2:]:
        for name, expected in zip(head[2:], row[2:], strict=True):
            yield pytest.param(row[0], row[1], name, expected, id=f"{row[0]}-{row[1]}-{name}")


def answer(decision):
    return "yes" if decision.allowed else "hidden" if decision.hidden else "no"


@pytest.mark.parametrize(("relation", "role", "name", "expected"), cells())
def test_the_table_holds(relation, role, name, expected):
    actor = Actor(person_id=new_id(), roles=frozenset({role} - {"none"}))
    facts = rules.PatientFacts(new_id(), frozenset({relation} - {"none"}))
    assert answer(RULES[name](actor, facts, Context())) == expected


def test_the_table_covers_every_rule_of_the_page():
    assert {case.values[2] for case in cells()} == set(RULES)


def test_the_plainest_relation_is_the_reason_written_down():
    actor = Actor(person_id=new_id(), roles=frozenset({"physician"}))
    facts = rules.PatientFacts(new_id(), frozenset({"break_glass", "booked", "treating"}))
    assert rules.may_read_chart(actor, facts, Context()).reason == "treating"


def test_a_role_that_ended_takes_the_care_relation_with_it():
    facts = rules.PatientFacts(new_id(), frozenset({"treating", "proxy"}))
    retired = Actor(person_id=new_id())
    assert rules.may_read_summary(retired, facts, Context()).reason == "proxy"
    assert not rules.may_read_chart(retired, facts, Context()).allowed
