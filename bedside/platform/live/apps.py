from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "bedside.platform.live"
    label = "live"

    def ready(self) -> None:
        """Register the verbs of the live line."""
        from . import topics  # noqa: F401
