from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "bedside.consent"
    label = "consent"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import policy  # noqa: F401
