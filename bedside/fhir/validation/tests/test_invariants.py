"""Each invariant that is written in Python says what its FHIRPath says, and each of R4 is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bedside.fhir.definitions import Invariant, registry
from bedside.fhir.documents import read_document
from bedside.fhir.paths import compile_path
from bedside.fhir.tests.examples import us_core_examples
from bedside.fhir.validation import validate
from bedside.fhir.validation.invariants import KEPT_ELSEWHERE, NATIVE
from bedside.fhir.validation.wrong import Around

from .documents import REQUEST, bundle, observation, patient
from .faults_by_path import BY_PATH
from .faults_of_meaning import OF_MEANING

Rule = tuple[Invariant, str, str]


def rules() -> Iterator[Rule]:
    """Yield every error-level invariant with the place it stands at and the type of what it is asked of."""
    for name, definition in registry().types.items():
        yield from ((rule, name, name) for rule in definition.invariants if rule.severity == "error")
        for element in definition.elements.values():
            kind = element.content_type or element.type
            yield from ((rule, rule.path, kind) for rule in element.invariants if rule.severity == "error")


def test_every_invariant_of_r4_is_asked():
    """Those not in Python compile from their FHIRPath, or this raises."""
    asked = {rule.key for rule, _, kind in rules() if compile_path(rule.expression, kind=kind)}
    assert len(asked) > 180
    assert set(NATIVE) - {f"{place}:{rule.key}" for rule, place, _ in rules()} <= asked
    assert asked >= KEPT_ELSEWHERE


def values_of(value: Any, kind: str, resource: Any) -> Iterator[tuple[str, str, dict[str, Any], Any]]:
    """Yield (place, type, object, resource) of every object of a document that is right in shape."""
    yield kind, kind, value, resource
    for element in registry().types[kind].elements.values():
        if element.name not in value:
            continue
        for item in value[element.name] if element.is_list else [value[element.name]]:
            if not isinstance(item, dict):
                continue
            inner = item["resourceType"] if element.type == "Resource" else element.content_type or element.type
            for place, *rest in values_of(item, inner, item if element.type == "Resource" else resource):
                yield (f"{kind}.{element.name}" if rest[1] is item else place, *rest)
                if rest[1] is item:
                    yield (place, *rest)


def lessened(value: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    """Yield an object as it is, and once without each of the members it need not have."""
    yield value
    elements = registry().types[kind].elements
    for name in value:
        if name in elements and not elements[name].min:
            yield {key: item for key, item in value.items() if key != name}


def documents() -> Iterator[dict[str, Any]]:
    """Yield documents that are right in shape."""
    for document, _, _ in (OF_MEANING | BY_PATH).values():
        if all(fault.code == "invariant" for fault in validate(document)):
            yield document
    for text in us_core_examples().values():
        yield read_document(text)


def test_what_is_written_in_python_says_what_its_path_says():
    asked: dict[str, list[tuple[str, Rule]]] = {}
    for rule, place, kind in rules():
        key = f"{place}:{rule.key}" if f"{place}:{rule.key}" in NATIVE else rule.key
        if key in NATIVE:
            asked.setdefault(place, []).append((key, (rule, place, kind)))
    seen, broken, differ = set(), set(), []
    for document in documents():
        for place, named, value, resource in values_of(document, document["resourceType"], document):
            for key, (rule, _, kind) in asked.get(place, []):
                for each in lessened(value, named):
                    around = Around(each if value is resource else resource)
                    path = compile_path(rule.expression, kind=kind)
                    said = path.holds(each, resource=around.resource, root=document) is not False
                    seen.add(key)
                    broken.update([] if said else [key])
                    if NATIVE[key](each, around) is not said:
                        differ.append((key, each, said))
    assert differ == []
    assert set(NATIVE) - seen == set()
    assert set(NATIVE) - broken == set()


@pytest.mark.parametrize(("document", "path", "words"), BY_PATH.values(), ids=BY_PATH.keys())
def test_it_is_found(document, path, words):
    faults = validate(document)
    assert [fault for fault in faults if fault.path == path and words in fault.words], faults


def test_the_hundredth_fault_is_the_last_one_told():
    faults = validate(patient(**{f"unheard{at}": 1 for at in range(1000)}))
    assert len(faults) == 101
    assert faults[-1].words == "There are 900 more faults; mend these first."


def test_a_long_bundle_is_read_in_one_pass():
    """A thousand entries are a thousand times one, not a million."""
    entries = [{"fullUrl": f"http://example.org/Patient/{at}", "resource": patient(id=str(at)), "request": REQUEST}
               for at in range(1000)]  # fmt: skip
    assert validate(bundle("transaction", *entries)) == []
    assert validate(observation()) == []
