from django.apps import AppConfig
from django.utils.translation import gettext_noop as _


class IntakeConfig(AppConfig):
    name = "bedside.intake"
    label = "intake"

    def ready(self) -> None:
        """Register the room's verbs, its jobs and its links."""
        from bedside.platform.ui.nav import add_entry

        from . import jobs, policy  # noqa: F401

        add_entry(
            "clinic", "imports", _("Import"), "upload", "intake:imports", order=60, action="intake.import_records"
        )
