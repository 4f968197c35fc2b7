from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "bedside.record"
    label = "record"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import policy  # noqa: F401
