from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "bedside.intake"
    label = "intake"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import jobs, policy  # noqa: F401
