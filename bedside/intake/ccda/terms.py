"""Code systems, sections and codes of C-CDA.

Source: HL7 C-CDA R2.1, volume 2 (value sets and sections); HL7 OID registry; C-CDA on FHIR 1.2 (concept maps).
"""

from __future__ import annotations

SYSTEMS = {
    "2.16.840.1.113883.6.1": "http://loinc.org",
    "2.16.840.1.113883.6.96": "http://snomed.info/sct",
    "2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
    "2.16.840.1.113883.6.103": "http://hl7.org/fhir/sid/icd-9-cm",
    "2.16.840.1.113883.6.12": "http://www.ama-assn.org/go/cpt",
    "2.16.840.1.113883.6.69": "http://hl7.org/fhir/sid/ndc",
    "2.16.840.1.113883.12.292": "http://hl7.org/fhir/sid/cvx",
    "2.16.840.1.113883.6.59": "http://hl7.org/fhir/sid/cvx",
    "2.16.840.1.113883.4.9": "http://fdasis.nlm.nih.gov",
    "2.16.840.1.113883.3.26.1.1": "http://ncimeta.nci.nih.gov",
    "2.16.840.1.113883.5.4": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    "2.16.840.1.113883.5.83": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
    "2.16.840.1.113883.5.1": "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender",
    "2.16.840.1.113883.5.2": "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus",
    "2.16.840.1.113883.6.238": "urn:oid:2.16.840.1.113883.6.238",
    "2.16.840.1.113883.6.285": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "2.16.840.1.113883.6.259": "https://www.cdc.gov/nhsn/cdaportal/terminology/codesystem/hsloc.html",
    "2.16.840.1.113883.6.101": "http://nucc.org/provider-taxonomy",
}
IDENTIFIERS = {
    "2.16.840.1.113883.4.1": "http://hl7.org/fhir/sid/us-ssn",
    "2.16.840.1.113883.4.6": "http://hl7.org/fhir/sid/us-npi",
}

#: Sections by their LOINC code, and what the entries of each are. Others keep their readable text only.
SECTIONS = {
    "11450-4": "problems",
    "11348-0": "problems",
    "46241-6": "problems",
    "11535-2": "problems",
    "48765-2": "allergies",
    "10160-0": "medicines",
    "10183-2": "medicines",
    "42346-7": "medicines",
    "29549-3": "medicines",
    "30954-2": "results",
    "18725-2": "results",
    "11369-6": "immunizations",
    "46240-8": "encounters",
    "8716-3": "vitals",
    "47519-4": "procedures",
    "29762-2": "social",
}
#: Sections by template, for documents that name no code. Source: C-CDA R2.1 and CCD 1.0 section templates.
SECTION_TEMPLATES = {
    "2.16.840.1.113883.10.20.22.2.5": "problems",
    "2.16.840.1.113883.10.20.22.2.5.1": "problems",
    "2.16.840.1.113883.10.20.1.11": "problems",
    "2.16.840.1.113883.10.20.22.2.6": "allergies",
    "2.16.840.1.113883.10.20.22.2.6.1": "allergies",
    "2.16.840.1.113883.10.20.1.2": "allergies",
    "2.16.840.1.113883.10.20.22.2.1": "medicines",
    "2.16.840.1.113883.10.20.22.2.1.1": "medicines",
    "2.16.840.1.113883.10.20.1.8": "medicines",
    "2.16.840.1.113883.10.20.22.2.3": "results",
    "2.16.840.1.113883.10.20.22.2.3.1": "results",
    "2.16.840.1.113883.10.20.1.14": "results",
    "2.16.840.1.113883.10.20.22.2.2": "immunizations",
    "2.16.840.1.113883.10.20.22.2.2.1": "immunizations",
    "2.16.840.1.113883.10.20.1.6": "immunizations",
    "2.16.840.1.113883.10.20.22.2.22": "encounters",
    "2.16.840.1.113883.10.20.22.2.22.1": "encounters",
    "2.16.840.1.113883.10.20.1.3": "encounters",
    "2.16.840.1.113883.10.20.22.2.4": "vitals",
    "2.16.840.1.113883.10.20.22.2.4.1": "vitals",
    "2.16.840.1.113883.10.20.1.16": "vitals",
    "2.16.840.1.113883.10.20.22.2.7": "procedures",
    "2.16.840.1.113883.10.20.22.2.7.1": "procedures",
    "2.16.840.1.113883.10.20.1.12": "procedures",
    "2.16.840.1.113883.10.20.22.2.17": "social",
    "2.16.840.1.113883.10.20.1.15": "social",
}

#: What a status observation says, in SNOMED CT, as a clinical status of Condition and AllergyIntolerance.
CLINICAL_STATUS = {
    "55561003": "active",
    "73425007": "inactive",
    "413322009": "resolved",
    "246455001": "recurrence",
    "263855007": "relapse",
    "277022003": "remission",
}
SEVERITIES = {"255604002": "mild", "371923003": "mild", "6736007": "moderate", "371924009": "moderate"}
SEVERITIES |= {"24484000": "severe", "399166001": "severe"}
#: What kind of allergy: type and category. Source: C-CDA on FHIR 1.2, allergy type.
ALLERGY_KINDS = {
    "419511003": ("", "medication"),
    "416098002": ("allergy", "medication"),
    "59037007": ("intolerance", "medication"),
    "418471000": ("", "food"),
    "414285001": ("allergy", "food"),
    "235719002": ("intolerance", "food"),
    "426232007": ("allergy", "environment"),
    "418038007": ("", "environment"),
    "419199007": ("allergy", ""),
    "420134006": ("", ""),
}
#: LOINC code of an observation that says how something stands, and the ActCode of one that says how bad it is.
STATUS_CODE, SEVERITY_CODE = "33999-4", "SEV"

MEDICINE_STATUS = {
    "active": "active",
    "completed": "completed",
    "aborted": "stopped",
    "suspended": "on-hold",
    "held": "on-hold",
    "cancelled": "not-taken",
    "nullified": "entered-in-error",
    "new": "intended",
}
PROCEDURE_STATUS = {
    "active": "in-progress",
    "completed": "completed",
    "aborted": "stopped",
    "cancelled": "not-done",
    "held": "on-hold",
    "suspended": "on-hold",
    "new": "preparation",
    "nullified": "entered-in-error",
}
RESULT_STATUS = {
    "active": "preliminary",
    "completed": "final",
    "aborted": "cancelled",
    "cancelled": "cancelled",
    "held": "registered",
    "suspended": "registered",
    "nullified": "entered-in-error",
}

SYSTOLIC, DIASTOLIC, PRESSURE = "8480-6", "8462-4", "85354-9"
