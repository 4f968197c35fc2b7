"""FHIR clients that others wrote, each doing its daily work against a running Bedside."""
