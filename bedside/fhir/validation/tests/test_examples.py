"""Real documents are right: every bundle of Synthea, entry by entry and whole, and every example of US Core."""

from __future__ import annotations

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
