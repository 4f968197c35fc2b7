"""Roles, languages and the like."""

from __future__ import annotations

#: Languages the screens speak. Source: features.md, "in English and Spanish".
LANGUAGES = [("en", "English"), ("es", "Español")]

#: Administrative gender. Source: FHIR R4 value set administrative-gender.
SEXES = [("female", "female"), ("male", "male"), ("other", "other"), ("unknown", "unknown")]

#: Working roles. Someone with none of them is a patient or a family member. Source: docs/map.md.
ROLES = [
    ("physician", "physician"),
    ("nurse", "nurse"),
    ("telepresenter", "telepresenter"),
    ("pharmacist", "pharmacist"),
    ("administrator", "administrator"),
    ("privacy_officer", "privacy officer"),
    ("operator", "operator"),
]
