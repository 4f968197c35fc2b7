from django.apps import AppConfig
from django.utils.translation import gettext_noop as _


class DirectoryConfig(AppConfig):
    name = "bedside.directory"
    label = "directory"

    def ready(self) -> None:
        """Register the room's verbs and its link, and say where people work, for the actor."""
        from bedside.accounts.queries import know_organizations
        from bedside.platform.ui.nav import add_entry

        from . import policy  # noqa: F401
        from .models import organizations_of

        know_organizations(organizations_of)
        add_entry(
            "clinic",
            "papers",
            _("Licenses"),
            "award",
            "directory:papers",
            order=70,
            action="directory.check_papers",
        )
