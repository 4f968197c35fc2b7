from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "bedside.visits"
    label = "visits"

    def ready(self) -> None:
        """Register the room's verbs, topics and jobs, and start listening."""
        from . import jobs, listeners, policy, topics  # noqa: F401

        listeners.connect()
