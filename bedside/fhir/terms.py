"""What each resource we write must hold, and the code systems we write in.

Source: FHIR R4 4.0.1, the resource definitions' required elements (minimum cardinality 1), plus what Bedside
always writes.
"""

from __future__ import annotations

#: Where the API is on every host; references to resources here are told by it. Source: ours.
BASE_PATH = "/fhir/R4"

ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CONDITION_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
CONDITION_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CONDITION_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
ALLERGY_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
ALLERGY_VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
#: Bedside's own vocabulary of medicines and of medicine groups.
MEDICINES = "urn:bedside:medicine"
HOME_CARE = "urn:bedside:home-care"

#: Elements a stored resource must have, by type.
REQUIRED: dict[str, tuple[str, ...]] = {
    "Condition": ("subject", "code", "clinicalStatus", "verificationStatus"),
    "AllergyIntolerance": ("patient", "code", "clinicalStatus"),
    "MedicationRequest": ("status", "intent", "medicationCodeableConcept", "subject"),
    "MedicationStatement": ("status", "medicationCodeableConcept", "subject"),
    "Observation": ("status", "code", "subject"),
    "Composition": ("status", "type", "subject", "date", "author", "title"),
    "CarePlan": ("status", "intent", "subject"),
    "Task": ("status", "intent", "for"),
    "DetectedIssue": ("status", "patient"),
    "Provenance": ("target", "recorded", "agent"),
}

#: Elements that hold a dateTime, wherever they stand at the top of a resource.
DATE_TIMES = frozenset(
    {
        "recordedDate",
        "onsetDateTime",
        "abatementDateTime",
        "authoredOn",
        "effectiveDateTime",
        "date",
        "dateAsserted",
        "identifiedDateTime",
        "recorded",
        "lastModified",
    }
)

#: Where a resource names its patient.
SUBJECT_OF = {"AllergyIntolerance": "patient", "DetectedIssue": "patient", "Task": "for"}

#: The longest body kept. A chart entry is a page, not a book.
LONGEST_BODY = 262_144
