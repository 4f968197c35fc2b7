from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "bedside.visits"
    label = "visits"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import policy  # noqa: F401
