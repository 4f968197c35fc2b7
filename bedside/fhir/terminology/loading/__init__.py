"""Reads the releases of LOINC, SNOMED CT, RxNorm and ICD-10-CM as their publishers give them out."""
