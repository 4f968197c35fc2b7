"""Thousands of made-up requests against the real app on the real database: none is answered with a 5xx.

BEDSIDE_FUZZ=20000 sends so many instead of a thousand, BEDSIDE_FUZZ_SEED=7 the same ones again.
"""

from __future__ import annotations

import json
import os
import random
import time
from typing import Any

import pytest

from bedside.accounts.models import Person
from bedside.fhir.documents import write_document
from bedside.fhir.validation import validate

from .conftest import Api, pressure
from .fuzz import Asked, Document, Maker

pytestmark = pytest.mark.slow

COUNT = int(os.environ.get("BEDSIDE_FUZZ", "1000"))
SEED = int(os.environ.get("BEDSIDE_FUZZ_SEED") or random.SystemRandom().randrange(10**9))
#: No request of these may take longer. Units: seconds.
LONGEST = 20.0


def samples(api: Api) -> dict[str, list[Document]]:
    """Return valid documents of many types, about Ada, about Eve and about nobody."""
    found: dict[str, list[Document]] = {}
    ada, eve = (str(api.cast.id(name)) for name in ("ada", "eve"))
    subject = {"reference": f"Patient/{ada}"}
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "22298006", "display": "x"}], "text": "x"}
    bare: list[Document] = [
        pressure(api.cast.id("ada"), note=[{"text": "x"}], identifier=[{"system": "urn:lab", "value": "7"}]),
        pressure(api.cast.id("eve")),
        {"resourceType": "Observation", "status": "final", "code": code, "subject": subject, "valueInteger": 3,
         "effectivePeriod": {"start": "2026-11-24", "end": "2026-11-25"},
         "component": [{"code": {"text": "y"}, "valueString": "x"}]},
        {"resourceType": "Condition", "subject": subject, "code": code, "onsetDateTime": "2020"},
        {"resourceType": "Patient", "name": [{"use": "official", "family": "Ruiz", "given": ["Luz"]}],
         "birthDate": "1990-01-02", "gender": "female", "telecom": [{"system": "phone", "value": "1"}],
         "communication": [{"language": {"coding": [{"code": "es"}]}}]},
        {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": subject,
         "period": {"start": "2026-11-24T10:00:00Z"}},
        {"resourceType": "Task", "status": "requested", "intent": "order", "for": subject,
         "restriction": {"period": {"end": "2026-12-01"}}},
        {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "subject": subject,
         "medicationCodeableConcept": code, "authoredOn": "2026-11-24"},
        {"resourceType": "ValueSet", "status": "active", "url": "http://example.org/vs",
         "compose": {"include": [{"system": "http://loinc.org", "concept": [{"code": "8480-6"}]}]}},
        {"resourceType": "Organization", "name": "Elsewhere", "alias": ["x"]},
        {"resourceType": "Provenance", "target": [subject], "recorded": "2026-11-24T15:00:00Z",
         "agent": [{"who": subject}]},
        {"resourceType": "DocumentReference", "status": "current", "subject": {"reference": f"Patient/{eve}"},
         "content": [{"attachment": {"contentType": "text/plain", "data": "aGVsbG8="}}]},
        {"resourceType": "List", "status": "current", "mode": "working", "subject": subject,
         "entry": [{"item": subject}]},
        {"resourceType": "Basic", "code": code},
        {"resourceType": "Bundle", "type": "collection",
         "entry": [{"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Basic", "code": code}}]},
        {"resourceType": "Questionnaire", "status": "active", "item": [{"linkId": "1", "type": "string", "text": "x"}]},
    ]  # fmt: skip
    for one in bare:
        assert not any(fault.severity == "error" for fault in validate(json.loads(write_document(one)))), one
        found.setdefault(one["resourceType"], []).append(one)
    return found


def test_made_up_requests_are_never_our_fault(api: Api) -> None:
    print(f"BEDSIDE_FUZZ={COUNT} BEDSIDE_FUZZ_SEED={SEED}")
    ids = {name: str(api.cast.id(name)) for name in ("ada", "eve", "chen")}
    maker = Maker(SEED, samples(api), ids)
    who = [api.caller(name) for name in ("chen", "gita", "ada", "femi", "lab", "lab")]
    wrong: dict[str, str] = {}
    slowest: tuple[float, str] = (0.0, "")
    counts: dict[int, int] = {}
    for number in range(COUNT):
        asked, caller = maker.request(), maker.dice.choice(who)
        api.seconds[0] += 0.05  # no token asks faster than it may
        began = time.perf_counter()
        answer = send(caller, asked)
        slowest = max(slowest, (time.perf_counter() - began, str(asked)))
        counts[answer.status] = counts.get(answer.status, 0) + 1
        if answer.status >= 500 or (
            answer.status >= 400 and answer.body and answer.json["resourceType"] != "OperationOutcome"
        ):
            wrong[f"request {number} of seed {SEED}: {asked}"] = answer.body.decode()[:500]
        if answer.status == 201 and "location" in answer.headers and len(maker.known) < 500:
            maker.known.append(answer.headers["location"].partition("/fhir/R4/")[2].partition("/_history")[0])
        assert len(wrong) < 20, wrong
    print(dict(sorted(counts.items())), f"the slowest took {slowest[0]:.2f} s: {slowest[1][:200]}")
    assert wrong == {}
    assert slowest[0] < LONGEST, slowest
    assert Person.objects.filter(pk__in=ids.values()).count() == 3


def send(caller: Any, asked: Asked) -> Any:
    """Send a made-up request."""
    headers = {name.replace("-", "_"): value for name, value in asked.headers.items()}
    return caller(asked.method, asked.path, asked.body, **headers)
