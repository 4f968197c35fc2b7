"""C-CDA documents to FHIR R4: what they code, and the readable text of every section. Pure: no Django.

    contents = read_document(content)     # raises FileNotTaken

Sections are told by their LOINC code and entries by what they are (act, observation, substanceAdministration …) rather
than by template ids alone, so a CCD of 2007 is read as one of R2.1 is. Why the mapping is ours: decision 0038.
Source: HL7 C-CDA R2.1 (June 2019 with errata), CCD 1.0 (2007); C-CDA on FHIR 1.2 for what becomes what.
"""
