"""Kinds of places, specialties, languages.

Source: docs/map.md, unless a line names another.
"""

from __future__ import annotations

from zlib import crc32

ORGANIZATION_KINDS = [
    ("hospital", "hospital"),
    ("clinic", "clinic"),
    ("pharmacy", "pharmacy"),
    ("laboratory", "laboratory"),
]

AFFILIATIONS = [
    ("physician", "physician"),
    ("nurse", "nurse"),
    ("telepresenter", "telepresenter"),
    ("pharmacist", "pharmacist"),
    ("administrator", "administrator"),
    ("privacy_officer", "privacy officer"),
]

#: Specialty codes with plain names. Source: NUCC Health Care Provider Taxonomy 26.0 (code set of FHIR us-core
#: practitioner roles); the names are ours, for patients.
SPECIALTY_NAMES = [
    ("207Q00000X", "Family doctor"),
    ("207R00000X", "Internal medicine doctor"),
    ("208000000X", "Children's doctor"),
    ("207V00000X", "Women's health doctor"),
    ("207N00000X", "Skin doctor"),
    ("207RC0000X", "Heart doctor"),
    ("207RE0101X", "Hormone and diabetes doctor"),
    ("207Y00000X", "Ear, nose and throat doctor"),
    ("2084P0800X", "Psychiatrist"),
    ("2084N0400X", "Nerve and brain doctor"),
    ("207K00000X", "Allergy doctor"),
    ("207RP1001X", "Lung doctor"),
]
SPECIALTIES = dict(SPECIALTY_NAMES)

#: Languages a clinician may speak with patients. Source: BCP 47 / ISO 639-1.
SPOKEN_LANGUAGE_NAMES = [
    ("en", "English"),
    ("es", "Spanish"),
    ("zh", "Mandarin"),
    ("vi", "Vietnamese"),
    ("ar", "Arabic"),
    ("fr", "French"),
    ("tl", "Tagalog"),
    ("ko", "Korean"),
    ("pt", "Portuguese"),
    ("hi", "Hindi"),
]
SPOKEN_LANGUAGES = dict(SPOKEN_LANGUAGE_NAMES)

#: States a patient may be in, as people say them. Source: ISO 3166-2:US.
REGION_NAMES = [
    ("AZ", "Arizona"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("IL", "Illinois"),
    ("LA", "Louisiana"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("OK", "Oklahoma"),
    ("TX", "Texas"),
    ("WA", "Washington"),
]
REGIONS = dict(REGION_NAMES)

#: How far ahead the search knows free times. Further out, one doctor's times are worked out when asked.
SEARCH_DAYS = 14


def tag(kind: str, value: str) -> int:
    """Return the number that stands for a specialty, language or place in a search row.

    Why: one integer array with one GIN index answers every filter at once (docs/decisions, "doctor search").
    """
    return crc32(f"{kind}:{value}".encode()) & 0x7FFFFFFF
