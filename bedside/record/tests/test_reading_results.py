"""Results from FHIR: every kind of value, the range that fits, flags, units, panels; nothing is lost or invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.record.results.facts import Amount, Range
from bedside.record.results.ranges import Whom, fitting, standing
from bedside.record.results.reading import results_of
from bedside.record.results.trends import pin_of, trends_of_results
from bedside.record.words import Words

from .made_results import INTERPRETATION, observation, quantity, report

ADA = Whom(date(1985, 3, 9), "female")
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


def read(*documents, whom=ADA):
    by_type = {"DiagnosticReport": [], "Observation": []}
    for one in documents:
        by_type[one["resourceType"]].append(one)
    return results_of(by_type, whom)


def only(*documents, whom=ADA):
    (found,) = read(*documents, whom=whom)
    (result,) = found.results
    return result


def between(low, high, unit="mg/dL", **more):
    return {"low": quantity(low, unit), "high": quantity(high, unit), **more}


def test_a_report_holds_its_results_in_its_order_and_names_them_plainly():
    (panel,) = read(
        report("r", ["b", "a"]),
        observation("a", "13457-7", quantity(88, "mg/dL")),
        observation("b", "2093-3", quantity(171, "mg/dL")),
    )
    assert [result.name.es for result in panel.results] == ["Colesterol total", "Colesterol LDL"]
    assert panel.name == Words("Cholesterol and blood fats", "Colesterol y grasas de la sangre")
    assert panel.laboratory == "Hill Country Lab"
    assert panel.results[0].lab_name == "Lab name of 2093-3"


def test_a_test_nobody_told_us_about_keeps_the_laboratorys_name():
    assert only(observation("a", "99999-9", quantity(1, "1"))).name.en == "Lab name of 99999-9"


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ({"valueQuantity": quantity(7.10, "%")}, "number", "7.1"),
        ({"valueQuantity": quantity(0.01, "ng/mL", comparator="<")}, "number", "<0.01"),
        ({"valueInteger": 4}, "number", "4"),
        ({"valueString": "No growth after 48 hours"}, "text", "No growth after 48 hours"),
        ({"valueCodeableConcept": {"text": "Positive"}}, "coded", "Positive"),
        ({"valueCodeableConcept": {"coding": [{"display": "Detected", "code": "D"}]}}, "coded", "Detected"),
        ({"valueRange": {"low": quantity(5, "/[HPF]"), "high": quantity(10, "/[HPF]")}}, "range", "5–10 /[HPF]"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "ratio", "1:128"),
        (
            {"valueRatio": {"numerator": quantity(3, "mg"), "denominator": quantity(1, "g")}},
            "ratio",
            "3 mg / 1 g",
        ),
        ({"valueBoolean": True}, "text", "Yes"),
        ({"valueDateTime": "2026-11-20"}, "time", "2026-11-20"),
        ({"dataAbsentReason": {"coding": [{"code": "not-performed"}]}}, "none", "Not done"),
        ({}, "none", ""),
        ({"valueQuantity": {"unit": "mg/dL"}}, "none", ""),
    ],
)
def test_every_kind_of_value_is_read(value, kind, shown):
    result = only(observation("a", "718-7", **value))
    assert (result.kind, result.shown.en) == (kind, shown)


@pytest.mark.parametrize(
    ("code", "flag"),
    [
        ("HH", "critical_high"),
        ("LL", "critical_low"),
        ("AA", "critical"),
        ("H", "high"),
        ("A", "abnormal"),
        ("N", "normal"),
    ],
)
def test_the_laboratorys_flag_counts(code, flag):
    result = only(observation("a", "2823-3", quantity(6.9, "mmol/L"), flag=code))
    assert (result.flag, result.flagged_by) == (flag, "laboratory")


def test_the_worst_of_several_flags_counts():
    codes = [{"coding": [{"system": INTERPRETATION, "code": code}]} for code in ("N", "HH", "A")]
    assert only(observation("a", "2823-3", quantity(6.9, "mmol/L"), interpretation=codes)).flag == "critical_high"


def test_a_flag_nobody_knows_is_not_guessed():
    assert only(observation("a", "2823-3", quantity(4, "mmol/L"), flag="QQ")).flag == ""


def test_without_a_flag_the_laboratorys_range_decides():
    high = only(observation("a", "2823-3", quantity(5.6, "mmol/L"), ranges=[between(3.5, 5.1, "mmol/L")]))
    assert (high.flag, high.flagged_by, high.range.shown) == ("high", "range", "3.5–5.1")


def test_a_range_in_another_unit_is_said_and_never_compared():
    odd = only(observation("a", "2345-7", quantity(100, "mg/dL"), ranges=[between(3.9, 5.5, "mmol/L")]))
    assert (odd.flag, odd.trouble) == ("", "units")


def test_units_written_in_two_ways_are_one_unit():
    fine = only(observation("a", "6690-2", quantity(7, "10*3/uL"), ranges=[between(4, 11, "10*9/L")]))
    assert (fine.flag, fine.trouble) == ("normal", "")


def test_a_range_without_a_unit_is_in_the_unit_of_the_value():
    usual = {"low": {"value": 4}, "high": {"value": 6}}
    assert only(observation("a", "4548-4", quantity(7.1, "%"), ranges=[usual])).flag == "high"


def test_normal_outside_its_own_range_is_not_hidden():
    odd = only(observation("a", "2823-3", quantity(6.2, "mmol/L"), flag="N", ranges=[between(3.5, 5.1, "mmol/L")]))
    assert odd.trouble == "disagree"
    assert odd.is_abnormal


FEMALE = {"appliesTo": [{"coding": [{"code": "248152002", "display": "Female"}]}]}
MALE = {"appliesTo": [{"text": "male"}]}
CHILD = {"age": {"high": quantity(17, "a")}}
ADULT = {"age": {"low": quantity(18, "a")}}


@pytest.mark.parametrize(
    ("ranges", "shown", "trouble"),
    [
        ([between(12, 15.5, "g/dL", **FEMALE), between(13.5, 17.5, "g/dL", **MALE)], "12–15.5", ""),
        ([between(11, 14, "g/dL", **CHILD), between(12, 16, "g/dL", **ADULT)], "12–16", ""),
        ([between(12, 16, "g/dL"), between(11, 15, "g/dL", **FEMALE)], "11–15", ""),
        ([between(13.5, 17.5, "g/dL", **MALE)], "male: 13.5–17.5", "ranges"),
        ([between(1, 2, "g/dL"), between(3, 4, "g/dL")], "1–2; 3–4", "ranges"),
        ([between(1, 2, "g/dL", type={"coding": [{"code": "luteal"}]})], "1–2", "ranges"),
        ([between(12, 16, "g/dL"), between(6, 20, "g/dL", type={"coding": [{"code": "treatment"}]})], "12–16", ""),
        ([{"text": "see report"}], "see report", ""),
    ],
)
def test_the_range_of_this_patients_age_and_sex_is_taken(ranges, shown, trouble):
    found, said = fitting(ranges, ADA, date(2026, 11, 20))
    assert (found.shown, said) == (shown, trouble)


def test_without_a_birthday_a_range_of_an_age_is_not_taken():
    assert fitting([between(1, 2, **ADULT)], Whom(None, "female"), date(2026, 11, 20))[1] == "ranges"


def test_a_baby_of_three_months_has_the_range_of_its_months():
    ranges = [
        between(9, 14, "g/dL", age={"low": quantity(2, "mo"), "high": quantity(6, "mo")}),
        between(12, 16, "g/dL", age={"low": quantity(1, "a")}),
    ]
    assert fitting(ranges, Whom(date(2026, 8, 20), "male"), date(2026, 11, 20))[0].shown == "9–14"


@pytest.mark.parametrize(
    ("comparator", "value", "stands"),
    [("<", "3", "low"), ("<", "5", ""), (">", "10", "high"), (">", "5", ""), ("", "3", "normal"), ("", "2.9", "low")],
)
def test_a_bound_is_compared_only_as_far_as_it_tells(comparator, value, stands):
    usual = Range(Amount(Decimal(3), "g"), Amount(Decimal(10), "g"))
    assert standing(Amount(Decimal(value), "g", "", comparator), usual) == (stands, "")


NUMBERS = st.decimals(min_value=0, max_value=1000, places=2)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_value_is_high_low_or_normal_exactly_as_arithmetic_has_it(value, one, other):
    low, high = sorted((one, other))
    expected = "high" if value > high else "low" if value < low else "normal"
    assert standing(Amount(value, "g"), Range(Amount(low, "g"), Amount(high, "g"))) == (expected, "")


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_pin_stands_in_the_band_exactly_when_the_value_is_in_its_range(value, one, other):
    low, high = sorted((one, other))
    result = only(
        observation("a", "718-7", quantity(float(value), "g"), ranges=[between(float(low), float(high), "g")])
    )
    begin, width, at = (float(number) for number in pin_of(result))
    if low < high:
        in_band = begin - 0.1 <= at <= begin + width + 0.1
        assert in_band or result.flag in ("high", "low")


def test_members_of_a_panel_stand_under_it_once():
    panel = observation("p", "58410-2", hasMember=[{"reference": "Observation/a"}, {"reference": "Observation/b"}])
    (found,) = read(panel, observation("a", "718-7", quantity(13, "g/dL")), observation("b", "777-3", quantity(2, "1")))
    assert [result.id for result in found.results] == ["a", "b"]


def test_panels_in_one_another_are_still_shown():
    one = observation("a", "718-7", quantity(13, "g/dL"), hasMember=[{"reference": "Observation/b"}])
    two = observation("b", "777-3", quantity(2, "1"), hasMember=[{"reference": "Observation/a"}])
    assert {result.id for found in read(one, two) for result in found.results} == {"a", "b"}


def test_components_are_results_of_their_own():
    parts = [
        {"code": {"text": "Appearance"}, "valueString": "Clear"},
        {"code": {"text": "Colour"}, "valueString": "Yellow"},
    ]
    (found,) = read(observation("a", "24356-8", component=parts))
    assert [(r.name.en, r.shown.en) for r in found.results] == [("Appearance", "Clear"), ("Colour", "Yellow")]


def test_a_result_a_report_names_and_we_do_not_have_is_counted():
    (found,) = read(report("r", ["a", "gone"]), observation("a", "718-7", quantity(13, "g/dL")))
    assert found.missing == 1


def test_what_people_here_measured_is_not_a_result():
    own = observation("a", "2339-0", quantity(110, "mg/dL"), performer=[{"reference": "Patient/1"}])
    assert read(own) == ()


@pytest.mark.parametrize(
    ("service", "kind"), [("CH", "laboratory"), ("SP", "pathology"), ("RAD", "imaging"), ("GE", "genetic")]
)
def test_the_kind_of_test_is_told_by_its_service(service, kind):
    (found,) = read(report("r", [], service=service))
    assert found.category == kind


def test_a_report_is_as_urgent_as_its_worst_result_that_stands():
    low = observation("a", "2823-3", quantity(2.4, "mmol/L"), flag="LL")
    high = observation("b", "2951-2", quantity(150, "mmol/L"), flag="H")
    assert read(report("r", ["a", "b"]), low, high)[0].worst == "critical"
    taken_back = {**low, "status": "entered-in-error"}
    assert read(report("r", ["a", "b"]), taken_back, high)[0].worst == "abnormal"


def test_a_trend_turns_units_only_through_ucum():
    (trend,) = trends_of_results(
        read(
            observation("a", "2093-3", quantity(190, "mg/dL"), at="2026-11-01T09:00:00Z", ranges=[between(0, 200)]),
            observation("b", "2093-3", quantity(2.1, "g/L"), at="2026-05-01T09:00:00Z"),
            observation("c", "2093-3", quantity(5.2, "mmol/L"), at="2026-01-01T09:00:00Z"),
        ),
        NOW,
    )
    assert (trend.unit, len(trend.values), trend.left_out) == ("mg/dL", 2, 1)
    high_dot, low_dot = (float(dot.y) for dot in trend.dots)
    assert high_dot < low_dot  # 2.1 g/L is 210 mg/dL: above 190


def test_values_of_one_unit_are_drawn_as_they_are():
    documents = [
        observation(str(n), "4548-4", quantity(7 + n / 10, "%"), at=f"2026-0{n}-01T09:00:00Z") for n in range(1, 6)
    ]
    (trend,) = trends_of_results(read(*documents), NOW)
    assert [v.shown.en for v in trend.values] == ["7.5", "7.4", "7.3", "7.2", "7.1"]
    assert trend.left_out == 0
    assert not trend.band_top


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("10*3/uL", "10³/µL"),
        ("10*12/L", "10¹²/L"),
        ("m[IU]/L", "mIU/L"),
        ("{INR}", ""),
        ("ug/L", "µg/L"),
        ("mg/dL", "mg/dL"),
    ],
)
def test_a_unit_that_is_only_a_code_reads_as_people_write_it(code, shown):
    assert only(observation("a", "718-7", quantity(1, code, code))).unit == shown


@pytest.mark.parametrize(("days", "is_year"), [(20, False), (300, False), (900, True), (9000, True)])
def test_a_drawing_has_few_days_under_it_and_all_its_dots_inside(days, is_year):
    times = [NOW - timedelta(days=days), NOW - timedelta(days=days // 2), NOW]
    documents = [observation(str(n), "4548-4", quantity(7, "%"), at=at.isoformat()) for n, at in enumerate(times)]
    (trend,) = trends_of_results(read(*documents), NOW)
    assert 1 <= len(trend.ticks) <= 7
    assert {tick.is_year for tick in trend.ticks} == {is_year}
    places = [float(dot.x) for dot in trend.dots]
    assert places == sorted(places)
    assert all(0 <= x <= 100 for x in places)


def test_no_trend_of_a_single_value_or_of_words():
    assert trends_of_results(read(observation("a", "718-7", quantity(13, "g/dL"))), NOW) == ()
    words = [observation(str(n), "600-7", valueString="No growth") for n in range(3)]
    assert trends_of_results(read(*words), NOW) == ()


def test_what_is_older_than_the_axis_is_not_pressed_onto_its_edge():
    days = ["2009-05-01", "2012-05-01", "2021-05-01", "2026-05-01"]
    documents = [observation(day, "4548-4", quantity(7 + n, "%"), at=f"{day}T09:00:00Z") for n, day in enumerate(days)]
    (trend,) = trends_of_results(read(*documents), NOW)
    assert [v.shown.en for v in trend.values] == ["10", "9"]
    (old,) = trends_of_results(read(*documents[:2]), NOW)
    assert [v.shown.en for v in old.values] == ["8"], "the newest is always there"
