"""FHIR R4 itself: the resource store. No HTTP, no patients' rights: the rooms above decide who may ask."""
