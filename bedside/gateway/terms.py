"""Which types are everyone's, who writes which, and how much one request may hold.

Source: docs/decisions/0029-gateway.md, unless a line names another.
"""

from __future__ import annotations

from bedside.fhir.terms import BASE_PATH as BASE_PATH

#: Source: FHIR R4 4.0.1, 2.1.0.6 (the mime-type parameter fhirVersion).
FHIR_VERSION = "4.0.1"
FHIR_JSON = "application/fhir+json"

#: Types without a patient that anyone who is signed in may read: who works where, and what is known.
SHARED_TYPES = frozenset(
    {
        # The directory.
        "Practitioner",
        "PractitionerRole",
        "Organization",
        "OrganizationAffiliation",
        "Location",
        "HealthcareService",
        "Endpoint",
        "Schedule",
        "Slot",
        # Knowledge.
        "ActivityDefinition",
        "CapabilityStatement",
        "CodeSystem",
        "CompartmentDefinition",
        "ConceptMap",
        "GraphDefinition",
        "ImplementationGuide",
        "Library",
        "Measure",
        "Medication",
        "MedicationKnowledge",
        "MessageDefinition",
        "NamingSystem",
        "OperationDefinition",
        "PlanDefinition",
        "Questionnaire",
        "SearchParameter",
        "StructureDefinition",
        "StructureMap",
        "Substance",
        "TerminologyCapabilities",
        "ValueSet",
    }
)

#: Types that another room keeps, and where they are written instead. Source: docs/map.md, "One writer per fact".
OWNED = {
    **dict.fromkeys(("Patient", "Person"), "People are registered on Bedside's own pages."),
    **dict.fromkeys(
        (
            "Practitioner",
            "PractitionerRole",
            "Organization",
            "OrganizationAffiliation",
            "Location",
            "HealthcareService",
            "Endpoint",
        ),
        "The directory is kept on Bedside's own pages.",
    ),
    **dict.fromkeys(
        ("Appointment", "AppointmentResponse", "Schedule", "Slot"),
        "Times are booked on Bedside's own pages, where no time is given twice.",
    ),
    **dict.fromkeys(("Encounter", "EpisodeOfCare"), "An encounter comes out of a visit."),
    **dict.fromkeys(
        ("MedicationRequest", "DetectedIssue"),
        "Prescriptions are written on Bedside's own pages, where doses, allergies and interactions are checked.",
    ),
    "Composition": "A note is written and signed with its visit, and never changes after that.",
    "Consent": "What a patient agreed to is recorded with the text they read, on Bedside's own pages.",
    "AuditEvent": "The audit log writes itself.",
    **dict.fromkeys(
        (
            "Account",
            "ChargeItem",
            "Claim",
            "ClaimResponse",
            "ExplanationOfBenefit",
            "Invoice",
            "PaymentNotice",
            "PaymentReconciliation",
        ),
        "Money is kept in a ledger, which this API does not write.",
    ),
}

#: What no program writes either, whatever its scopes: it is made here, or worked out when asked.
NEVER_WRITTEN = {
    "AuditEvent": OWNED["AuditEvent"],
    "Slot": "Slots are worked out from the calendar when they are asked for; none is kept.",
}

#: Types that are kept for all and written by those who run the clinic.
KNOWLEDGE = SHARED_TYPES - OWNED.keys() - {"Medication", "Substance"}
#: Measured values: any clinician in care. Source: docs/rules/who-may-see.md, "Measure".
MEASURED = frozenset({"Observation"})
#: What takes a physician. Source: docs/rules/who-may-see.md, "Diagnose", "Prescribe".
PHYSICIANS = frozenset(
    {
        "Condition",
        "ClinicalImpression",
        "RiskAssessment",
        "ServiceRequest",
        "DeviceRequest",
        "NutritionOrder",
        "VisionPrescription",
        "SupplyRequest",
        "RequestGroup",
        "ImmunizationRecommendation",
    }
)
#: What is added and never changed.
ADDED_ONLY = frozenset({"Provenance"})

#: The largest body of one resource, and of a Bundle. Units: bytes. Source: ours; a bundle of Synthea has 2 MB.
RESOURCE_BYTES_MOST = 5 * 1024 * 1024
BUNDLE_BYTES_MOST = 32 * 1024 * 1024
#: All headers of one request together. Units: bytes. Source: ours; common servers take 8 to 64 KB.
HEADER_BYTES_MOST = 64 * 1024
#: Entries in a Bundle that is posted.
ENTRIES_MOST = 5_000
#: Letters of a query string.
QUERY_LETTERS_MOST = 32_768
#: A client that sends nothing for this long is gone; a body takes this long at most. Units: seconds.
STALL_SECONDS = 10.0
BODY_SECONDS_MOST = 120.0

#: Versions on a page of history where nothing is said, and at most.
HISTORY_PAGE = 50
HISTORY_PAGE_MOST = 500

#: Resources on a page of $everything where nothing is said, and at most.
EVERYTHING_PAGE = 500
EVERYTHING_PAGE_MOST = 1_000

#: A token is believed for this long before it is asked about again. Units: seconds.
#: Source: docs/decisions/0029-gateway.md: a token that is revoked is refused within a second.
BELIEF_SECONDS = 1.0
