from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "bedside.platform.notify"
    label = "notify"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import policy  # noqa: F401
