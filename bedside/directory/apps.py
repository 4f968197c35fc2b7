from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "bedside.directory"
    label = "directory"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import policy  # noqa: F401
