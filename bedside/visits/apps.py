from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "bedside.visits"
    label = "visits"

    def ready(self) -> None:
        """Register the room's verbs and start listening."""
        from . import listeners, policy  # noqa: F401

        listeners.connect()
