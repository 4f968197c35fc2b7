"""The chart: what is known of a patient and what was done. Clinical facts live in the FHIR store; this room says
who may read and write them, and in what shape. It knows a visit only as an id."""
