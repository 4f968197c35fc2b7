from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "bedside.directory"
    label = "directory"

    def ready(self) -> None:
        """Register the room's verbs, and say where people work, for the actor."""
        from bedside.accounts.queries import know_organizations

        from . import policy  # noqa: F401
        from .models import organizations_of

        know_organizations(organizations_of)
