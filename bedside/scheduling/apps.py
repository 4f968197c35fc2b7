from django.apps import AppConfig
from django.utils.translation import gettext_noop as _


class SchedulingConfig(AppConfig):
    name = "bedside.scheduling"
    label = "scheduling"

    def ready(self) -> None:
        """Register the room's verbs and its links, and listen."""
        from bedside.directory.events import PapersChanged
        from bedside.platform.events import listen
        from bedside.platform.ui.nav import add_entry

        from . import policy  # noqa: F401
        from .listeners import on_papers_changed

        listen(PapersChanged, on_papers_changed)
        add_entry("patient", "visits", _("Visits"), "calendar", "scheduling:appointments", order=20)
        add_entry(
            "clinic",
            "hours",
            _("Hours"),
            "clock",
            "scheduling:hours",
            order=60,
            action="scheduling.keep_hours",
        )
