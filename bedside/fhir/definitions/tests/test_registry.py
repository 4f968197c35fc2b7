"""What is defined can be asked for, and says what the standard says."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zlib

import pytest

from bedside.fhir.definitions import Binding, registry
from bedside.fhir.definitions.registry import DATA

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"


def test_every_resource_type_is_there():
    types = registry().resource_types
    assert len(types) == 147
    assert list(types) == sorted(types)
    assert {"Patient", "Observation", "Bundle", "Parameters", "MedicinalProductAuthorization"} <= set(types)
    assert {registry().types[name].kind for name in types} == {"resource"}


def test_elements_stand_in_the_order_of_the_definition_with_their_base_types():
    names = list(registry().types["Period"].elements)
    assert names == ["id", "extension", "start", "end"]
    observation = list(registry().types["Observation"].elements)
    assert observation[:4] == ["id", "meta", "implicitRules", "language"]
    assert observation.index("status") < observation.index("code") < observation.index("component")


def test_an_element_says_its_type_how_often_and_where_its_codes_come_from():
    status = registry().types["Observation"].elements["status"]
    assert (status.type, status.min, status.max, status.is_list) == ("code", 1, 1, False)
    assert status.binding == Binding("required", "http://hl7.org/fhir/ValueSet/observation-status")
    assert status.is_modifier
    category = registry().types["Observation"].elements["category"]
    assert category.max is None
    assert category.is_list


def test_a_choice_is_one_element_for_each_type():
    elements = registry().types["Observation"].elements
    values = [name for name, element in elements.items() if element.choice == "value"]
    assert values[:3] == ["valueQuantity", "valueCodeableConcept", "valueString"]
    assert len(values) == 11
    assert len([n for n, e in registry().types["Extension"].elements.items() if e.choice == "value"]) == 50


def test_what_is_defined_in_place_stands_under_its_path():
    component = registry().types["Observation"].elements["component"]
    assert component.content_type == "Observation.component"
    assert registry().types["Observation.component"].kind == "backbone"
    assert "valueQuantity" in registry().types["Observation.component"].elements


def test_what_is_defined_elsewhere_leads_there():
    item = registry().types["Questionnaire.item"].elements["item"]
    assert item.content_type == "Questionnaire.item"
    assert registry().types["Observation.component"].elements["referenceRange"].content_type == (
        "Observation.referenceRange"
    )


def test_every_type_that_an_element_names_is_defined():
    known = set(registry().types) | {"Resource"}
    lost = {
        f"{name}.{element.name}": element.type
        for name, definition in registry().types.items()
        for element in definition.elements.values()
        if {element.type, element.content_type or element.type} - known
    }
    assert lost == {}


def test_a_resource_is_named_by_an_id_and_an_element_by_a_string():
    assert registry().types["Patient"].elements["id"].type == "id"
    assert registry().types["Period"].elements["id"].type == "string"
    assert registry().types["Extension"].elements["url"].type == "uri"


def test_a_reference_says_what_it_may_lead_to():
    assert registry().types["Observation"].elements["subject"].targets == ("Patient", "Group", "Device", "Location")
    assert registry().types["Observation"].elements["focus"].targets == ()


def test_invariants_stand_where_they_hold():
    assert [rule.key for rule in registry().types["Patient.contact"].invariants] == ["pat-1"]
    assert "obs-7" in [rule.key for rule in registry().types["Observation"].invariants]
    assert [rule.key for rule in registry().types["Organization"].elements["telecom"].invariants] == ["org-3"]
    low = registry().types["Range"].elements["low"]
    assert [rule.key for rule in low.invariants] == ["sqty-1"]


def test_every_official_search_parameter_is_there():
    official = {p.url for params in registry().search.values() for p in params.values() if "/us/core/" not in p.url}
    assert len(official) == 1377


def test_an_expression_holds_only_what_belongs_to_its_type():
    date = registry().search["Immunization"]["date"]
    assert date.expression == "Immunization.occurrence"
    assert registry().search["Patient"]["_id"].expression == "Patient.id"
    assert registry().search["InsurancePlan"]["name"].expression == "InsurancePlan.name | InsurancePlan.alias"
    others = {
        f"{kind}.{code}": param.expression
        for kind, params in registry().search.items()
        for code, param in params.items()
        if param.expression and not param.expression.lstrip("(").startswith(kind)
    }
    assert others == {}


def test_a_composite_names_its_parts_by_their_codes():
    param = registry().search["Observation"]["combo-code-value-quantity"]
    assert param.components == (("combo-code", "code"), ("combo-value-quantity", "value.ofType(Quantity)"))
    parts = [
        (kind, part)
        for kind, params in registry().search.items()
        for p in params.values()
        for part, _ in p.components
        if part not in params
    ]
    assert parts == []


def test_us_core_adds_what_r4_has_not():
    assert "us-core-race" in registry().search["Patient"]["race"].expression
    assert {"ethnicity", "gender-identity"} <= set(registry().search["Patient"])
    assert "asserted-date" in registry().search["Condition"]
    assert "/us/core/" not in registry().search["Patient"]["birthdate"].url


def test_what_is_about_a_patient_stands_in_their_compartment_even_where_r4_forgot_it():
    patient = registry().compartments["Patient"]
    forgotten = [
        kind
        for kind in registry().resource_types
        if kind not in patient and "Patient" in getattr(registry().search[kind].get("patient"), "targets", ())
    ]
    assert forgotten == []
    assert patient["Task"] == patient["Device"] == ("patient",)


def test_a_compartment_names_the_parameters_that_lead_into_it():
    patient = registry().compartments["Patient"]
    assert patient["Observation"] == ("subject", "performer")
    assert "Practitioner" not in patient
    assert set(registry().compartments) == {"Patient", "Encounter", "RelatedPerson", "Practitioner", "Device"}
    lost = [
        (name, kind, code)
        for name, kinds in registry().compartments.items()
        for kind, codes in kinds.items()
        for code in codes
        if code not in registry().search[kind]
    ]
    assert lost == []


def test_required_codes_are_counted_out():
    assert registry().codes("http://hl7.org/fhir/ValueSet/administrative-gender") == {
        "male", "female", "other", "unknown"
    }  # fmt: skip
    assert registry().codes("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1")
    assert registry().concepts("http://hl7.org/fhir/ValueSet/condition-clinical") == {
        "http://terminology.hl7.org/CodeSystem/condition-clinical": [
            "active", "recurrence", "relapse", "inactive", "remission", "resolved"
        ]
    }  # fmt: skip


def test_what_cannot_be_counted_out_is_known():
    asked = {
        element.binding.value_set
        for definition in registry().types.values()
        for element in definition.elements.values()
        if element.binding and element.binding.strength == "required"
    }
    uncounted = {url.rpartition("/")[2] for url in asked if registry().codes(url) is None}
    gone = {"characteristic-combination", "subscription-notification-type"}
    assert uncounted == {"mimetypes", "currencies", "ucum-units", "LL379-9"} | gone


def test_a_profile_says_what_must_be_supported():
    profile = registry().us_core[US_CORE + "us-core-blood-pressure"]
    assert (profile.type, profile.base) == ("Observation", "us-core-vital-signs")
    assert "Observation.component:systolic.value[x].value" in profile.must_support
    systolic = next(e for e in profile.elements if e.id == "Observation.component:systolic.code")
    assert systolic.pattern == {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]}
    assert len(registry().us_core) == 59


def test_us_core_says_what_must_be_searchable():
    rule = registry().us_core_searches["Observation"]
    assert rule.combinations["patient", "category", "date"] == "SHALL"
    assert rule.combinations["patient", "category", "status"] == "SHOULD"
    assert rule.revincludes == ("Provenance:target",)
    asked = {
        (kind, code)
        for kind, rule in registry().us_core_searches.items()
        for code in {*rule.params, *(code for codes in rule.combinations for code in codes)}
        if rule.interactions.get("search-type")
    }
    assert [pair for pair in asked if pair[1] not in registry().search[pair[0]]] == []


@pytest.mark.parametrize(("name", "expected"), json.loads((DATA / "digests.json").read_text()).items())
def test_the_data_is_what_was_built(name, expected):
    assert hashlib.sha256(zlib.decompress((DATA / name).read_bytes())).hexdigest() == expected


def test_where_it_comes_from_stands_beside_it():
    notice = (DATA / "NOTICE.txt").read_text()
    assert all(path.name in notice for path in DATA.iterdir() if path.suffix != ".txt")


LOADS = """
import time; began = time.process_time()
from bedside.fhir.definitions import registry
registry().types["Observation"], registry().search["Observation"]
print(time.process_time() - began)
"""


def test_it_is_read_in_under_150_ms():
    """In a process of its own, imports included. Units: the processor's time, which other work does not lengthen."""
    took = [float(subprocess.check_output([sys.executable, "-c", LOADS], text=True)) for _ in range(3)]
    assert min(took) < 0.150
