from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "bedside.platform.audit"
    label = "audit"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import policy  # noqa: F401
