"""The chart's vocabulary: vitals, substances, note templates, home-care plans, common diagnoses.

Source: our own choice, unless a line names another.
"""

from __future__ import annotations

from bedside.record.words import Words

#: How sure a diagnosis is. Source: FHIR R4, condition-ver-status.
CERTAINTIES = {
    "provisional": Words("Provisional", "Provisional"),
    "confirmed": Words("Confirmed", "Confirmado"),
}

#: How bad a reaction was. Source: FHIR R4, reaction-event-severity.
SEVERITIES = {
    "mild": Words("Mild", "Leve"),
    "moderate": Words("Moderate", "Moderada"),
    "severe": Words("Severe", "Grave"),
}

#: The most characters kept of a name, of one line and of one section of a note.
LONGEST_NAME = 200
LONGEST_LINE = 500
LONGEST_SECTION = 20_000
