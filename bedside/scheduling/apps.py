from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "bedside.scheduling"
    label = "scheduling"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import policy  # noqa: F401
