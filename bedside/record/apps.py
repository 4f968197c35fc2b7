from django.apps import AppConfig
from django.utils.translation import gettext_noop


class RecordConfig(AppConfig):
    name = "bedside.record"
    label = "record"

    def ready(self) -> None:
        """Register the room's verbs and its link in the shell."""
        from bedside.platform.ui.nav import add_entry

        from . import policy

        label = gettext_noop("My health")
        add_entry("patient", "health", label, "heart-pulse", "record:health", order=40, action=policy.READ)
