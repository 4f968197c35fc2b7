"""Bounds and code tables of HL7 v2.

Source: HL7 v2.5.1, chapter 2.C (tables, by number); HL7 v2-to-FHIR 1.0 (concept maps), unless a line names another.
"""

from __future__ import annotations

#: Larger messages are refused without being kept. Units: bytes. Source: ours; a report with a PDF has 1 to 4 MB.
MESSAGE_BYTES_MOST = 8 * 1024 * 1024
#: Separators in one message: taking apart 100,000 takes under a second and 100 MB. Source: ours, decision 0037.
SEPARATORS_MOST = 100_000
#: Characters of one value, so that no field is a book. Source: ours; documents travel as ED, which is not bounded so.
TEXT_MOST = 200_000

#: Table 0211, alternate character sets, as Python calls them.
CHARACTER_SETS = {
    "": "utf-8",
    "ASCII": "utf-8",
    "UTF-8": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UNICODE": "utf-16",
    "UNICODE UTF-16": "utf-16",
    "ISO IR6": "ascii",
    "ISO IR14": "iso2022_jp",
    "ISO IR87": "iso2022_jp",
    "ISO IR159": "iso2022_jp_1",
    "GB 18030-2000": "gb18030",
    "BIG-5": "big5",
    "CNS 11643-1992": "big5",
    "KS X 1001": "euc_kr",
    "WINDOWS-1252": "cp1252",
    **{f"8859/{number}": f"iso8859_{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
}

#: Table 0085, status of an observation. U only says that the value sent before is final now.
OBSERVATION_STATUS = {
    "A": "amended",
    "B": "amended",
    "C": "corrected",
    "D": "entered-in-error",
    "F": "final",
    "I": "registered",
    "N": "cancelled",
    "O": "registered",
    "P": "preliminary",
    "R": "preliminary",
    "S": "preliminary",
    "U": "final",
    "V": "final",
    "W": "entered-in-error",
    "X": "cancelled",
}
STATUS_WITHOUT_VALUE = "U"

#: Table 0123, status of a report.
REPORT_STATUS = {
    "A": "partial",
    "B": "appended",
    "C": "corrected",
    "F": "final",
    "I": "registered",
    "M": "preliminary",
    "N": "cancelled",
    "O": "registered",
    "P": "preliminary",
    "R": "partial",
    "S": "registered",
    "U": "final",
    "X": "cancelled",
    "Y": "unknown",
    "Z": "unknown",
}

#: Table 0078, abnormal flags, as codes of v3-ObservationInterpretation with their words.
INTERPRETATIONS = {
    "L": ("L", "Low"),
    "H": ("H", "High"),
    "LL": ("LL", "Critical low"),
    "HH": ("HH", "Critical high"),
    "<": ("<", "Off scale low"),
    ">": (">", "Off scale high"),
    "N": ("N", "Normal"),
    "A": ("A", "Abnormal"),
    "AA": ("AA", "Critical abnormal"),
    "U": ("U", "Significant change up"),
    "D": ("D", "Significant change down"),
    "B": ("B", "Better"),
    "W": ("W", "Worse"),
    "S": ("S", "Susceptible"),
    "R": ("R", "Resistant"),
    "I": ("I", "Intermediate"),
    "MS": ("S", "Susceptible"),
    "VS": ("S", "Susceptible"),
    "POS": ("POS", "Positive"),
    "NEG": ("NEG", "Negative"),
    "IND": ("IND", "Indeterminate"),
    "DET": ("DET", "Detected"),
    "ND": ("ND", "Not detected"),
    "RR": ("RR", "Reactive"),
    "NR": ("NR", "Non-reactive"),
}

#: Table 0396, coding systems, as FHIR names them.
CODING_SYSTEMS = {
    "LN": "http://loinc.org",
    "LOINC": "http://loinc.org",
    "SCT": "http://snomed.info/sct",
    "SNM3": "http://snomed.info/sct",
    "I9C": "http://hl7.org/fhir/sid/icd-9-cm",
    "I9CDX": "http://hl7.org/fhir/sid/icd-9-cm",
    "I10": "http://hl7.org/fhir/sid/icd-10",
    "I10C": "http://hl7.org/fhir/sid/icd-10-cm",
    "I10CDX": "http://hl7.org/fhir/sid/icd-10-cm",
    "C4": "http://www.ama-assn.org/go/cpt",
    "CPT": "http://www.ama-assn.org/go/cpt",
    "RXNORM": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "CVX": "http://hl7.org/fhir/sid/cvx",
    "NDC": "http://hl7.org/fhir/sid/ndc",
    "UCUM": "http://unitsofmeasure.org",
}

#: Table 0001, administrative sex.
SEXES = {"M": "male", "F": "female", "O": "other", "A": "other", "N": "other", "U": ""}

#: What laboratories write for units that UCUM writes otherwise. Source: ours, from units laboratories print.
UNITS = {
    "%": "%",
    "mg/dl": "mg/dL",
    "g/dl": "g/dL",
    "ug/dl": "ug/dL",
    "mcg/dl": "ug/dL",
    "ng/dl": "ng/dL",
    "ng/ml": "ng/mL",
    "pg/ml": "pg/mL",
    "ug/ml": "ug/mL",
    "mcg/ml": "ug/mL",
    "mmol/l": "mmol/L",
    "umol/l": "umol/L",
    "nmol/l": "nmol/L",
    "pmol/l": "pmol/L",
    "meq/l": "meq/L",
    "u/l": "U/L",
    "iu/l": "[IU]/L",
    "iu/ml": "[IU]/mL",
    "miu/l": "m[IU]/L",
    "miu/ml": "m[IU]/mL",
    "uiu/ml": "u[IU]/mL",
    "g/l": "g/L",
    "mg/l": "mg/L",
    "fl": "fL",
    "pg": "pg",
    "mm/hr": "mm/h",
    "mm/h": "mm/h",
    "sec": "s",
    "seconds": "s",
    "min": "min",
    "k/ul": "10*3/uL",
    "k/mm3": "10*3/mm3",
    "m/ul": "10*6/uL",
    "thou/ul": "10*3/uL",
    "mil/ul": "10*6/uL",
    "10^3/ul": "10*3/uL",
    "10^6/ul": "10*6/uL",
    "10^9/l": "10*9/L",
    "10^12/l": "10*12/L",
    "10*3/ul": "10*3/uL",
    "10*6/ul": "10*6/uL",
    "10*9/l": "10*9/L",
    "10*12/l": "10*12/L",
    "x10e3/ul": "10*3/uL",
    "x10e6/ul": "10*6/uL",
    "x10(3)/ul": "10*3/uL",
    "cells/ul": "{cells}/uL",
    "/hpf": "/[HPF]",
    "/lpf": "/[LPF]",
    "ml/min/1.73m2": "mL/min/{1.73_m2}",
    "ml/min/1.73": "mL/min/{1.73_m2}",
    "ml/min": "mL/min",
    "mosm/kg": "mosm/kg",
    "mm hg": "mm[Hg]",
    "mmhg": "mm[Hg]",
    "bpm": "/min",
    "kg": "kg",
    "cm": "cm",
    "lb": "[lb_av]",
    "in": "[in_i]",
    "deg f": "[degF]",
    "deg c": "Cel",
}

#: Errors of table 0357 that an acknowledgement may name, with their words.
ERRORS = {
    "100": "Segment sequence error",
    "101": "Required field missing",
    "102": "Data type error",
    "103": "Table value not found",
    "200": "Unsupported message type",
    "202": "Unsupported processing id",
    "203": "Unsupported version id",
    "204": "Unknown key identifier",
    "205": "Duplicate key identifier",
    "207": "Application internal error",
}
