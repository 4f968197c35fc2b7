"""What a value of HL7 v2 becomes in FHIR."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bedside.fhir.validation import validate
from bedside.intake.hl7v2.results import about
from bedside.intake.hl7v2.values import day, moment, unit_code
from bedside.kernel.ids import new_id

from .samples import first, message, order, results, value


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026", "2026"),
        ("202611", "2026-11"),
        ("20261124", "2026-11-24"),
        ("202611240830", "2026-11-24T08:30:00-06:00"),
        ("20260724083015", "2026-07-24T08:30:15-05:00"),
        ("20261124083015.1234+0530", "2026-11-24T08:30:15.123+05:30"),
        ("20261124083060", "2026-11-24T08:30:59-06:00"),
        ("20260230", ""),
        ("20261124240000", ""),
        ("00000101", ""),
        ("2026112", ""),
        ("20261124083000+9900", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_a_time_keeps_its_precision_and_gets_a_zone_when_it_has_a_time_of_day(written, said):
    assert moment(written, "America/Chicago") == said


def test_a_birthday_is_a_whole_day_or_nothing():
    assert day("19850309") == "1985-03-09"
    assert day("198503090400") == "1985-03-09"
    assert day("198503") == ""


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("mg/dL", "mg/dL"),
        ("MG/DL", "mg/dL"),
        ("K/uL", "10*3/uL"),
        ("x10E3/uL", "10*3/uL"),
        ("mmol/L", "mmol/L"),
        ("mm Hg", "mm[Hg]"),
        ("glorps", ""),
        ("", ""),
    ],
)
def test_a_unit_gets_its_ucum_code_only_when_one_is_known(written, code):
    assert unit_code(written) == code


QUANTITY = {"value": Decimal("105"), "unit": "mg/dL", "system": "http://unitsofmeasure.org", "code": "mg/dL"}


def test_a_number_is_a_quantity_with_the_digits_it_was_written_with():
    found = first(value("105"))
    assert found["valueQuantity"] == QUANTITY
    assert str(first(value("1.10"))["valueQuantity"]["value"]) == "1.10"


def test_a_unit_nobody_knows_keeps_its_words_and_gets_no_code():
    assert first(value("5", units="glorps"))["valueQuantity"] == {"value": Decimal("5"), "unit": "glorps"}


def test_a_unit_cut_by_its_own_separator_is_put_together_again():
    found = first(value("5.4", units="10^3/uL", range="4.0-11.0"))["valueQuantity"]
    assert (found["unit"], found["code"]) == ("10^3/uL", "10*3/uL")


@pytest.mark.parametrize(
    ("kind", "written", "member", "said"),
    [
        ("SN", ">^100", "valueQuantity", {**QUANTITY, "value": Decimal("100"), "comparator": ">"}),
        ("SN", "^1^:^128", "valueRatio", {"numerator": {"value": 1}, "denominator": {"value": 128}}),
        ("SN", "^2^-^4", "valueRange", {"low": {**QUANTITY, "value": 2}, "high": {**QUANTITY, "value": 4}}),
        ("SN", "^1^+", "valueString", "1 +"),
        ("ST", "<0.01", "valueQuantity", {**QUANTITY, "value": Decimal("0.01"), "comparator": "<"}),
        ("ST", "hemolyzed", "valueString", "hemolyzed"),
        ("NM", "hemolyzed", "valueString", "hemolyzed"),
        ("NM", "NaN", "valueString", "NaN"),
        ("NM", "1e400000", "valueString", "1e400000"),
        ("TM", "0830", "valueTime", "08:30:00"),
        ("DT", "20261124", "valueDateTime", "2026-11-24"),
        ("TS", "202611240830-0600", "valueDateTime", "2026-11-24T08:30:00-06:00"),
        ("TS", "soon", "valueString", "soon"),
        ("XPN", "Reyes^Ada", "valueString", "Reyes Ada"),
    ],
)
def test_every_kind_of_value_has_its_place_and_what_has_none_keeps_its_text(kind, written, member, said):
    assert first(value(written, kind=kind))[member] == said


def test_a_coded_value_keeps_both_codings_and_the_words():
    found = first(value("10828004^Positive^SCT^POS^Pos.^99LAB^^^Positive for growth", kind="CWE", units="", range=""))
    concept = found["valueCodeableConcept"]
    assert concept["text"] == "Positive for growth"
    assert [one["system"] for one in concept["coding"]] == [
        "http://snomed.info/sct",
        "urn:bedside:coding:cedarlab:99lab",
    ]


def test_lines_of_one_text_are_one_text():
    lines = [value(text, kind="TX", code="11502-2^Report^LN", units="", range="") for text in ("First.", "", "Second.")]
    found = results(message(order(), *lines))[0].observations
    assert [one.document["valueString"] for one in found] == ["First.\nSecond."]


def test_values_of_one_code_under_different_sub_ids_are_different_observations():
    found = results(message(order(), value("1", sub="1"), value("2", sub="2"), value("3", sub="2")))[0].observations
    assert len({one.id for one in found}) == 3


@pytest.mark.parametrize(
    ("written", "units", "low", "high"),
    [
        ("70-99", "mg/dL", 70, 99),
        ("70 - 99 mg/dL", "mg/dL", 70, 99),
        ("(3.5-5.1)", "mmol/L", Decimal("3.5"), Decimal("5.1")),
        ("<100", "mg/dL", None, 100),
        (">=60", "mg/dL", 60, None),
        ("3.9-5.5 mmol/L", "mg/dL", None, None),
        ("99-70", "mg/dL", None, None),
        ("Negative", "", None, None),
    ],
)
def test_the_laboratorys_own_range_is_numbers_only_where_it_is_plain_and_of_the_same_unit(written, units, low, high):
    ranged = first(value("100", range=written, units=units))["referenceRange"][0]
    assert ranged["text"] == written
    assert ranged.get("low", {}).get("value") == low
    assert ranged.get("high", {}).get("value") == high


@pytest.mark.parametrize(
    ("flag", "code", "text"), [("H", "H", "H"), ("HH", "HH", "HH"), ("N", "N", "N"), ("*", None, "*"), ("", None, None)]
)
def test_a_flag_is_an_interpretation_and_one_nobody_knows_keeps_its_text(flag, code, text):
    found = first(value("105", flag=flag)).get("interpretation", [{}])[0]
    assert found.get("coding", [{}])[0].get("code") == code
    assert found.get("text") == text


@pytest.mark.parametrize(
    ("written", "said"),
    [("F", "final"), ("P", "preliminary"), ("C", "corrected"), ("X", "cancelled"), ("W", "entered-in-error")],
)
def test_the_status_of_a_value_is_that_of_the_laboratory(written, said):
    assert first(value("105", status=written))["status"] == said


def test_a_value_that_could_not_be_had_says_so():
    found = first(value("", status="X"))
    assert found["dataAbsentReason"]["coding"][0]["code"] == "not-performed"


def test_every_document_of_a_result_is_valid_fhir():
    content = message(
        "ORC|RE|P9^CLINIC|F100^CEDARLAB",
        order(),
        "NTE|1|L|Drawn fasting.",
        value("105"),
        "NTE|1|L|Checked twice.~Second line.",
        value(">^100", kind="SN", sub="a"),
        value("POS^Positive^99LAB", kind="CWE", sub="b", units=""),
        value("LIS^AP^PDF^Base64^JVBERi0xLjQKJSVFT0Y=", kind="ED", code="PDF^Report^L", units="", range=""),
        value("", status="X", sub="c"),
    )
    for result in results(content):
        for part in result.parts:
            document = {**about(part.document, new_id()), "id": str(part.id)}
            assert [fault.words for fault in validate(document)] == []


def test_a_report_says_who_ordered_it_who_made_it_and_carries_its_documents():
    content = message(order(), value(), value("LIS^AP^PDF^Base64^JVBERi0xLjQKJSVFT0Y=", kind="ED", code="PDF^Report^L"))
    (result,) = results(content)
    report = result.report.document
    assert report["contained"][0]["requester"]["display"] == "Lin Chen"
    assert report["presentedForm"][0]["contentType"] == "application/pdf"
    assert report["presentedForm"][0]["title"] == "Report"
    assert [one["value"] for one in report["identifier"][:2]] == ["P9", "F100"]
    assert len(report["result"]) == 1
    assert result.observations[0].document["performer"][0]["display"] == "Cedar Street Laboratory"


def test_a_correction_has_the_ids_of_what_it_corrects():
    was = results(message(order(), value("105"), id="C1"))[0]
    now = results(message(order(status="C"), value("150", status="C"), id="C2"))[0]
    assert [part.id for part in now.parts] == [part.id for part in was.parts]
    other = results(message(order(filler="F101"), value("105"), id="C3"))[0]
    assert {part.id for part in other.parts}.isdisjoint(part.id for part in was.parts)


def test_a_patient_is_read_with_their_numbers():
    (result,) = results(message(order(), value()))
    assert (result.subject.family, result.subject.given) == ("Reyes", "Ada M")
    assert str(result.subject.birth_on) == "1985-03-09"
    assert result.subject.sex == "female"
    assert [(one.system, one.value, one.kind) for one in result.subject.numbers] == [
        ("urn:bedside:numbers:cedar", "4711", "MR")
    ]
