"""Documents with one thing wrong each, in what they mean: what it is, where, and words the message must have."""

from __future__ import annotations

from typing import Any

from .documents import (
    CODE,
    ERROR,
    MANAGED,
    ORG,
    PERSON,
    REQUEST,
    URN,
    allergy,
    bundle,
    condition,
    containing,
    extended,
    observation,
    patient,
    without,
)

#: What is wrong: (the document, the place as FHIRPath, words of the message).
OF_MEANING: dict[str, tuple[Any, str, str]] = {
    # Codes
    "a code that is not of the list": (
        patient(gender="f"), "Patient.gender", "not one of male, female, other, unknown"
    ),
    "a code of another case": (observation(status="Final"), "Observation.status", "“Final” is not one of registered"),
    "a concept of another system": (
        condition(clinicalStatus={"coding": [{"system": "http://x.org", "code": "active"}]}),
        "Condition.clinicalStatus", "“http://x.org|active” is not a code of",
    ),
    "a concept without a code": (
        condition(clinicalStatus={"text": "active"}), "Condition.clinicalStatus", "needs a code"
    ),
    "a code deep down": (
        patient(contact=[{"name": {"family": "x", "use": "nick"}}]), "Patient.contact[0].name.use", "nickname"
    ),
    # References
    "a reference to a type that may not stand there": (
        observation(subject={"reference": "Practitioner/1"}), "Observation.subject.reference", "not to “Practitioner”"
    ),
    "a whole url to a type that may not stand there": (
        observation(subject={"reference": "https://x.org/fhir/Organization/1"}),
        "Observation.subject.reference", "may lead to"
    ),
    "a reference that says a type that may not stand there": (
        observation(subject={"type": "Practitioner", "display": "x"}), "Observation.subject.type", "may lead to"
    ),
    "a reference that says two types": (
        observation(subject={"reference": "Patient/1", "type": "Group"}), "Observation.subject.type", "it says Group"
    ),
    "a reference that is none": (
        observation(subject={"reference": "patient one"}), "Observation.subject.reference", "write Type/id"
    ),
    "a reference to no type": (
        observation(subject={"reference": "Patiant/1"}), "Observation.subject.reference", "Type/id"
    ),
    "a reference to what is not contained": (
        patient(managingOrganization={"reference": "#org"}), "Patient.managingOrganization.reference", "no contained"
    ),
    "a reference to something contained of a wrong type": (
        containing({"resourceType": "Practitioner", "id": "org", "active": True}, **MANAGED),
        "Patient.managingOrganization.reference", "not to “Practitioner”",
    ),
    # Extensions
    "an extension without a url": (
        patient(extension=[{"valueString": "x"}]), "Patient.extension[0].url", "is required"
    ),
    "an extension with a value and extensions": (
        extended(valueString="x", extension=[{"url": "http://y.org", "valueString": "y"}]),
        "Patient.extension[0]", "not both"
    ),
    "an extension with neither": (extended(), "Patient.extension[0]", "ext-1"),
    "an extension with two values": (
        extended(valueString="x", valueCode="y"), "Patient.extension[0].value", "valueCode and valueString"
    ),
    "a wrong extension beside a primitive": (
        patient(birthDate="1970", _birthDate={"extension": [{"url": "http://x.org"}]}),
        "Patient.birthDate.extension[0]", "ext-1"
    ),
    # Contained resources
    "something contained in what is contained": (
        containing(ORG | {"contained": [ORG | {"id": "x"}], "partOf": {"reference": "#x"}}, **MANAGED),
        "Patient.contained[0].contained", "dom-2",
    ),
    "something contained that nothing refers to": (containing(ORG), "Patient.contained[0]", "dom-3"),
    "something contained with a version": (
        containing(ORG | {"meta": {"versionId": "1"}}, **MANAGED), "Patient.contained[0].meta.versionId", "dom-4"
    ),
    "something contained with a label": (
        containing(ORG | {"meta": {"security": [{"code": "R"}]}}, **MANAGED),
        "Patient.contained[0].meta.security", "dom-5"
    ),
    "something contained without an id": (containing(without(ORG, "id")), "Patient.contained[0].id", "is required"),
    "something contained twice": (containing(ORG, ORG, **MANAGED), "Patient.contained[1].id", "another contained"),
    "something contained that is wrong itself": (
        containing(ORG | {"name": 7}, **MANAGED), "Patient.contained[0].name", "not a number"
    ),
    "something contained of no type": (containing({"id": "x"}), "Patient.contained[0].resourceType", "is missing"),
    # Bundles and parameters
    "a fault in an entry": (
        bundle("collection", {"resource": patient(gender="f")}), "Bundle.entry[0].resource.gender", "not one of male"
    ),
    "an entry of no type": (
        bundle("collection", {"resource": {"id": "1"}}), "Bundle.entry[0].resource.resourceType", "missing"
    ),
    "a total in a transaction": (
        bundle("transaction", {"resource": PERSON, "request": REQUEST}, total=1), "Bundle", "bdl-1"
    ),
    "a score outside a search": (bundle("collection", {"resource": PERSON, "search": {"score": 1}}), "Bundle", "bdl-2"),
    "an entry of a transaction without a request": (bundle("transaction", {"resource": PERSON}), "Bundle", "bdl-3"),
    "an answer in a transaction": (
        bundle("transaction", {"request": REQUEST, "response": {"status": "200"}}), "Bundle", "bdl-4"
    ),
    "an entry with nothing in it": (bundle("collection", {"fullUrl": URN}), "Bundle.entry[0]", "bdl-5"),
    "a full url twice": (
        bundle("collection", {"fullUrl": URN, "resource": PERSON}, {"fullUrl": URN, "resource": PERSON}),
        "Bundle", "bdl-7"
    ),
    "a full url of one version": (
        bundle("collection", {"fullUrl": "http://x.org/Patient/1/_history/2", "resource": PERSON}),
        "Bundle.entry[0]", "bdl-8"
    ),
    "a document without an identifier": (
        bundle("document", timestamp="2024-01-01T00:00:00Z", entry=[{"resource": PERSON}]), "Bundle", "bdl-9"
    ),
    "a request of another verb": (
        bundle("batch", {"request": {"method": "SAVE", "url": "x"}}),
        "Bundle.entry[0].request.method", "GET, HEAD, POST"
    ),
    "a reference to an entry of a wrong type": (
        bundle(
            "transaction",
            {"fullUrl": URN, "resource": PERSON, "request": REQUEST},
            {"resource": observation(encounter={"reference": URN}), "request": REQUEST},
        ),
        "Bundle.entry[1].resource.encounter.reference", "may lead to Encounter, not to “Patient”",
    ),
    "a parameter with two values": (
        {"resourceType": "Parameters", "parameter": [{"name": "a", "valueString": "x", "resource": PERSON}]},
        "Parameters.parameter[0]", "inv-1",
    ),
    "a fault in a resource of a parameter": (
        {"resourceType": "Parameters", "parameter": [{"name": "a", "resource": patient(active="yes")}]},
        "Parameters.parameter[0].resource.active", "true or false",
    ),
    # Invariants
    "a value and a reason that there is none": (observation(dataAbsentReason=CODE), "Observation", "obs-6"),
    "a component with the code of the whole": (
        observation(component=[{"code": CODE, "valueString": "x"}]), "Observation", "obs-7"
    ),
    "a range of nothing": (
        observation(referenceRange=[{"appliesTo": [CODE]}]), "Observation.referenceRange[0]", "obs-3"
    ),
    "a contact with nothing to reach": (patient(contact=[{"gender": "male"}]), "Patient.contact[0]", "pat-1"),
    "an end before its start": (
        patient(name=[{"family": "x", "period": {"start": "2024-01-02", "end": "2024-01-01"}}]),
        "Patient.name[0].period", "per-1",
    ),
    "an end before its start, in zones": (
        observation(
            effectivePeriod={"start": "2024-01-01T10:00:00+01:00", "end": "2024-01-01T10:30:00+02:00"},
        ) | {"effectiveDateTime": None},
        "Observation.effective.ofType(Period)", "per-1",
    ),
    "a code of a unit without its system": (
        observation(valueQuantity={"value": 1, "code": "cm"}), "Observation.value.ofType(Quantity)", "qty-3"
    ),
    "a telephone number of no kind": (patient(telecom=[{"value": "555"}]), "Patient.telecom[0]", "cpt-2"),
    "bytes of no kind": (patient(photo=[{"data": "QUJD"}]), "Patient.photo[0]", "att-1"),
    "an allergy without a status": (without(allergy(), "clinicalStatus"), "AllergyIntolerance", "ait-1"),
    "a problem over and still active": (condition(abatementDateTime="2024"), "Condition", "con-4"),
    "a problem entered in error and active": (condition(verificationStatus=ERROR), "Condition", "con-5"),
    "a stage of nothing": (condition(stage=[{"type": CODE}]), "Condition.stage[0]", "con-1"),
    "an appointment that ends but does not begin": (
        {
            "resourceType": "Appointment", "status": "proposed", "end": "2024-01-01T10:00:00Z",
            "participant": [{"status": "accepted", "actor": {"reference": "Patient/1"}}],
        },
        "Appointment", "app-2",
    ),
    "an organization at home": (ORG | {"address": [{"use": "home", "city": "x"}]}, "Organization.address[0]", "org-2"),
    "an organization without a name": ({"resourceType": "Organization", "active": True}, "Organization", "org-1"),
    "a dose to compare": (
        {
            "resourceType": "MedicationRequest", "status": "active", "intent": "order",
            "medicationCodeableConcept": CODE,
            "subject": {"reference": "Patient/1"},
            "dosageInstruction": [{"doseAndRate": [{"doseQuantity": {"value": 1, "comparator": "<"}}]}],
        },
        "MedicationRequest.dosageInstruction[0].doseAndRate[0].dose.ofType(Quantity)", "sqty-1",
    ),
    "a time without its unit": (
        {
            "resourceType": "MedicationRequest", "status": "active", "intent": "order",
            "medicationCodeableConcept": CODE,
            "subject": {"reference": "Patient/1"},
            "dosageInstruction": [{"timing": {"repeat": {"period": 1}}}],
        },
        "MedicationRequest.dosageInstruction[0].timing.repeat", "tim-2",
    ),
}  # fmt: skip
