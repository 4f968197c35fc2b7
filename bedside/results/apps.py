from django.apps import AppConfig
from django.utils.translation import gettext_noop as _


class ResultsConfig(AppConfig):
    name = "bedside.results"
    label = "results"

    def ready(self) -> None:
        """Register the room's verbs, its jobs and its links."""
        from bedside.platform.ui.nav import add_entry

        from . import jobs, policy  # noqa: F401

        add_entry("clinic", "inbox", _("Results"), "flask-conical", "results:inbox", order=15, action=policy.INBOX)
        add_entry("clinic", "watch", _("Results"), "flask-conical", "results:watch", order=25, action=policy.WATCH)
        add_entry("patient", "results", _("Results"), "flask-conical", "results:mine", order=45, action=policy.MINE)
