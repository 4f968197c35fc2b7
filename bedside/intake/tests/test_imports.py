"""Importing files: what is stored, for whom, and that nothing doubles however often it comes."""

from __future__ import annotations

import copy
import json

import pytest

from bedside.accounts.models import Person
from bedside.consent.models import CareRelationship
from bedside.fhir.commands import store_resource
from bedside.intake.ccda.tests.samples import document as ccda
from bedside.intake.ccda.tests.test_documents import WHOLE
from bedside.intake.commands import NotDecided, ask_to_store, decide_patient, give_files, look_through, store_run
from bedside.intake.models import ImportRun, PatientAlias
from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.audit.models import AuditEvent
from bedside.platform.jobs.inline import run_waiting

from .imports import LOOKER, OPERATOR, STORER, bring, bundle, counts, give, store, stored

pytestmark = pytest.mark.django_db

PATIENT = {
    "resourceType": "Patient",
    "id": "7",
    "identifier": [{"type": {"coding": [{"code": "MR"}]}, "system": "urn:oid:2.999", "value": "4711"}],
    "name": [{"family": "Okafor", "given": ["Nia"]}],
    "birthDate": "1990-01-02",
    "gender": "female",
    "address": [{"city": "Austin"}],
}
#: A patient without a number.
NAMELESS = {name: value for name, value in PATIENT.items() if name != "identifier"}
ALLERGY = {
    "resourceType": "AllergyIntolerance",
    "id": "a",
    "clinicalStatus": {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]
    },
    "code": {"text": "Penicillin"},
    "patient": {"reference": "Patient/7"},
}


def weight(id="w", value=70, patient="Patient/7", **more):
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "code": {"text": "Weight"},
        "subject": {"reference": patient},
        "effectiveDateTime": "2026-11-01",
        "valueQuantity": {"value": value, "unit": "kg"},
        **more,
    }


FILE = bundle(PATIENT, ALLERGY, weight())


def test_a_file_brings_a_new_person_and_their_chart(now):
    (run,) = bring(FILE, now=now)
    assert (run.state, counts(run)) == ("done", (3, 0, 0, 0))
    person = Person.objects.get(family_name="Okafor")
    assert (person.given_name, person.birth_on.isoformat(), person.sex) == ("Nia", "1990-01-02", "female")
    patient, allergy, value = stored("Patient")[0], stored("AllergyIntolerance")[0], stored("Observation")[0]
    assert patient["id"] == str(person.id)
    assert patient["address"] == [{"city": "Austin"}]
    assert allergy["patient"] == value["subject"] == {"reference": f"Patient/{person.id}"}


def test_importing_twice_doubles_nothing(now):
    bring(FILE, now=now)
    before = stored()
    (run,) = bring(FILE, now=now)
    assert counts(run) == (0, 0, 3, 0)
    assert stored() == before
    assert Person.objects.filter(family_name="Okafor").count() == 1


def test_what_changed_is_a_new_version_and_what_did_not_is_not(now):
    bring(FILE, now=now)
    (run,) = bring(bundle(PATIENT, ALLERGY, weight(value=71)), now=now)
    assert counts(run) == (0, 1, 2, 0)
    (value,) = stored("Observation")
    assert (value["meta"]["versionId"], value["valueQuantity"]["value"]) == ("2", 71)


def test_everything_says_where_it_came_from_and_when(now):
    (run,) = bring(FILE, now=now)
    for one in stored():
        assert one["meta"]["source"] == "urn:bedside:source:hillside"
        assert one["meta"]["tag"] == [{"system": "urn:bedside:source", "code": "hillside"}]
    (told,) = stored("Provenance")
    assert {one["reference"].split("/")[0] for one in told["target"]} == {"AllergyIntolerance", "Observation"}
    assert told["recorded"] == now.isoformat().replace("+00:00", ".000Z")
    assert told["entity"][0]["what"]["identifier"]["value"] == run.sha256
    assert told["agent"][1]["who"]["display"] == "hillside"


def test_a_source_is_called_as_people_call_it(now):
    bring(FILE, now=now, source="  Hillside   Hospital, Göteborg ")
    assert stored("Observation")[0]["meta"] == {
        **stored("Observation")[0]["meta"],
        "source": "urn:bedside:source:hillside%20hospital%2C%20g%C3%B6teborg",
        "tag": [{"system": "urn:bedside:source", "code": "Hillside Hospital, Göteborg"}],
    }


def test_each_patient_has_one_row_in_the_log_for_each_file(now):
    other = {**NAMELESS, "id": "8", "name": [{"family": "Ode", "given": ["Kai"]}]}
    bring(bundle(PATIENT, ALLERGY, weight(), other, weight("x", patient="Patient/8")), now=now)
    rows = AuditEvent.objects.filter(action="intake.import_records", patient_id__isnull=False)
    assert sorted(rows.values_list("patient_id", flat=True)) == sorted(
        Person.objects.filter(family_name__in=["Okafor", "Ode"]).values_list("id", flat=True)
    )


def test_two_systems_that_use_the_same_ids_do_not_meet(now):
    bring(FILE, now=now)
    other = {**NAMELESS, "name": [{"family": "Ode", "given": ["Kai"]}], "birthDate": "1950-05-05"}
    (run,) = bring(bundle(other, weight(value=90)), now=now, source="riverside")
    assert counts(run) == (2, 0, 0, 0)
    assert len(stored("Observation")) == 2


def test_files_of_one_type_each_are_about_the_patients_of_the_file_beside_them(now):
    def lines(*documents):
        return b"\n".join(json.dumps(one).encode() for one in documents) + b"\n{}\n"

    runs = bring(lines(weight("1"), weight("2")), lines(PATIENT), now=now)
    assert {run.number for run in runs} == {2, 1_000_001}
    later = sorted(ImportRun.objects.all(), key=lambda run: run.number)
    again = [store_run(actor=STORER, now=now, run_id=run.id) for run in later]
    assert [run.state for run in again] == ["done", "done"]


def test_lines_given_later_are_about_a_patient_the_source_brought_before(now):
    bring(FILE, now=now)
    (run,) = bring(json.dumps(weight("later")).encode() + b"\n" + json.dumps(weight("last")).encode(), now=now)
    assert (run.kind, counts(run)) == ("ndjson", (2, 0, 0, 0))


# --- What is refused -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (weight(patient="Patient/99"), "unknown_patient"),
        ({**weight(), "subject": {"display": "someone"}}, "no_patient"),
        ({**weight(), "status": "wonderful"}, "invalid"),
        ({"resourceType": "AuditEvent", "id": "1"}, "not_taken"),
        ({"resourceType": "Nonsense", "id": "1"}, "invalid"),
        ({"id": "1"}, "unreadable"),
    ],
)
def test_what_cannot_be_stored_is_told_with_its_place_and_the_rest_is_stored(now, document, reason):
    (run,) = bring(bundle(PATIENT, document, weight("good")), now=now)
    assert run.state == "done"
    assert [(one.place, one.reason) for one in run.untaken.all()] == [("entry 2", reason)]
    assert [one["id"] for one in stored("Observation")] != []


def test_one_thing_twice_in_a_file_is_stored_once_and_told_when_it_differs(now):
    (run,) = bring(bundle(PATIENT, weight(), weight(), weight(value=99)), now=now)
    assert counts(run) == (2, 0, 1, 1)
    assert [one.reason for one in run.untaken.all()] == ["twice"]


def test_a_file_never_changes_what_was_written_here_or_came_from_elsewhere(now, cast):
    bring(FILE, now=now)
    (value,) = stored("Observation")
    person = Person.objects.get(family_name="Okafor")
    changed = {**value, "valueQuantity": {"value": 71, "unit": "kg"}}
    del changed["meta"]
    store_resource(actor=cast.actor("chen"), now=now, resource=changed, patient_id=person.id)
    (run,) = bring(bundle(PATIENT, weight(value=99)), now=now)
    assert [one.reason for one in run.untaken.all()] == ["ours"]
    assert stored("Observation")[0]["valueQuantity"]["value"] == 71


def test_a_file_that_is_older_than_what_stands_does_not_put_it_back(now):
    def told(at, value):
        return bundle(PATIENT, weight(value=value, meta={"versionId": "9", "lastUpdated": at}))

    bring(told("2026-11-02T08:00:00Z", 71), now=now)
    (older,) = bring(told("2026-11-01T08:00:00Z", 70), now=now)
    (newer,) = bring(told("2026-11-03T08:00:00+01:00", 72), now=now)
    assert [one.reason for one in older.untaken.all()] == ["older"]
    assert counts(newer) == (0, 1, 1, 0)
    assert (stored("Observation")[0]["valueQuantity"]["value"], stored("Observation")[0]["meta"]["versionId"]) == (
        72,
        "2",
    )


def test_an_older_clinical_document_does_not_put_back_what_a_newer_one_says(now):
    newer = ccda(*WHOLE).replace(b"20261001120000", b"20261101120000").replace(b">Hillside Hospital:", b">New:")
    bring(newer, now=now)
    (run,) = bring(ccda(*WHOLE), now=now)
    assert [(one.kind, one.reason) for one in run.untaken.all()] == [("DocumentReference", "older")]


def test_an_id_that_stands_in_another_chart_is_refused(now):
    url = "urn:uuid:018f428e-34f6-4707-8009-5ad742f901e7"
    bring(bundle(PATIENT, weight(), urls=["", url]), now=now)
    thief = {**NAMELESS, "id": "8", "name": [{"family": "Ode", "given": ["Kai"]}]}
    (run,) = bring(bundle(thief, weight(patient="Patient/8"), urls=["", url]), now=now)
    assert [one.reason for one in run.untaken.all()] == ["other_patient"]


def test_a_file_that_cannot_be_read_says_so_and_stops_nothing_else(now):
    runs = bring(FILE, b"name,born\nAda,1985\nBen,1957\n", b"\x1f\x8b\x08\x00broken", b'{"resourceType":', now=now)
    found = {run.file_name: (run.state, run.reason) for run in ImportRun.objects.all()}
    assert found == {
        "file-0.json": ("done", ""),
        "file-1.json": ("failed", "table"),
        "file-2.json": ("failed", "damaged"),
        "file-3.json": ("failed", "unreadable"),
    }
    assert len(runs) == 4


# --- Who it is -------------------------------------------------------------------------------------------------
def as_ada(**changed):
    return {
        **NAMELESS,
        "name": [{"family": "REYES", "given": ["Ada", "M"]}],
        "birthDate": "1985-03-09",
        **changed,
    }


def test_someone_of_the_same_name_and_birthday_is_only_proposed(now, cast):
    runs = give(bundle(as_ada(), weight()), now=now)
    (patient,) = runs[0].patients.all()
    assert (patient.state, patient.proposed_id, patient.person_id) == ("proposed", cast.ada.id, None)
    with pytest.raises(NotDecided):
        store(runs, now=now)
    assert stored("Observation") == []


@pytest.mark.parametrize(("choice", "is_adas", "things"), [("same", True, 1), ("new", False, 1), ("out", False, 0)])
def test_a_person_here_says_who_a_proposed_patient_is(now, cast, choice, is_adas, things):
    femi = cast.actor("femi")
    runs = give(bundle(as_ada(), weight()), now=now, actor=femi)
    decide_patient(actor=femi, now=now, run_id=runs[0].id, number=1, choice=choice)
    store(runs, now=now, actor=femi)
    values = stored("Observation")
    assert len(values) == things
    if values:
        assert (values[0]["subject"]["reference"] == f"Patient/{cast.ada.id}") is is_adas
    cast.ada.refresh_from_db()
    assert cast.ada.full_name == "Ada Reyes"


def test_once_said_it_is_known(now, cast):
    femi = cast.actor("femi")
    runs = give(bundle(as_ada(), weight()), now=now, actor=femi)
    decide_patient(actor=femi, now=now, run_id=runs[0].id, number=1, choice="same")
    store(runs, now=now, actor=femi)
    again = give(bundle(as_ada(), weight()), now=now, actor=femi)
    assert [(one.state, one.person_id) for one in again[0].patients.all()] == [("known", cast.ada.id)]


def test_our_own_number_is_certain_unless_the_birthday_speaks_against_it(now, cast):
    number = [{"system": "urn:bedside:person", "value": str(cast.ada.id)}]
    known = give(bundle(as_ada(identifier=number)), now=now)[0].patients.get()
    assert (known.state, known.person_id) == ("known", cast.ada.id)
    doubtful = give(bundle(as_ada(identifier=number, birthDate="1999-09-09")), now=now)[0].patients.get()
    assert (doubtful.state, doubtful.proposed_id) == ("unclear", cast.ada.id)


def test_a_medical_record_number_finds_the_person_from_another_source(now):
    bring(FILE, now=now)
    moved = {**copy.deepcopy(PATIENT), "id": "other-id"}
    (run,) = bring(bundle(moved, weight("w2", patient="Patient/other-id")), now=now, source="riverside")
    person = Person.objects.get(family_name="Okafor")
    assert stored("Observation")[1]["subject"]["reference"] == f"Patient/{person.id}"
    assert PatientAlias.objects.filter(person=person).count() == 2
    assert run.state == "done"


# --- Who may ---------------------------------------------------------------------------------------------------
def test_a_patient_or_a_stranger_may_not_import(now, cast):
    for name in ("ada", "tomas", "hal"):
        with pytest.raises(NotAllowed):
            give(FILE, now=now, actor=cast.actor(name))


def test_nobody_leads_an_import_that_is_not_theirs_but_those_who_run_the_clinic(now, cast):
    runs = give(bundle(as_ada()), now=now, actor=cast.actor("chen"))
    with pytest.raises(NotFound):
        decide_patient(actor=cast.actor("diaz"), now=now, run_id=runs[0].id, number=1, choice="new")
    assert decide_patient(actor=cast.actor("femi"), now=now, run_id=runs[0].id, number=1, choice="new").is_decided


def test_a_clinician_does_not_write_into_the_chart_of_someone_they_do_not_treat(now, cast):
    chen = cast.actor("chen")
    runs = give(bundle(as_ada(), weight()), now=now, actor=chen, treating_id=cast.chen.id)
    decide_patient(actor=chen, now=now, run_id=runs[0].id, number=1, choice="same")
    (run,) = store(runs, now=now, actor=chen)
    assert [one.reason for one in run.untaken.order_by("id")][:1] == ["not_in_care"]
    assert stored("Observation") == []
    assert not CareRelationship.objects.filter(patient=cast.ada, person=cast.chen).exists()


def test_whoever_is_named_treats_those_who_are_new(now, cast):
    bring(FILE, now=now, actor=cast.actor("chen"), treating_id=cast.chen.id)
    person = Person.objects.get(family_name="Okafor")
    assert CareRelationship.objects.filter(patient=person, person=cast.chen, reason="treating").exists()
    bring(bundle({**NAMELESS, "id": "9", "name": [{"family": "Ode"}]}), now=now)
    assert not CareRelationship.objects.filter(patient__family_name="Ode").exists()


# --- Kills, jobs, other formats --------------------------------------------------------------------------------
def test_a_run_that_is_killed_goes_on_where_it_was(now):
    whole = bundle(PATIENT, *(weight(str(n), value=n) for n in range(1, 450)))
    runs = give(whole, now=now)
    ask_to_store(actor=OPERATOR, now=now, group_id=runs[0].group_id, is_by_hand=True)
    run = store_run(actor=STORER, now=now, run_id=runs[0].id, most=1)
    assert (run.state, run.place, len(stored("Observation"))) == ("storing", 200, 199)
    run = store_run(actor=STORER, now=now, run_id=runs[0].id)
    assert (run.state, counts(run), len(stored("Observation"))) == ("done", (450, 0, 0, 0), 449)


def test_the_house_does_by_itself_what_is_asked_on_a_page(now, cast):
    femi = cast.actor("femi")
    runs = give_files(actor=femi, now=now, source="hillside", files=[("a.json", json.dumps(FILE).encode())])
    run_waiting(now=now)
    runs[0].refresh_from_db()
    assert (runs[0].state, runs[0].inside["outcomes"]["new"]) == ("looked", 3)
    ask_to_store(actor=femi, now=now, group_id=runs[0].group_id)
    run_waiting(now=now)
    runs[0].refresh_from_db()
    assert (runs[0].state, counts(runs[0])) == ("done", (3, 0, 0, 0))


def test_a_clinical_document_comes_in_and_comes_in_again(now):
    content = ccda(*WHOLE)
    (first,) = bring(content, now=now)
    (again,) = bring(content, now=now)
    assert (first.kind, counts(first)) == ("ccda", (14, 0, 0, 0))
    assert counts(again) == (0, 0, 14, 0)
    person = Person.objects.get(family_name="Reyes", given_name="Ada M")
    assert {
        one.get("subject", one.get("patient"))["reference"] for one in stored() if one["resourceType"] != "Patient"
    } == {f"Patient/{person.id}"}


def test_a_source_that_gives_one_name_to_two_people_is_asked_about(now):
    bring(FILE, now=now)
    other = {**NAMELESS, "name": [{"family": "Ode", "given": ["Kai"]}], "birthDate": "1950-05-05"}
    patient = give(bundle(other), now=now)[0].patients.get()
    assert (patient.state, patient.person_id) == ("unclear", None)


def test_looking_again_before_storing_sees_what_has_come_since(now):
    runs = give(FILE, now=now)
    bring(FILE, now=now)
    run = look_through(actor=LOOKER, now=now, run_id=runs[0].id)
    assert run.inside["outcomes"] == {"new": 0, "changed": 0, "same": 3, "refused": 0}
