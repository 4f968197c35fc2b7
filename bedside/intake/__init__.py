"""Records that come from elsewhere: FHIR bundles, C-CDA documents and laboratory results by HL7 v2."""
