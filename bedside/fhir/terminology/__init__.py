"""Codes and what they mean: code systems, value sets, maps between them, and the units of UCUM.

Why: what R4 itself defines is served from a data file; LOINC, SNOMED CT and RxNorm, which belong to those who licensed
them, are loaded into tables. No HTTP here, and never a question to another server.
"""
