"""Documents that break one rule each which is asked by its FHIRPath: what it is, where, and words of the message."""

from __future__ import annotations

from typing import Any

from .documents import CODE, Document, bundle

DRAFT = {"status": "draft"}


def questionnaire(*items: Document) -> Document:
    return {"resourceType": "Questionnaire", "item": list(items)} | DRAFT


def value_set(**part: Any) -> Document:
    return {"resourceType": "ValueSet", "compose": {"include": [part]}} | DRAFT


def appointment(**more: Any) -> Document:
    who = {"status": "accepted", "actor": {"reference": "Patient/1"}}
    return {"resourceType": "Appointment", "status": "booked", "participant": [who]} | more


def guide(**more: Any) -> Document:
    base = {"resourceType": "ImplementationGuide", "url": "http://x.org/i", "name": "X", "packageId": "x"}
    return base | {"fhirVersion": ["4.0.1"]} | DRAFT | more


def structure(**more: Any) -> Document:
    base = {"resourceType": "StructureDefinition", "url": "http://x.org/s", "name": "X", "kind": "resource"}
    return base | {"abstract": True, "type": "Basic"} | DRAFT | more


def request(**repeat: Any) -> Document:
    return {
        "resourceType": "MedicationRequest", "status": "active", "intent": "order", "medicationCodeableConcept": CODE,
        "subject": {"reference": "Patient/1"}, "dosageInstruction": [{"timing": {"repeat": repeat}}],
    }  # fmt: skip


REPEAT = "MedicationRequest.dosageInstruction[0].timing.repeat"
SLOT = {"start": "2024-01-01T10:00:00Z", "end": "2024-01-01T11:00:00Z"}
ITEM = {"linkId": "1", "type": "string"}
RESOURCE = {"reference": {"reference": "Patient/1"}}
COMPOSITION = {
    "resourceType": "Composition", "status": "final", "type": CODE, "date": "2024-01-01", "title": "x",
    "author": [{"reference": "Practitioner/1"}],
}  # fmt: skip

#: What is wrong: (the document, the place as FHIRPath, words of the message).
BY_PATH: dict[str, tuple[Document, str, str]] = {
    "a group of questions without any": (
        questionnaire({"linkId": "1", "type": "group"}), "Questionnaire.item[0]", "que-1"
    ),
    "a link id twice": (questionnaire(ITEM, ITEM), "Questionnaire", "que-2"),
    "a text to show that must be answered": (
        questionnaire({"linkId": "1", "type": "display", "required": True}), "Questionnaire.item[0]", "que-6"
    ),
    "a code twice": (
        {"resourceType": "CodeSystem", "content": "complete", "concept": [{"code": "a"}, {"code": "a"}]} | DRAFT,
        "CodeSystem", "csd-1",
    ),
    "a value set of nothing": (value_set(version="1"), "ValueSet.compose.include[0]", "vsd-1"),
    "codes of no system": (
        value_set(valueSet=["http://x.org/v"], concept=[{"code": "a"}]), "ValueSet.compose.include[0]", "vsd-2"
    ),
    "codes and a filter": (
        value_set(
            system="http://x.org/s", concept=[{"code": "a"}], filter=[{"property": "a", "op": "=", "value": "b"}]
        ),
        "ValueSet.compose.include[0]", "vsd-3",
    ),
    "a handing over before the making": (
        {
            "resourceType": "MedicationDispense", "status": "completed", "medicationCodeableConcept": CODE,
            "whenPrepared": "2024-01-02", "whenHandedOver": "2024-01-01",
        },
        "MedicationDispense", "mdd-1",
    ),
    "a task changed before it was made": (
        {
            "resourceType": "Task", "status": "ready", "intent": "order",
            "authoredOn": "2024-01-02", "lastModified": "2024-01-01",
        },
        "Task", "inv-1",
    ),
    "a link of one": (
        {"resourceType": "Linkage", "item": [{"type": "source", "resource": {"reference": "Patient/1"}}]},
        "Linkage", "lnk-1",
    ),
    "a described group of people": (
        {
            "resourceType": "Group", "type": "person", "actual": False,
            "member": [{"entity": {"reference": "Patient/1"}}],
        },
        "Group", "grp-1",
    ),
    # Written in Python, and broken nowhere else in these tests
    "a booking without a time": (appointment(), "Appointment", "app-3"),
    "a reason for a cancelling that was none": (appointment(cancelationReason=CODE, **SLOT), "Appointment", "app-4"),
    "nobody takes part": (
        appointment(participant=[{"status": "accepted"}], **SLOT), "Appointment.participant[0]", "app-1"
    ),
    "nobody answers": (
        {
            "resourceType": "AppointmentResponse", "appointment": {"reference": "Appointment/1"},
            "participantStatus": "accepted",
        },
        "AppointmentResponse", "apr-1",
    ),
    "an age below zero": (
        {
            "resourceType": "Condition", "subject": {"reference": "Patient/1"},
            "onsetAge": {"value": -1, "system": "http://unitsofmeasure.org", "code": "a"},
        },
        "Condition.onset.ofType(Age)", "age-1",
    ),
    "a duration of no system": (
        {
            "resourceType": "Encounter", "status": "finished", "class": {"code": "VR"},
            "length": {"value": 1, "code": "min", "system": "http://x.org"},
        },
        "Encounter.length", "drt-1",
    ),
    "a distance of no unit": (
        {"resourceType": "Location", "extension": [{"url": "http://x.org", "valueDistance": {"value": 1}}]},
        "Location.extension[0].value.ofType(Distance)", "dis-1",
    ),
    "a low above its high": (
        {
            "resourceType": "Observation", "status": "final", "code": CODE,
            "valueRange": {"low": {"value": 2, "unit": "m"}, "high": {"value": 1, "unit": "m"}},
        },
        "Observation.value.ofType(Range)", "rng-2",
    ),
    "half a ratio": (
        {"resourceType": "Observation", "status": "final", "code": CODE, "valueRatio": {"numerator": {"value": 1}}},
        "Observation.value.ofType(Ratio)", "rat-1",
    ),
    "an expression of nothing": (
        {
            "resourceType": "Measure", "status": "draft",
            "supplementalData": [{"criteria": {"language": "text/cql", "name": "x"}}],
        },
        "Measure.supplementalData[0].criteria", "exp-1",
    ),
    "a duration without its unit": (request(duration=1), REPEAT, "tim-1"),
    "a duration below zero": (request(duration=-1, durationUnit="h"), REPEAT, "tim-4"),
    "a period below zero": (request(period=-1, periodUnit="h"), REPEAT, "tim-5"),
    "a longest period without a period": (request(periodMax=1), REPEAT, "tim-6"),
    "a longest duration without a duration": (request(durationMax=1), REPEAT, "tim-7"),
    "a highest count without a count": (request(countMax=1), REPEAT, "tim-8"),
    "an offset from a meal": (request(offset=1, when=["C"]), REPEAT, "tim-9"),
    "a time of day and a meal": (request(timeOfDay=["10:00:00"], when=["C"]), REPEAT, "tim-10"),
    "an allergy in error that is active": (
        {
            "resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/1"},
            "clinicalStatus": {"coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}
            ]},
            "verificationStatus": {"coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
                "code": "entered-in-error",
            }]},
        },
        "AllergyIntolerance", "ait-2",
    ),
    "evidence of nothing": (
        {
            "resourceType": "Condition", "subject": {"reference": "Patient/1"},
            "evidence": [{"extension": [{"url": "http://x.org", "valueCode": "x"}]}],
        },
        "Condition.evidence[0]", "con-2",
    ),
    "a thing seen by name and by query": (
        {
            "resourceType": "AuditEvent", "type": {"code": "rest"}, "recorded": "2024-01-01T00:00:00Z",
            "agent": [{"requestor": True}], "source": {"observer": {"reference": "Device/1"}},
            "entity": [{"name": "x", "query": "QUJD"}],
        },
        "AuditEvent.entity[0]", "sev-1",
    ),
    "an activity told twice": (
        {
            "resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": {"reference": "Patient/1"},
            "activity": [{"reference": {"reference": "Task/1"}, "detail": {"status": "scheduled"}}],
        },
        "CarePlan.activity[0]", "cpl-3",
    ),
    "a section of nothing": (COMPOSITION | {"section": [{"title": "x"}]}, "Composition.section[0]", "cmp-1"),
    "an empty section with entries": (
        COMPOSITION | {"section": [{"emptyReason": CODE, "entry": [{"reference": "Patient/1"}]}]},
        "Composition.section[0]", "cmp-2",
    ),
    "a narrower code without a word": (
        {
            "resourceType": "ConceptMap", "status": "draft",
            "group": [{"element": [{"code": "a", "target": [{"code": "b", "equivalence": "narrower"}]}]}],
        },
        "ConceptMap.group[0].element[0].target[0]", "cmd-1",
    ),
    "a goal of nothing measured": (
        {
            "resourceType": "Goal", "lifecycleStatus": "active", "description": CODE,
            "subject": {"reference": "Patient/1"}, "target": [{"detailString": "x"}],
        },
        "Goal.target[0]", "gol-1",
    ),
    "teaching about nothing": (
        {
            "resourceType": "Immunization", "status": "completed", "vaccineCode": CODE,
            "patient": {"reference": "Patient/1"}, "occurrenceString": "x",
            "education": [{"publicationDate": "2024"}],
        },
        "Immunization.education[0]", "imm-1",
    ),
    "a recommendation of nothing": (
        {
            "resourceType": "ImmunizationRecommendation", "patient": {"reference": "Patient/1"}, "date": "2024",
            "recommendation": [{"forecastStatus": CODE}],
        },
        "ImmunizationRecommendation.recommendation[0]", "imr-1",
    ),
    "an empty list with entries": (
        {
            "resourceType": "List", "status": "current", "mode": "working", "emptyReason": CODE,
            "entry": [{"item": {"reference": "Patient/1"}}],
        },
        "List", "lst-1",
    ),
    "a giving of nothing": (
        {
            "resourceType": "MedicationAdministration", "status": "completed", "medicationCodeableConcept": CODE,
            "subject": {"reference": "Patient/1"}, "effectiveDateTime": "2024", "dosage": {"text": "x"},
        },
        "MedicationAdministration.dosage", "mad-1",
    ),
    "an organization reached at home": (
        {"resourceType": "Organization", "name": "x", "telecom": [{"system": "phone", "value": "1", "use": "home"}]},
        "Organization.telecom[0]", "org-3",
    ),
    "a consent to no policy": (
        {"resourceType": "Consent", "status": "active", "scope": CODE, "category": [CODE]}, "Consent", "ppc-1"
    ),
    "a detail of an order of nothing": (
        {
            "resourceType": "ServiceRequest", "status": "active", "intent": "order",
            "subject": {"reference": "Patient/1"}, "orderDetail": [CODE],
        },
        "ServiceRequest", "prr-1",
    ),
    "an answer and further questions": (
        {
            "resourceType": "QuestionnaireResponse", "status": "completed",
            "item": [{"linkId": "1", "answer": [{"valueString": "x"}], "item": [{"linkId": "2"}]}],
        },
        "QuestionnaireResponse.item[0]", "qrs-1",
    ),
    "a document without a time": (
        bundle("document", {"resource": COMPOSITION}, identifier={"system": "http://x.org", "value": "1"}),
        "Bundle", "bdl-10",
    ),
    "a document that does not begin with its composition": (
        bundle("document", {"resource": {"resourceType": "Basic", "code": CODE}}), "Bundle", "bdl-11"
    ),
    "a message without its header": (
        bundle("message", {"resource": {"resourceType": "Basic", "code": CODE}}), "Bundle", "bdl-12"
    ),
    "a page of no group": (
        guide(definition={"resource": [RESOURCE | {"groupingId": "g"}]}), "ImplementationGuide.definition", "ig-1"
    ),
    "a page of another version": (
        guide(definition={"resource": [RESOURCE | {"fhirVersion": ["3.0.1"]}]}), "ImplementationGuide", "ig-2"
    ),
    "a snapshot of another type": (
        structure(snapshot={"element": [
            {"id": "a", "path": "Patient", "definition": "x", "min": 0, "max": "*",
             "base": {"path": "Patient", "min": 0, "max": "*"}}
        ]}),
        "StructureDefinition.snapshot", "sdf-8",
    ),
    "a differential of another type": (
        structure(differential={"element": [{"id": "a", "path": "Patient"}]}),
        "StructureDefinition.differential", "sdf-8a",
    ),
}  # fmt: skip
