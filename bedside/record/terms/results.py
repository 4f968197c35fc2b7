"""How laboratories say what they found: flags, statuses, kinds of service, and whom a range is for.

Source: FHIR R4 4.0.1 and HL7 v3 ObservationInterpretation, v2 table 0074, unless a line names another.
"""

from __future__ import annotations

from bedside.record.words import Words

#: What an interpretation means to us, by the code of v3 ObservationInterpretation (v2 table 0078 is in it).
FLAGS: dict[str, str] = {
    "HH": "critical_high", "LL": "critical_low", "AA": "critical",
    "H": "high", "HU": "high", "H>": "high", "HX": "high", ">": "high",
    "L": "low", "LU": "low", "L<": "low", "LX": "low", "<": "low",
    "A": "abnormal", "POS": "abnormal", "DET": "abnormal", "RR": "abnormal", "WR": "abnormal", "R": "abnormal",
    "NS": "abnormal", "I": "abnormal", "IND": "abnormal", "E": "abnormal", "HM": "abnormal", "UNE": "abnormal",
    "D": "abnormal", "U": "abnormal", "W": "abnormal",
    "N": "normal", "NEG": "normal", "ND": "normal", "NR": "normal", "S": "normal", "VS": "normal", "MS": "normal",
    "EXP": "normal",
}  # fmt: skip

#: The worst of several flags counts. Source: our own choice: a warning is never hidden behind a milder one.
SEVERITY = ("critical", "critical_high", "critical_low", "high", "low", "abnormal", "normal", "")

FLAG_WORDS: dict[str, Words] = {
    "critical": Words("Critical", "Crítico"),
    "critical_high": Words("Critically high", "Críticamente alto"),
    "critical_low": Words("Critically low", "Críticamente bajo"),
    "high": Words("High", "Alto"),
    "low": Words("Low", "Bajo"),
    "abnormal": Words("Abnormal", "Anormal"),
    "normal": Words("In range", "Dentro del rango"),
    "": Words("Not rated", "Sin valorar"),
}

STATUS_WORDS: dict[str, Words] = {
    "registered": Words("Not ready yet", "Aún no está listo"),
    "partial": Words("Part of it", "Una parte"),
    "preliminary": Words("Preliminary", "Preliminar"),
    "final": Words("Final", "Definitivo"),
    "amended": Words("Changed", "Modificado"),
    "corrected": Words("Corrected", "Corregido"),
    "appended": Words("Added to", "Ampliado"),
    "cancelled": Words("Cancelled by the laboratory", "Cancelado por el laboratorio"),
    "entered-in-error": Words("Taken back by the laboratory", "Retirado por el laboratorio"),
    "unknown": Words("Status not known", "Estado desconocido"),
}

#: Which kind of test a report is, by the code of its diagnostic service (v2 table 0074) or observation category.
KINDS: dict[str, str] = {
    "SP": "pathology", "PAT": "pathology", "CP": "pathology", "CY": "pathology", "PATH": "pathology",
    "SP-PATHOLOGY": "pathology", "AU": "pathology", "OSL": "laboratory",
    "GE": "genetic", "CG": "genetic", "GEN": "genetic",
    "RAD": "imaging", "CT": "imaging", "CTH": "imaging", "MRI": "imaging", "NMR": "imaging", "NMS": "imaging",
    "OUS": "imaging", "RUS": "imaging", "VUS": "imaging", "CUS": "imaging", "RX": "imaging", "XRC": "imaging",
    "imaging": "imaging", "IMG": "imaging",
}  # fmt: skip

#: What these kinds are called. A test of no kind we know counts as laboratory, which is what the doors bring.
KIND_WORDS: dict[str, Words] = {
    "laboratory": Words("Blood, urine and other laboratory tests", "Análisis de sangre, orina y otros de laboratorio"),
    "pathology": Words("Tissue tests (biopsies)", "Estudios de tejidos (biopsias)"),
    "imaging": Words("Pictures (X-ray, CT, MRI, ultrasound)", "Imágenes (radiografía, tomografía, resonancia)"),
    "genetic": Words("Genetic tests", "Pruebas genéticas"),
}

#: Whom a range applies to, as codes say it. Source: FHIR R4 appliesTo example set; v2 table 0001; SNOMED CT.
SEX_CODES = {"248152002": "female", "248153007": "male", "F": "female", "M": "male", "female": "female", "male": "male"}

#: Kinds of range that say what is usual. Source: FHIR R4, code system referencerange-meaning.
USUAL_RANGES = frozenset({"", "normal"})
