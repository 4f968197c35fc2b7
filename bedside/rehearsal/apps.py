from django.apps import AppConfig


class RehearsalConfig(AppConfig):
    name = "bedside.rehearsal"
    label = "rehearsal"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import policy  # noqa: F401
