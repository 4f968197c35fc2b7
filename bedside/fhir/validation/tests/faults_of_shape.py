"""Documents with one thing wrong each, in their shape: what it is, where, and words the message must have."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .documents import (
    CODE,
    URN,
    extended,
    observation,
    patient,
    without,
)

#: What is wrong: (the document, the place as FHIRPath, words of the message).
OF_SHAPE: dict[str, tuple[Any, str, str]] = {
    # The document
    "no type of resource": ({"id": "1"}, "Resource.resourceType", "is missing"),
    "a type R4 does not know": ({"resourceType": "Patiant"}, "Patiant.resourceType", "not a type of resource"),
    "an abstract type": ({"resourceType": "DomainResource"}, "DomainResource.resourceType", "not a type of resource"),
    "an array for a document": ([patient()], "Resource", "an object in braces"),
    # Elements and their JSON
    "an unknown element": (patient(nickname="A"), "Patient.nickname", "is not an element of Patient"),
    "a misspelt element": (patient(birthdate="1970-01-01"), "Patient.birthdate", "Did you mean “birthDate”?"),
    "an unknown element deep down": (
        patient(name=[{"family": "Ito", "middle": "M"}]), "Patient.name[0].middle", "is not an element of HumanName"
    ),
    "an unknown element of a backbone": (
        observation(component=[{"code": CODE, "foo": 1}]), "Observation.component[0].foo", "Observation.component"
    ),
    "a comment of old": (patient(fhir_comments=["x"]), "Patient.fhir_comments", "is not an element"),
    "a name no element can have": (patient(**{"a b": 1}), "Patient.`a b`", "is not an element"),
    "a type inside a type": (
        patient(name=[{"resourceType": "HumanName", "family": "x"}]), "Patient.name[0].resourceType", "not an element"
    ),
    "an object where text belongs": (patient(birthDate={"x": 1}), "Patient.birthDate", "not an object"),
    "text where an object belongs": (patient(maritalStatus="M"), "Patient.maritalStatus", "an object in braces"),
    "one value where an array belongs": (patient(name={"family": "x"}), "Patient.name", "an array in brackets"),
    "an array where one value belongs": (patient(gender=["female"]), "Patient.gender", "only once"),
    "a null": (patient(gender=None), "Patient.gender", "is null"),
    "an empty object": (patient(maritalStatus={}), "Patient.maritalStatus", "is empty"),
    "an empty array": (patient(name=[]), "Patient.name", "an empty array"),
    "an empty text": (patient(name=[{"family": ""}]), "Patient.name[0].family", "is empty"),
    "a text of spaces": (patient(name=[{"family": "  "}]), "Patient.name[0].family", "is empty"),
    "an object with nothing but an id": (
        patient(maritalStatus={"id": "a"}), "Patient.maritalStatus", "nothing but an id"
    ),
    "a null in an array": (patient(name=[{"given": ["Ada", None]}]), "Patient.name[0].given[1]", "is null"),
    "a null among objects": (patient(name=[None]), "Patient.name[0]", "is null"),
    # Cardinality
    "a required element missing": (without(observation(), "status"), "Observation.status", "is required"),
    "a required element missing deep down": (
        observation(component=[{"valueString": "x"}]), "Observation.component[0].code", "is required"
    ),
    "a required array missing": ({"resourceType": "Linkage"}, "Linkage.item", "is required"),
    "a required choice missing": (
        {
            "resourceType": "MedicationRequest", "status": "active", "intent": "order",
            "subject": {"reference": "Patient/1"},
        },
        "MedicationRequest.medication", "is required, with one of its types",
    ),
    "two types of a choice": (observation(valueString="x"), "Observation.value", "valueQuantity and valueString"),
    "two types of a choice, one beside": (
        patient(deceasedBoolean=True, _deceasedDateTime={"extension": [{"url": "http://x.org", "valueCode": "y"}]}),
        "Patient.deceased", "one type only",
    ),
    "a type a choice does not have": (
        without(observation(valueDecimal=1), "valueQuantity"), "Observation.valueDecimal", "is not an element"
    ),
    # Primitives
    "text where a decimal belongs": (
        observation(valueQuantity={"value": "abc"}),
        "Observation.value.ofType(Quantity).value", "Observation.valueQuantity.value: “abc” is not a decimal",
    ),
    "true where a decimal belongs": (
        observation(valueQuantity={"value": True}), "Observation.value.ofType(Quantity).value", "not true or false"
    ),
    "a decimal no one can read": (
        observation(valueQuantity={"value": Decimal("1e999")}), "Observation.value.ofType(Quantity).value", "exponent"
    ),
    "text where a boolean belongs": (patient(active="true"), "Patient.active", "without quotes"),
    "a number where a boolean belongs": (patient(active=1), "Patient.active", "not a number"),
    "a number where text belongs": (patient(name=[{"family": 7}]), "Patient.name[0].family", "not a number"),
    "a point in a whole number": (
        patient(multipleBirthInteger=Decimal("1.0")), "Patient.multipleBirth.ofType(integer)", "without point"
    ),
    "a whole number of 33 bits": (
        patient(multipleBirthInteger=2**31), "Patient.multipleBirth.ofType(integer)", "32 bits"
    ),
    "a zero where a positive number belongs": (
        patient(telecom=[{"system": "phone", "value": "1", "rank": 0}]),
        "Patient.telecom[0].rank", "from 1 to 2147483647"
    ),
    "a number below zero where none may be": (
        {"resourceType": "Appointment", "status": "proposed", "participant": [], "minutesDuration": 0, "priority": -1},
        "Appointment.priority", "from 0 to 2147483647",
    ),
    "a day that is not on the calendar": (patient(birthDate="2023-02-30"), "Patient.birthDate", "not on the calendar"),
    "a leap day of a common year": (patient(birthDate="2023-02-29"), "Patient.birthDate", "not on the calendar"),
    "a leap day of 1900": (patient(birthDate="1900-02-29"), "Patient.birthDate", "not on the calendar"),
    "the year nought": (patient(birthDate="0000"), "Patient.birthDate", "not on the calendar"),
    "a date of another order": (patient(birthDate="30.12.1970"), "Patient.birthDate", "YYYY-MM-DD"),
    "a date with a time": (patient(birthDate="1970-12-30T10:00:00Z"), "Patient.birthDate", "is not a date"),
    "a date without hyphens": (patient(birthDate="19701230"), "Patient.birthDate", "is not a date"),
    "digits of another script": (patient(birthDate="١٩٧٠"), "Patient.birthDate", "is not a date"),
    "a time without a zone": (
        observation(effectiveDateTime="2024-01-01T10:00:00"), "Observation.effective.ofType(dateTime)", "zone"
    ),
    "a time without seconds": (
        observation(effectiveDateTime="2024-01-01T10:00Z"), "Observation.effective.ofType(dateTime)", "not a dateTime"
    ),
    "the hour 24": (
        observation(effectiveDateTime="2024-01-01T24:00:00Z"),
        "Observation.effective.ofType(dateTime)", "not a dateTime"
    ),
    "a dateTime that is not a day": (
        observation(effectiveDateTime="2024-04-31T10:00:00Z"), "Observation.effective.ofType(dateTime)", "calendar"
    ),
    "an instant that is only a day": (observation(issued="2024-01-01"), "Observation.issued", "not an instant"),
    "a time of day with a zone": (
        without(observation(valueTime="10:00:00Z"), "valueQuantity"), "Observation.value.ofType(time)", "time of day"
    ),
    "an id with an underscore": (patient(id="a_b"), "Patient.id", "is not an id"),
    "an id of 65 letters": (patient(id="a" * 65), "Patient.id", "1 to 64"),
    "a uri with a space": (patient(implicitRules="http://a b"), "Patient.implicitRules", "no spaces"),
    "a code with a space at its end": (patient(language="en "), "Patient.language", "is not a code"),
    "a code with two spaces": (patient(language="e  n"), "Patient.language", "is not a code"),
    "base64 of a broken length": (
        {"resourceType": "Binary", "contentType": "text/plain", "data": "QQ="}, "Binary.data", "is not base64"
    ),
    "base64 of other letters": (
        {"resourceType": "Binary", "contentType": "text/plain", "data": "Q*Q="}, "Binary.data", "is not base64"
    ),
    "an oid that is none": (extended(valueOid="1.2.3"), "Patient.extension[0].value.ofType(oid)", "urn:oid:1.2.3"),
    "a uuid in capitals": (
        extended(valueUuid=URN.upper()), "Patient.extension[0].value.ofType(uuid)", "is not a uuid"
    ),
    "a control character": (patient(name=[{"family": "I\x07to"}]), "Patient.name[0].family", "control character"),
    "half a character": (patient(name=[{"family": "\ud83d"}]), "Patient.name[0].family", "control character \\ud83d"),
    "a null byte": (patient(name=[{"text": "a\x00"}]), "Patient.name[0].text", "control character"),
    "a text of two megabytes": (patient(name=[{"text": "x" * 2**21}]), "Patient.name[0].text", "is longer than"),
    # What stands beside a primitive
    "something beside what is no primitive": (patient(_name=[{"id": "a"}]), "Patient._name", "is not an element"),
    "something odd beside a primitive": (
        patient(birthDate="1970", _birthDate={"foo": 1}), "Patient.birthDate.foo", "is not an element of Element"
    ),
    "an array beside one value": (patient(birthDate="1970", _birthDate=[{"id": "a"}]), "Patient.birthDate", "object"),
    "arrays of two lengths side by side": (
        patient(name=[{"given": ["A", "B"], "_given": [{"id": "x"}]}]),
        "Patient.name[0].given", "fill both out with null"
    ),
    "nulls side by side": (
        patient(name=[{"given": ["A", None], "_given": [{"id": "x"}, None]}]), "Patient.name[0].given[1]", "is null"
    ),
    "nothing but null beside an array": (
        patient(name=[{"given": ["A"], "_given": [None]}]), "Patient.name[0].given", "nothing but null"
    ),
    "an id beside nothing": (patient(_birthDate={"id": "a"}), "Patient.birthDate", "nothing but an id"),
    "something beside the url of an extension": (
        extended(_url={"id": "a"}, valueCode="x"), "Patient.extension[0]._url", "not an"
    ),
}  # fmt: skip
