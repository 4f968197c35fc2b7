"""The door for other systems: FHIR R4 over HTTP at /fhir/R4, on the raw ASGI path. Keeps no facts of its own."""
