from django.apps import AppConfig


class FhirConfig(AppConfig):
    name = "bedside.fhir"
    label = "fhir"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import policy  # noqa: F401
