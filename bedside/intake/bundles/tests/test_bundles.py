"""FHIR in files: what is read, and under which ids."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from uuid import UUID

import pytest

from bedside.intake.brought import Brought
from bedside.intake.bundles.identity import Names, id_of, stable_id
from bedside.intake.bundles.reading import read_bundle, read_lines
from bedside.intake.opening import FileNotTaken, kind_of, open_given

PERSON = UUID("01900000-0000-7000-8000-00000000000a")
WHOLE = "018f428e-34f6-4707-8009-5ad742f901e7"
PATIENT = {"resourceType": "Patient", "id": "7"}
VALUE = {"resourceType": "Observation", "id": "1", "subject": {"reference": "Patient/7"}}


def bundle(*entries, kind="collection"):
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": list(entries)}).encode()


def names(*brought, people=None):
    found = Names("hillside", {"Patient/7": PERSON} if people is None else people)
    found.learn(brought)
    return found


def followed(link, *brought, people=None):
    document = {"resourceType": "Observation", "subject": {"reference": link}}
    found = names(*brought, people=people)
    found.follow(document)
    return document["subject"], found.strangers


# --- Reading ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["transaction", "collection", "searchset", "document", "batch"])
def test_bundles_of_every_type_are_read(kind):
    contents = read_bundle(bundle({"fullUrl": "urn:uuid:" + WHOLE, "resource": VALUE}, kind=kind))
    assert [(one.place, one.key, one.full_url) for one in contents.brought] == [
        ("entry 1", "Observation/1", "urn:uuid:" + WHOLE)
    ]


def test_a_single_resource_is_read():
    assert [one.kind for one in read_bundle(json.dumps(VALUE).encode()).brought] == ["Observation"]


def test_a_history_is_refused_because_it_does_not_say_which_version_is_meant():
    with pytest.raises(FileNotTaken, match="history"):
        read_bundle(bundle(kind="history"))


def test_an_entry_without_a_resource_is_told_and_the_others_are_read():
    contents = read_bundle(bundle({"fullUrl": "x"}, {"request": {"method": "DELETE"}}, "no", {"resource": VALUE}))
    assert [one.place for one in contents.refused] == ["entry 1", "entry 3"]
    assert [one.place for one in contents.brought] == ["entry 4"]


def test_lines_are_read_one_by_one():
    contents = read_lines(json.dumps(VALUE).encode() + b'\n\n{"broken\n' + json.dumps(PATIENT).encode())
    assert [(one.place, one.kind) for one in contents.brought] == [("line 1", "Observation"), ("line 4", "Patient")]
    assert [one.place for one in contents.refused] == ["line 3"]


@pytest.mark.parametrize("content", [b'{"a":1,"a":2}', b'{"a":NaN}', b"[" * 5000, b'{"x":' * 200 + b"1" + b"}" * 200])
def test_json_that_no_one_should_read_is_refused(content):
    with pytest.raises(FileNotTaken):
        read_bundle(content)


# --- Opening ---------------------------------------------------------------------------------------------------
def zipped(**files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'\xef\xbb\xbf {"resourceType":"Bundle"}', "bundle"),
        (b'{\n "resourceType": "Bundle"\n}', "bundle"),
        (b'{"resourceType":"Patient"}\n{"resourceType":"Patient"}\n', "ndjson"),
        (b"<?xml version='1.0'?><ClinicalDocument/>", "ccda"),
        (b"MSH|^~\\&|", "hl7v2"),
        (b"\x0bMSH|^~\\&|", "hl7v2"),
        (b"FHS|^~\\&|", "hl7v2"),
    ],
)
def test_what_a_file_is_is_told_by_what_is_in_it(content, kind):
    assert kind_of(content, "whatever.csv") == kind


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.csv", b"family,given,born\nReyes,Ada,1985-03-09\nNovak,Eve,1990-12-01\n", "table"),
        ("x.txt", b"family,given,born\nReyes,Ada,1985-03-09\n", "table"),
        ("x.json", b"", "empty"),
        ("x.pdf", b"%PDF-1.4", "not_a_record"),
        ("x.bin", b"\x01\x02\x03", "unknown_kind"),
        ("x.gz", gzip.compress(b'{"resourceType":"Bundle"}')[:-5], "damaged"),
        ("x.gz", b"\x1f\x8bnot packed", "damaged"),
        ("x.zip", zipped(a=b'{"resourceType":"Bundle"}' * 50)[:-30], "damaged"),
        ("x.zip", zipped(), "unknown_kind"),
    ],
    ids=range(9),
)
def test_what_is_not_taken_is_refused_with_its_reason(name, content, reason):
    with pytest.raises(FileNotTaken) as refused:
        open_given(name, content)
    assert refused.value.reason == reason


def test_packed_files_are_unpacked():
    assert [one.kind for one in open_given("a.json.gz", gzip.compress(b'{"resourceType":"Bundle"}'))] == ["bundle"]
    found = open_given(
        "a.zip", zipped(**{"in/one.json": b'{"a":1}', "__MACOSX/in/one.json": b"x", "two.hl7": b"MSH|x"})
    )
    assert [(one.name, one.kind) for one in found] == [("one.json", "bundle"), ("two.hl7", "hl7v2")]


def test_what_grows_beyond_its_bound_is_left_off_at_the_bound(monkeypatch):
    monkeypatch.setattr("bedside.intake.opening.FILE_BYTES_MOST", 1_000_000)
    for name, content in (
        ("x.gz", gzip.compress(b" " * 50_000_000)),
        ("x.zip", zipped(a=b" " * 50_000_000)),
    ):
        with pytest.raises(FileNotTaken) as refused:
            open_given(name, content)
        assert refused.value.reason == "too_large"


# --- Identity --------------------------------------------------------------------------------------------------
def test_a_uuid_stays_and_a_name_of_another_system_becomes_one_of_ours_always_the_same():
    assert id_of(Brought("", VALUE, full_url=f"urn:uuid:{WHOLE}"), "a") == UUID(WHOLE)
    named = id_of(Brought("", VALUE, key="Observation/1"), "hillside")
    assert named == stable_id("hillside", "Observation/1")
    assert id_of(Brought("", VALUE, full_url="https://hillside.example/fhir/Observation/1"), "hillside") == named
    assert id_of(Brought("", VALUE, key="Observation/1"), "riverside") != named


def test_what_has_no_name_is_known_by_what_it_says():
    one = id_of(Brought("", {"resourceType": "Observation", "status": "final"}), "a")
    assert one == id_of(Brought("elsewhere", {"resourceType": "Observation", "status": "final"}), "a")
    assert one != id_of(Brought("", {"resourceType": "Observation", "status": "amended"}), "a")


@pytest.mark.parametrize(
    "link",
    ["Patient/7", "https://hillside.example/fhir/Patient/7", "Patient/7/_history/3", "Patient?identifier=mrn|99"],
)
def test_every_way_to_name_the_patient_leads_to_the_person(link):
    patient = Brought("", {**PATIENT, "identifier": [{"system": "mrn", "value": "99"}]}, key="Patient/7")
    assert followed(link, patient) == ({"reference": f"Patient/{PERSON}"}, set())


@pytest.mark.parametrize("link", ["Patient/8", "https://other.example/Patient/8", "Patient?identifier=mrn|1"])
def test_a_patient_nobody_knows_is_a_stranger(link):
    assert followed(link)[1] == {link}


def test_references_follow_what_they_name_in_the_file_and_what_came_before():
    value = Brought("", VALUE, full_url=f"urn:uuid:{WHOLE}", key="Observation/1")
    assert followed(f"urn:uuid:{WHOLE}", value)[0] == {"reference": f"Observation/{WHOLE}"}
    assert followed("Observation/1", value)[0] == {"reference": f"Observation/{WHOLE}"}
    assert followed("Encounter/9")[0] == {"reference": f"Encounter/{stable_id('hillside', 'Encounter/9')}"}
    assert followed("#order")[0] == {"reference": "#order"}
    assert followed("urn:uuid:" + str(PERSON))[0] == {"reference": "urn:uuid:" + str(PERSON)}
    assert followed("http://example.org/anything")[0] == {"reference": "http://example.org/anything"}


def test_a_condition_is_found_in_the_file_or_stays_the_identifier_it_names():
    doctor = Brought(
        "", {"resourceType": "Practitioner", "identifier": [{"system": "npi", "value": "1"}]}, key="Practitioner/d"
    )
    assert followed("Practitioner?identifier=npi|1", doctor)[0] == {
        "reference": f"Practitioner/{stable_id('hillside', 'Practitioner/d')}"
    }
    assert followed("Practitioner?identifier=npi|2")[0] == {
        "identifier": {"system": "npi", "value": "2"}, "type": "Practitioner",
    }  # fmt: skip
