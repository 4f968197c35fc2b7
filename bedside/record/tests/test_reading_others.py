"""What others wrote is read as far as it goes: it says less than ours, in other units, and under other ids."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from bedside.record.chart import Chart, PatientFacts
from bedside.record.reading import allergy_of, medicine_of, note_of, problem_of, task_of, vital_of

META = {"versionId": "3", "lastUpdated": "2026-11-24T15:00:00.000Z"}


def others(kind: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": kind, "id": "seven", "meta": META, **more}


def test_the_least_that_r4_allows_can_be_read():
    problem = problem_of(others("Condition"))
    assert (problem.name.en, problem.is_active, problem.recorded_at.year, problem.version) == ("", False, 2026, 3)
    allergy = allergy_of(others("AllergyIntolerance"))
    assert (allergy.name.en, allergy.substance, allergy.reaction.en) == ("", "", "")
    medicine = medicine_of(others("MedicationRequest", status="active", intent="order"))
    assert (medicine.name.en, medicine.product, medicine.started_on) == ("", "", "")
    note = note_of(others("Composition", title="x", date="2026-11", author=[{"display": "Dr Elsewhere"}], section=[{}]))
    assert (note.author, note.signed_at.isoformat(), note.sections[0].text) == (
        "Dr Elsewhere",
        "2026-11-01T00:00:00+00:00",
        "",
    )
    assert task_of(others("Task", status="requested")) is None
    assert vital_of(others("Observation", code={"text": "x"})) is None


def test_an_id_that_others_chose_is_always_the_same_on_our_screens():
    first, second = problem_of(others("Condition")), problem_of(others("Condition"))
    assert first.id == second.id != problem_of({**others("Condition"), "id": "eight"}).id
    own = "0192f8a4-6c3e-7b1a-9c56-2f6d8f0e4b7a"
    assert problem_of({**others("Condition"), "id": own}).id == UUID(own)


@pytest.mark.parametrize(
    ("concept", "said"),
    [
        ({"text": "Asthma", "coding": [{"display": "x"}]}, "Asthma"),
        ({"coding": [{"code": "1"}, {"display": "Asthma"}]}, "Asthma"),
        ({"coding": [{"code": "J45"}]}, "J45"),
    ],
)
def test_a_concept_is_called_by_its_text_or_by_what_its_code_is_called(concept: dict[str, Any], said: str):
    assert problem_of(others("Condition", code=concept)).name.en == said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"medicationReference": {"reference": "Medication/1", "display": "Axid"}}, "Axid"),
        (
            {
                "medicationReference": {"reference": "#m"},
                "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "Axid"}}],
            },
            "Axid",
        ),
        ({"medicationReference": {"reference": "Medication/1"}}, ""),
    ],
)
def test_a_medicine_that_is_referred_to_has_its_name(more: dict[str, Any], said: str):
    assert medicine_of(others("MedicationRequest", status="active", **more)).name.en == said


def measured(loinc: str, **more: Any) -> Any:
    return vital_of(others("Observation", code={"coding": [{"code": "x"}, {"code": loinc}]}, **more))


@pytest.mark.parametrize(
    ("loinc", "value", "unit", "wanted"),
    [
        ("8310-5", 98.6, "[degF]", "37.0"),
        ("8310-5", 37.2, "Cel", "37.2"),
        ("29463-7", 180, "[lb_av]", "81.6"),
        ("8302-2", 70, "[in_i]", "178"),
    ],
)
def test_a_number_in_another_unit_is_shown_in_ours(loinc: str, value: float, unit: str, wanted: str):
    assert measured(loinc, valueQuantity={"value": value, "code": unit}).shown == wanted


@pytest.mark.parametrize(
    "quantity", [{"value": 98.6, "code": "kg"}, {"value": 98.6, "unit": "degrees"}, {"code": "Cel"}, {}]
)
def test_a_number_whose_unit_cannot_be_turned_into_ours_is_not_shown(quantity: dict[str, Any]):
    assert measured("8310-5", valueQuantity=quantity) is None


def test_the_two_numbers_of_a_blood_pressure_are_told_apart_by_their_codes():
    def part(code: str, value: int) -> dict[str, Any]:
        return {"code": {"coding": [{"code": code}]}, "valueQuantity": {"value": value, "code": "mm[Hg]"}}

    turned = measured("85354-9", component=[part("8462-4", 80), part("8480-6", 120), part("other", 1)])
    assert (turned.value, turned.second) == (Decimal(120), Decimal(80))
    assert measured("85354-9", component=[part("8480-6", 120)]) is None
    assert measured("85354-9", component=[part("8480-6", 120), part("8462-4", 80)]).shown == "120/80"


def test_a_value_of_years_ago_alarms_nobody():
    def alarming(day: str) -> list[str]:
        found = measured("8867-4", valueQuantity={"value": 180, "code": "/min"}, effectiveDateTime=f"{day}T09:00:00Z")
        patient = PatientFacts(UUID(int=1), "A", "A", None, None, "", "en", "", today=date(2026, 11, 24))
        return [vital.shown for vital in Chart(patient, "", vitals=(found,)).alarming]

    assert alarming("2026-01-01") == ["180"]
    assert alarming("2021-01-01") == []
