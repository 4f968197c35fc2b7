"""Problems, allergies, measured values and medicines go into the chart, by those who may, and leave their rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.fhir.commands import ResourceChanged
from bedside.kernel.errors import NotFound, Refusal
from bedside.platform.audit.models import AuditEvent
from bedside.record.commands import (
    UnknownCode,
    record_allergy,
    record_diagnosis,
    record_medicine_statement,
    record_vital,
    resolve_problem,
    stop_medicine_statement,
)
from bedside.record.commands.facts import MeasuredInFuture
from bedside.record.guard import NotYoursToWrite
from bedside.record.queries import get_chart
from bedside.record.rules import (
    DayImpossible,
    TextMissing,
    TextTooLong,
    TextUnreadable,
    ValueImplausible,
    check_plausible,
    clean,
)
from bedside.record.terms.vitals import VITALS

from .conftest import VISIT


def chart_of(cast, now, who="chen"):
    return get_chart(actor=cast.actor(who), patient_id=cast.ada.id, now=now)


def test_a_diagnosis_stands_on_the_problem_list_in_both_languages(care, now):
    record_diagnosis(
        actor=care.actor("chen"), now=now, patient_id=care.ada.id, code="j0190", certainty="provisional", visit_id=VISIT
    )
    (problem,) = chart_of(care, now).problems
    assert (problem.code, problem.certainty, problem.is_active) == ("J01.90", "provisional", True)
    assert (problem.name.en, problem.name.es) == ("Acute sinusitis", "Sinusitis aguda")
    assert (problem.visit_id, problem.recorder) == (VISIT, "Lin Chen")
    row = AuditEvent.objects.get(kind="change", action="record.record_diagnosis")
    assert (row.patient_id, row.reason, row.resource_type) == (care.ada.id, "treating", "Condition")


@pytest.mark.parametrize("code", ["", "X", "J01", "ZZZ.99", "J01.90'; --", "J" * 10_000])
def test_a_code_that_cannot_be_billed_is_refused(care, now, code):
    with pytest.raises(UnknownCode):
        record_diagnosis(actor=care.actor("chen"), now=now, patient_id=care.ada.id, code=code)


@pytest.mark.parametrize("who", ["gita", "tomas", "ada"])
def test_only_a_physician_diagnoses_and_the_refusal_is_written_down(care, now, who):
    with pytest.raises(NotYoursToWrite):
        record_diagnosis(actor=care.actor(who), now=now, patient_id=care.ada.id, code="J01.90")
    assert not chart_of(care, now).problems
    row = AuditEvent.objects.get(kind="refusal")
    assert (row.actor_id, row.action, row.patient_id) == (care.id(who), "record.record_diagnosis", care.ada.id)


@pytest.mark.parametrize("who", ["diaz", "eve", "femi", "hal", "ben"])
def test_a_stranger_finds_no_chart(care, now, who):
    with pytest.raises(NotFound):
        chart_of(care, now, who)


def test_every_view_is_written_down_with_its_reason(care, now):
    chart_of(care, now)
    chart_of(care, now, "ada")
    rows = AuditEvent.objects.filter(kind="view").order_by("id").values_list("actor_id", "reason", "patient_id")
    assert list(rows) == [(care.id("chen"), "treating", care.ada.id), (care.ada.id, "self", care.ada.id)]


def test_a_resolved_problem_stays_on_the_timeline(care, now):
    stored = record_diagnosis(actor=care.actor("chen"), now=now, patient_id=care.ada.id, code="J01.90")
    ids = {"patient_id": care.ada.id, "problem_id": stored.id}
    resolve_problem(actor=care.actor("chen"), now=now, **ids, expected_version=1)
    chart = chart_of(care, now)
    assert chart.active_problems == ()
    assert chart.problems[0].resolved_on == now.date().isoformat()
    with pytest.raises(ResourceChanged):
        resolve_problem(actor=care.actor("chen"), now=now, **ids, expected_version=1)


def test_another_patients_problem_cannot_be_resolved_through_this_chart(care, now):
    stored = record_diagnosis(actor=care.actor("chen"), now=now, patient_id=care.ada.id, code="I10")
    from bedside.consent.models import CareRelationship

    CareRelationship.objects.create(
        patient=care.eve, person=care.people["chen"], reason="treating", starts_at=now - timedelta(days=1)
    )
    with pytest.raises(NotFound):
        resolve_problem(actor=care.actor("chen"), now=now, patient_id=care.eve.id, problem_id=stored.id)


def test_a_nurse_records_an_allergy(care, now):
    record_allergy(
        actor=care.actor("gita"),
        now=now,
        patient_id=care.ada.id,
        substance="penicillins",
        reaction="Hives over the whole body",
        severity="moderate",
        onset_on=date(2019, 5, 14),
    )
    (allergy,) = chart_of(care, now).allergies
    assert (allergy.substance, allergy.name.es, allergy.severity) == ("penicillins", "Penicilina", "moderate")
    assert (allergy.reaction.en, allergy.onset_on) == ("Hives over the whole body", "2019-05-14")


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        ({"substance": "moonlight"}, UnknownCode),
        ({"severity": "awful"}, UnknownCode),
        ({"reaction": "x" * 10_000}, TextTooLong),
        ({"reaction": "nul\x00l"}, TextUnreadable),
        ({"onset_on": date(2031, 1, 1)}, DayImpossible),
        ({"onset_on": date(1901, 1, 1)}, DayImpossible),
    ],
)
def test_a_spoilt_allergy_is_refused_and_nothing_is_kept(care, now, spoil, refusal):
    with pytest.raises(refusal):
        record_allergy(
            **{"actor": care.actor("chen"), "now": now, "patient_id": care.ada.id, "substance": "egg"} | spoil
        )
    assert not chart_of(care, now).allergies


def test_right_to_left_and_pictures_are_kept_as_typed(care, now):
    said = "حساسية شديدة 🤧 التهاب\nsecond line <b>&amp;"
    record_allergy(actor=care.actor("chen"), now=now, patient_id=care.ada.id, substance="cat", reaction=said)
    assert chart_of(care, now).allergies[0].reaction.en == said


def test_a_blood_pressure_has_two_numbers(care, now):
    record_vital(
        actor=care.actor("tomas"), now=now, patient_id=care.ada.id, kind="blood_pressure", value="138", second="86"
    )
    vital = chart_of(care, now).latest("blood_pressure")
    assert (vital.shown, vital.is_high, vital.second) == ("138/86", True, Decimal(86))


def test_a_decimal_comma_is_a_point(care, now):
    record_vital(actor=care.actor("gita"), now=now, patient_id=care.ada.id, kind="temperature", value="37,2")
    vital = chart_of(care, now).latest("temperature")
    assert (vital.shown, vital.is_high) == ("37.2", False)


@pytest.mark.parametrize(
    ("kind", "value", "second", "refusal"),
    [
        ("blood_pressure", "138", None, TextMissing),
        ("blood_pressure", "86", "138", ValueImplausible),
        ("temperature", "98.6", None, ValueImplausible),
        ("heart_rate", "-5", None, ValueImplausible),
        ("weight", "0", None, ValueImplausible),
        ("weight", "NaN", None, TextUnreadable),
        ("weight", "heavy", None, TextUnreadable),
        ("weight", "9" * 10_000, None, ValueImplausible),
        ("mood", "1", None, UnknownCode),
    ],
)
def test_a_value_that_cannot_be_right_is_refused(care, now, kind, value, second, refusal):
    with pytest.raises(refusal):
        record_vital(actor=care.actor("chen"), now=now, patient_id=care.ada.id, kind=kind, value=value, second=second)
    assert not chart_of(care, now).vitals


def test_a_value_from_tomorrow_is_refused(care, now):
    with pytest.raises(MeasuredInFuture):
        record_vital(
            actor=care.actor("chen"), now=now, patient_id=care.ada.id, kind="pain", value=3, at=now + timedelta(days=1)
        )


@given(st.sampled_from(sorted(VITALS)), st.decimals(min_value=-10_000, max_value=10_000, places=1))
def test_what_is_outside_the_range_is_always_refused(kind, value):
    measure = VITALS[kind]
    second = min(value, measure.second_high) if measure.parts else None
    inside = measure.low <= value <= measure.high
    try:
        check_plausible(measure, value, second)
    except Refusal:
        assert not inside
    else:
        assert inside


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    try:
        once = clean(text, most=100)
    except Refusal:
        return
    assert clean(once, most=100) == once


def test_a_medicine_the_patient_tells_of_gets_our_key_when_we_know_it(care, now):
    ids = {"actor": care.actor("chen"), "now": now, "patient_id": care.ada.id}
    record_medicine_statement(**ids, medicine="lisinopril 10 mg", taken="1 in the morning")
    record_medicine_statement(**ids, medicine="Té de hierbas de la abuela")
    known, other = sorted(chart_of(care, now).medicines, key=lambda m: m.name.en)
    assert (known.product, known.name.es, known.sig.en) == ("lisinopril", "Lisinopril 10 mg", "1 in the morning")
    assert (other.product, other.name.en) == ("", "Té de hierbas de la abuela")


def test_a_stopped_medicine_says_why(care, now):
    ids = {"actor": care.actor("chen"), "now": now, "patient_id": care.ada.id}
    stored = record_medicine_statement(**ids, medicine="pseudoephedrine")
    stop_medicine_statement(**ids, statement_id=stored.id, why="Raises blood pressure", visit_id=VISIT)
    (medicine,) = chart_of(care, now).medicines
    assert (medicine.status, medicine.reason.en, medicine.visit_id) == ("stopped", "Raises blood pressure", VISIT)


@pytest.mark.parametrize(("name", "refusal"), [("", TextMissing), ("  ", TextMissing), ("m" * 10_000, TextTooLong)])
def test_a_medicine_needs_a_name_of_a_sensible_length(care, now, name, refusal):
    with pytest.raises(refusal):
        record_medicine_statement(actor=care.actor("chen"), now=now, patient_id=care.ada.id, medicine=name)


def test_a_chart_takes_few_questions(care, now, django_assert_max_num_queries):
    for code in ("I10", "E11.9", "J01.90", "M54.50"):
        record_diagnosis(actor=care.actor("chen"), now=now, patient_id=care.ada.id, code=code)
    with django_assert_max_num_queries(4):
        chart_of(care, now)
