from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "bedside.platform.files"
    label = "files"

    def ready(self) -> None:
        """Register the verbs of files."""
        from . import policy  # noqa: F401
