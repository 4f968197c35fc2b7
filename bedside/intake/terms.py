"""Bounds, states and reasons of importing.

Source: ours, unless a line names another.
"""

from __future__ import annotations

from datetime import timedelta

#: The largest file, unpacked, and all that one archive may unpack to. Units: bytes.
FILE_BYTES_MOST = 128 * 1024 * 1024
ZIP_BYTES_MOST = 512 * 1024 * 1024
FILES_IN_ZIP_MOST = 2_000
#: What may be given on a page at once; the console takes more. Units: bytes, files. Source: ours, config/wsgi_adapter.
UPLOAD_BYTES_MOST = 24 * 1024 * 1024
UPLOADS_MOST = 100

#: Resources stored in one transaction: about half a second, which a kill loses at most.
BATCH = 200
#: Untaken things a run keeps one by one; beyond that they are only counted.
REFUSALS_KEPT_MOST = 500

SOURCE_MOST = 80
FILE_NAME_MOST = 200
WORDS_MOST = 500

KINDS = [
    ("bundle", "FHIR bundle"),
    ("ndjson", "FHIR resources, one a line"),
    ("ccda", "C-CDA document"),
    ("hl7v2", "laboratory results (HL7 v2)"),
]

#: What a run goes through. From each, where it may go.
STATES = [
    ("given", "waits to be looked through"),
    ("looked", "looked through"),
    ("asked", "waits to be stored"),
    ("storing", "is being stored"),
    ("done", "stored"),
    ("failed", "cannot be stored"),
    ("dropped", "taken back"),
]
MOVES = {
    "given": {"looked", "failed", "dropped"},
    "looked": {"asked", "dropped"},
    "asked": {"storing", "failed", "dropped"},
    "storing": {"done", "failed"},
}

#: Who a patient of a file turned out to be.
SUBJECTS = [
    ("known", "is here already"),
    ("proposed", "may be here already"),
    ("new", "is new here"),
    ("unclear", "cannot be told"),
]

#: Why something was not stored, as codes; what people read is made from these.
REASONS = [
    ("unreadable", "It cannot be read."),
    ("damaged", "The file is damaged."),
    ("empty", "The file is empty."),
    ("too_large", "It is too large."),
    ("table", "It is a table. Ask for FHIR, C-CDA or HL7 v2."),
    ("not_a_record", "It is a picture or a PDF, not a record."),
    ("unknown_kind", "It is no kind of record that can be imported."),
    ("invalid", "It is not valid FHIR."),
    ("not_taken", "This kind of thing is not imported."),
    ("no_patient", "It does not say whom it is about."),
    ("unknown_patient", "It is about someone who is neither in the file nor known here."),
    ("not_in_care", "The patient is here already and not in your care."),
    ("undecided", "Someone must first say who this patient is."),
    ("other_patient", "The same thing stands in another person’s chart."),
    ("ours", "The same thing was written or changed here, and differs."),
    ("older", "Something newer of the same source stands here."),
    ("sealed", "It is signed here and never changes."),
    ("twice", "It stands twice in the file, and differs."),
    ("rejected", "The message was refused."),
]

#: Why a result waits, as codes.
HELD_REASONS = [
    ("unknown_patient", "No patient here has that number."),
    ("no_number", "The message gives no patient number."),
    ("other_birthday", "The number is someone’s whose birthday differs."),
    ("other_name", "The number is someone’s whose name differs."),
    ("two_people", "The numbers belong to two people."),
    ("unknown_order", "No order here has that number."),
    ("other_order", "The order is another patient’s."),
    ("other_patient", "An earlier result of this order is another patient’s."),
    ("invalid", "The result cannot be stored as it is."),
]

#: Types a file may bring without a patient: who works elsewhere, and what things are.
DIRECTORY_TYPES = frozenset(
    {
        "Practitioner",
        "PractitionerRole",
        "Organization",
        "OrganizationAffiliation",
        "Location",
        "HealthcareService",
        "Medication",
        "Substance",
        "Device",
        "Provenance",
    }
)
#: Types that are never imported: times are booked here, the audit log writes itself, and what steers the house is set
#: up by those who run it. Source: docs/map.md, "One writer per fact".
NEVER_TYPES = frozenset(
    {
        "Appointment",
        "AppointmentResponse",
        "AuditEvent",
        "Bundle",
        "CapabilityStatement",
        "CodeSystem",
        "CompartmentDefinition",
        "ConceptMap",
        "ImplementationGuide",
        "MessageHeader",
        "NamingSystem",
        "OperationDefinition",
        "OperationOutcome",
        "Parameters",
        "Schedule",
        "SearchParameter",
        "Slot",
        "StructureDefinition",
        "StructureMap",
        "Subscription",
        "TerminologyCapabilities",
        "TestReport",
        "TestScript",
        "ValueSet",
    }
)
#: Numbers that tell who someone is within the place that gave them. Source: HL7 v2 table 0203.
TELLING_NUMBERS = frozenset({"MR", "PI", "PT"})

#: Where a resource says that it was imported, and from where: a tag with the source as its code.
SOURCE_TAG = "urn:bedside:source"
#: Where an imported resource says when its source had last changed it. Source: FHIR R5, extension last-source-sync.
SOURCE_TIME = "http://hl7.org/fhir/StructureDefinition/lastSourceSync"
#: Patient.identifier of a person of this house. Source: bedside/gateway/faces/people.py.
PERSON_IDENTIFIER = "urn:bedside:person"

#: A message that is kept and not filed for this long was left behind by a house that ended; so many are filed at once.
LEFT_BEHIND = timedelta(minutes=1)
FILED_AT_ONCE = 500

#: How long a laboratory that says nothing in the middle of a message is waited for. Units: seconds.
MLLP_STALL_SECONDS = 30.0
#: How long an open line may be silent between messages. Units: seconds.
MLLP_IDLE_SECONDS = 900.0
MLLP_LINES_MOST = 32
