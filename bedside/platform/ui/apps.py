from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "bedside.platform.ui"
    label = "ui"

    def ready(self) -> None:
        """Register the pattern page's verb."""
        from . import policy  # noqa: F401
