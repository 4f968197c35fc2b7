from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "bedside.portal"
    label = "portal"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import policy  # noqa: F401
