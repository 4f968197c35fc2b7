"""What a C-CDA document becomes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bedside.fhir.validation import validate
from bedside.intake.ccda.document import read_document

from .samples import (
    ALLERGY,
    MEDICINE,
    MEDICINE_TEXT,
    SNOMED,
    brought,
    document,
    observation,
    organizer,
    problem,
    quantity,
    section,
)

WHOLE = (
    section("11450-4", "Problems", problem()),
    section("48765-2", "Allergies", ALLERGY),
    section("10160-0", "Medicines", MEDICINE, text=MEDICINE_TEXT),
    section(
        "30954-2",
        "Results",
        organizer(
            observation(
                "2345-7",
                quantity("105", "mg/dL"),
                more='<interpretationCode code="H" codeSystem="2.16.840.1.113883.5.83"/>'
                "<referenceRange><observationRange>"
                '<value xsi:type="IVL_PQ"><low value="70" unit="mg/dL"/><high value="99" unit="mg/dL"/></value>'
                "</observationRange></referenceRange>",
            ),
            observation("2160-0", '<value xsi:type="ST">not enough blood</value>', id="o2"),
        ),
    ),
    section(
        "8716-3",
        "Vital signs",
        organizer(
            observation("8480-6", quantity("138", "mm[Hg]"), id="v1"),
            observation("8462-4", quantity("86", "mm[Hg]"), id="v2"),
            observation("8302-2", quantity("177", "cm"), id="v3"),
        ),
    ),
    section(
        "11369-6",
        "Immunizations",
        '<substanceAdministration negationInd="false"><id root="2.999.3" extension="i1"/><statusCode code="completed"/>'
        '<effectiveTime value="20251010"/><consumable><manufacturedProduct><manufacturedMaterial><code code="140" '
        'codeSystem="2.16.840.1.113883.12.292" displayName="Influenza"/><lotNumberText>L77</lotNumberText>'
        "</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>",
    ),
    section(
        "46240-8",
        "Encounters",
        '<encounter moodCode="EVN"><id root="2.999.3" extension="e1"/><code code="99213" '
        'codeSystem="2.16.840.1.113883.6.12" displayName="Office visit"><translation code="AMB" '
        'codeSystem="2.16.840.1.113883.5.4"/></code><effectiveTime value="20260901"/></encounter>',
    ),
    section(
        "47519-4",
        "Procedures",
        f'<procedure><id root="2.999.3" extension="pr1"/><code code="73761001" codeSystem="{SNOMED}" '
        'displayName="Colonoscopy"/><statusCode code="completed"/><effectiveTime><low value="20240201"/>'
        '<high value="20240201"/></effectiveTime></procedure>',
    ),
    section(
        "29762-2",
        "Social history",
        observation(
            "72166-2",
            f'<value xsi:type="CD" code="8517006" codeSystem="{SNOMED}" displayName="Former smoker"/>',
            id="s1",
        ),
    ),
    section("18776-5", "Plan", text="<paragraph>Come back in <content styleCode='Bold'>spring</content>.</paragraph>"),
)
KINDS = {
    "Patient": 1, "Condition": 1, "AllergyIntolerance": 1, "MedicationStatement": 1, "Observation": 5,
    "DiagnosticReport": 1, "Immunization": 1, "Encounter": 1, "Procedure": 1, "DocumentReference": 1,
}  # fmt: skip


def test_a_whole_document_is_read_and_all_of_it_is_valid_fhir():
    contents = read_document(document(*WHOLE))
    assert contents.refused == []
    assert {kind: sum(one.kind == kind for one in contents.brought) for kind in KINDS} == KINDS
    for one in contents.brought:
        assert [fault.words for fault in validate({**one.document, "id": "x"}) if fault.severity == "error"] == []


def test_reading_twice_gives_the_same_names_each_of_them_once():
    first, second = (read_document(document(*WHOLE)).brought for _ in range(2))
    keys = [one.key for one in first]
    assert keys == [one.key for one in second]
    assert len(set(keys)) == len(keys)


def test_the_patient_is_read_with_what_us_core_wants():
    (patient,) = brought(kind="Patient")
    assert patient["name"] == [{"use": "official", "family": "Reyes", "given": ["Ada", "M"]}]
    assert (patient["gender"], patient["birthDate"]) == ("female", "1985-03-09")
    assert patient["identifier"][0] == {"system": "urn:oid:2.999.2", "value": "4711"}
    assert patient["telecom"] == [{"system": "phone", "value": "+1-512-555-0100", "use": "home"}]
    race = patient["extension"][0]["extension"]
    assert [(one["url"], one.get("valueString")) for one in race] == [
        ("ombCategory", None), ("detailed", None), ("text", "White, European"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "clinical", "verification"),
    [
        ({}, "active", "confirmed"),
        ({"act": "completed"}, "resolved", "confirmed"),
        ({"when": '<low value="2019"/><high value="2021"/>'}, "resolved", "confirmed"),
        ({"when": '<low value="2019"/><high nullFlavor="UNK"/>'}, "resolved", "confirmed"),
        ({"negated": 'negationInd="true"'}, "active", "refuted"),
        (
            {
                "act": "completed",
                "inner": '<entryRelationship typeCode="REFR"><observation><code code="33999-4" codeSystem="1.2.3"/>'
                '<value xsi:type="CD" code="55561003"/></observation></entryRelationship>',
            },
            "active",
            "confirmed",
        ),
    ],
)
def test_a_problem_is_active_until_something_says_otherwise(changed, clinical, verification):
    (found,) = brought(section("11450-4", "Problems", problem(**changed)))
    assert found["clinicalStatus"]["coding"][0]["code"] == clinical
    assert found["verificationStatus"]["coding"][0]["code"] == verification


def test_a_code_that_is_missing_keeps_the_words_it_stood_for():
    value = '<value xsi:type="CD" nullFlavor="UNK"><originalText>Something with the knee</originalText></value>'
    (found,) = brought(section("11450-4", "Problems", problem(value=value)))
    assert found["code"] == {"text": "Something with the knee"}


def test_a_translation_stands_beside_its_code():
    value = (
        f'<value xsi:type="CD" code="38341003" codeSystem="{SNOMED}" displayName="Hypertension">'
        '<translation code="I10" codeSystem="2.16.840.1.113883.6.90" displayName="Essential hypertension"/></value>'
    )
    (found,) = brought(section("11450-4", "Problems", problem(value=value)))
    assert [one["system"] for one in found["code"]["coding"]] == [
        "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm",
    ]  # fmt: skip


def test_an_allergy_says_what_it_did_and_how_bad_it_was():
    (found,) = brought(section("48765-2", "Allergies", ALLERGY))
    assert found["code"]["text"] == "Penicillin G"
    assert (found["type"], found["category"]) == ("allergy", ["medication"])
    assert found["reaction"][0]["manifestation"][0]["text"] == "Hives"
    assert found["reaction"][0]["severity"] == "severe"


def test_no_known_allergies_is_said_as_such_and_is_no_allergy_to_something():
    negated = ALLERGY.replace("<observation>", '<observation negationInd="true">', 1)
    negated = negated[: negated.index("<participant")] + "</observation></entryRelationship></act>"
    (found,) = brought(section("48765-2", "Allergies", negated))
    assert found["code"]["coding"][0]["code"] == "716186003"
    assert found["verificationStatus"]["coding"][0]["code"] == "confirmed"


def test_a_medicine_keeps_its_words_its_dose_and_its_rhythm():
    (found,) = brought(section("10160-0", "Medicines", MEDICINE, text=MEDICINE_TEXT))
    assert found["medicationCodeableConcept"]["text"] == "Metformin 500 mg"
    assert found["medicationCodeableConcept"]["coding"][1]["system"] == "http://hl7.org/fhir/sid/ndc"
    (dosage,) = found["dosage"]
    assert dosage["text"] == "1 tablet twice a day"
    assert dosage["timing"]["repeat"] == {"frequency": 1, "period": Decimal("12"), "periodUnit": "h"}
    assert found["effectivePeriod"] == {"start": "2026-01-03"}


def test_results_have_their_range_their_flag_and_their_report():
    found = brought(WHOLE[3])
    glucose = found[0]
    assert glucose["valueQuantity"]["value"] == Decimal("105")
    assert glucose["referenceRange"][0]["high"]["value"] == Decimal("99")
    assert glucose["interpretation"][0]["coding"][0]["code"] == "H"
    assert glucose["effectiveDateTime"] == "2026-09-01T08:30:00-05:00"
    assert found[1]["valueString"] == "not enough blood"
    assert len(found[2]["result"]) == 2


def test_two_pressures_taken_together_are_one_blood_pressure():
    pressure, height = brought(WHOLE[4])
    assert pressure["code"]["coding"][0]["code"] == "85354-9"
    assert [one["valueQuantity"]["value"] for one in pressure["component"]] == [Decimal("138"), Decimal("86")]
    assert height["valueQuantity"]["unit"] == "cm"


def test_a_time_without_an_offset_is_cut_to_its_day():
    (found,) = brought(
        section("30954-2", "Results", observation("2345-7", quantity("1", "mg/dL"), when="202609010830"))
    )
    assert found["effectiveDateTime"] == "2026-09-01"


def test_a_ccd_of_2007_is_read_by_its_sections():
    old = section("11450-4", "Problems", problem()).replace(
        '<code code="11450-4" codeSystem="2.16.840.1.113883.6.1"/>', '<templateId root="2.16.840.1.113883.10.20.1.11"/>'
    )
    assert [one["resourceType"] for one in brought(old)] == ["Condition"]


def test_the_readable_text_of_every_section_is_kept_and_shown():
    (found,) = brought(*WHOLE, kind="DocumentReference")
    html = found["text"]["div"]
    assert "<h2>Plan</h2><p>Come back in <b>spring</b>.</p>" in html
    assert "<td>Metformin 500 mg</td>" in html
    assert found["custodian"]["display"] == "Hillside Hospital"
    assert found["author"] == [{"display": "Henry Seven"}]


def test_text_that_would_run_something_becomes_words():
    text = (
        '<paragraph onclick="x()">a</paragraph><script>alert(1)</script><linkHtml href="javascript:x()">b</linkHtml>'
        '<renderMultiMedia referencedObject="x"/>&lt;img src=x onerror=y&gt;<content styleCode="x:url(http://e)">c</content>'
    )
    (found,) = brought(section("18776-5", "Plan", text=text), kind="DocumentReference")
    html = found["text"]["div"]
    assert "onclick" not in html
    assert "<script" not in html
    assert "javascript" not in html
    assert "<img" not in html
    assert "&lt;img src=x onerror=y&gt;" in html
    assert [fault.words for fault in validate({**found, "subject": {"display": "x"}})] == []


def test_an_entry_that_names_nothing_is_refused_and_told():
    empty = '<act><statusCode code="active"/><entryRelationship><observation><value xsi:type="CD" nullFlavor="UNK"/>'
    contents = read_document(
        document(section("11450-4", "Problems", empty + "</observation></entryRelationship></act>"))
    )
    assert [(one.place, one.reason) for one in contents.refused] == [("Problems, entry 1", "unreadable")]


def test_one_id_for_two_different_things_does_not_make_them_one():
    twice = section(
        "30954-2",
        "Results",
        observation("2345-7", quantity("1", "mg/dL")),
        observation("2160-0", quantity("2", "mg/dL")),
        observation("2345-7", quantity("1", "mg/dL")),
    )
    keys = [one.key for one in read_document(document(twice)).brought if one.kind == "Observation"]
    assert len(set(keys)) == 2
