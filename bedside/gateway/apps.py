from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "bedside.gateway"
    label = "gateway"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import policy  # noqa: F401
