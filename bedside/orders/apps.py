from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "bedside.orders"
    label = "orders"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import policy  # noqa: F401
