from django.apps import AppConfig


class FhirConfig(AppConfig):
    name = "bedside.fhir"
    label = "fhir"
