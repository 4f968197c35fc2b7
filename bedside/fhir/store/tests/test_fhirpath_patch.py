"""FHIRPath Patch by its table: what each operation makes, and what is refused."""

from __future__ import annotations

from copy import deepcopy

import pytest

from bedside.fhir.store import RequestUnclear, edit_of, fhirpath_patch

START = {
    "resourceType": "Patient",
    "id": "1",
    "active": True,
    "name": [{"family": "Reyes", "given": ["Ada", "Maria"]}, {"text": "Ada"}],
    "contact": [{"name": {"text": "Ben"}}],
    "birthDate": "1970-01-01",
    "_birthDate": {"extension": [{"url": "http://x", "valueCode": "c"}]},
}


def parameters(*operations):
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "operation", "part": [{"name": name, **part} for name, part in operation.items()]}
            for operation in operations
        ],
    }


def operation(kind, path, **parts):
    numbers = {"index", "source", "destination"}
    return {
        "type": {"valueCode": kind},
        "path": {"valueString": path},
        **{
            name: {"valueInteger": part} if name in numbers else {"valueString": part} if name == "name" else part
            for name, part in parts.items()
        },
    }


def patched(*operations, start=START):
    return fhirpath_patch(start, parameters(*operations))


TABLE = [
    (operation("replace", "Patient.birthDate", value={"valueDate": "1971-02-03"}), {"birthDate": "1971-02-03"}),
    (operation("replace", "Patient.name[0].given[1]", value={"valueString": "Marie"}),
     {"name": [{"family": "Reyes", "given": ["Ada", "Marie"]}, {"text": "Ada"}]}),
    (operation("replace", "Patient.name.where(text = 'Ada')", value={"valueHumanName": {"text": "Adita"}}),
     {"name": [START["name"][0], {"text": "Adita"}]}),
    (operation("add", "Patient", name="gender", value={"valueCode": "female"}), {"gender": "female"}),
    (operation("add", "Patient", name="deceased", value={"valueBoolean": False}), {"deceasedBoolean": False}),
    (operation("add", "Patient", name="name", value={"valueHumanName": {"text": "A."}}),
     {"name": [*START["name"], {"text": "A."}]}),
    (operation("add", "Patient.name[1]", name="given", value={"valueString": "Ada"}),
     {"name": [START["name"][0], {"text": "Ada", "given": ["Ada"]}]}),
    (operation("add", "Patient", name="contact", value={"part": [
        {"name": "relationship", "valueCodeableConcept": {"text": "mother"}},
        {"name": "name", "valueHumanName": {"text": "Eve"}}]}),
     {"contact": [*START["contact"], {"relationship": [{"text": "mother"}], "name": {"text": "Eve"}}]}),
    (operation("add", "Patient", name="communication", value={"part": [
        {"name": "language", "part": [{"name": "text", "valueString": "Spanish"}]}]}),
     {"communication": [{"language": {"text": "Spanish"}}]}),
    (operation("insert", "Patient.name", index=1, value={"valueHumanName": {"text": "B."}}),
     {"name": [START["name"][0], {"text": "B."}, START["name"][1]]}),
    (operation("move", "Patient.name[0].given", source=1, destination=0),
     {"name": [{"family": "Reyes", "given": ["Maria", "Ada"]}, {"text": "Ada"}]}),
    (operation("delete", "Patient.name[0].given[0]"),
     {"name": [{"family": "Reyes", "given": ["Maria"]}, {"text": "Ada"}]}),
    (operation("delete", "Patient.contact[0]"), {"contact": None}),
    (operation("delete", "Patient.birthDate"), {"birthDate": None, "_birthDate": None}),
    (operation("delete", "Patient.gender"), {}),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "changed"), TABLE)
def test_each_operation_makes_what_the_standard_says(asked, changed):
    before = deepcopy(START)
    wanted = {key: value for key, value in (START | changed).items() if value is not None}
    assert patched(asked) == wanted
    assert before == START


def test_operations_follow_each_other():
    made = patched(
        operation("delete", "Patient.name[0]"),
        operation("replace", "Patient.name[0].text", value={"valueString": "only"}),
    )
    assert made["name"] == [{"text": "only"}]


@pytest.mark.parametrize(
    "asked",
    [
        operation("replace", "Patient.gender", value={"valueCode": "female"}),
        operation("replace", "Patient.name", value={"valueHumanName": {}}),
        operation("replace", "Patient", value={"valueString": "x"}),
        operation("replace", "Patient.birthDate"),
        operation("delete", "Patient.name"),
        operation("delete", "Patient"),
        operation("add", "Patient", name="birthDate", value={"valueDate": "1970-01-01"}),
        operation("add", "Patient", name="spaceship", value={"valueDate": "1970-01-01"}),
        operation("add", "Patient.birthDate", name="x", value={"valueDate": "1970-01-01"}),
        operation("add", "Patient", value={"valueDate": "1970-01-01"}),
        operation("add", "Patient", name="contact", value={"part": [{"name": "spaceship", "valueString": "x"}]}),
        operation("insert", "Patient.name", index=3, value={"valueHumanName": {}}),
        operation("insert", "Patient.name", index=-1, value={"valueHumanName": {}}),
        operation("insert", "Patient.birthDate", index=0, value={"valueDate": "x"}),
        operation("insert", "Patient.name.where(text = 'Ada')", index=0, value={"valueHumanName": {}}),
        operation("move", "Patient.name", source=0, destination=2),
        operation("move", "Patient.name", source=True, destination=0),
        operation("spam", "Patient.name"),
        operation("delete", "Patient.name.count()"),
        operation("delete", "Observation.status"),
        operation("delete", "Patient.name["),
        operation("delete", ""),
    ],
)
def test_what_cannot_be_done_is_refused_and_named(asked):
    with pytest.raises(RequestUnclear, match="Operation 1 "):
        patched(operation("delete", "Patient.active"), asked)


@pytest.mark.parametrize(
    "patch",
    [
        {"resourceType": "Parameters"},
        {"resourceType": "Parameters", "parameter": [{"name": "other", "part": []}]},
        {"resourceType": "Parameters", "parameter": [{"name": "operation"}]},
        {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [1]}]},
        {"resourceType": "Parameters", "parameter": ["operation"]},
    ],
)
def test_what_is_no_patch_is_refused(patch):
    with pytest.raises(RequestUnclear):
        edit_of(patch)(START)
