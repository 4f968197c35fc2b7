"""Who writes what in a chart: docs/rules/notes.md is the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.audit.models import AuditEvent
from bedside.record.commands import (
    assign_home_care,
    record_allergy,
    record_diagnosis,
    record_medicine_statement,
    record_vital,
    save_note_draft,
)

from .conftest import VISIT

DOC = Path(__file__).resolve().parents[3] / "docs" / "rules" / "notes.md"
WHO = {"physician in care": "chen", "nurse in care": "gita", "telepresenter in care": "tomas", "the patient": "ada"}
WRITE = {
    "diagnosis": lambda ids: record_diagnosis(**ids, code="I10"),
    "note": lambda ids: save_note_draft(**ids, visit_id=VISIT, sections={"said": "x"}),
    "allergy": lambda ids: record_allergy(**ids, substance="egg"),
    "medicine they take": lambda ids: record_medicine_statement(**ids, medicine="aspirin"),
    "home care": lambda ids: assign_home_care(**ids, visit_id=VISIT, plan="fever"),
    "value": lambda ids: record_vital(**ids, kind="pain", value=3),
}


def table():
    lines = [line for line in DOC.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    head, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [(row[0], who, answer) for row in rows for who, answer in zip(head[1:], row[1:], strict=True)]


@pytest.mark.parametrize(("fact", "who", "answer"), table())
def test_the_table(care, now, fact, who, answer):
    ids = {"actor": care.actor(WHO.get(who, "diaz")), "now": now, "patient_id": care.ada.id}
    if answer == "yes":
        WRITE[fact](ids)
        return
    with pytest.raises(NotFound if answer == "hidden" else NotAllowed):
        WRITE[fact](ids)
    assert AuditEvent.objects.filter(kind="refusal", actor_id=ids["actor"].person_id).count() == 1


def test_the_table_speaks_of_every_fact():
    assert {fact for fact, _who, _answer in table()} == set(WRITE)
