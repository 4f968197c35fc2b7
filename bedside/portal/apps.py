from django.apps import AppConfig
from django.utils.translation import gettext_noop as _


class PortalConfig(AppConfig):
    name = "bedside.portal"
    label = "portal"

    def ready(self) -> None:
        """Register the room's verbs, its jobs and its links, and start listening."""
        from bedside.platform.ui.nav import Shell, add_entry

        from . import jobs, listeners, policy  # noqa: F401

        listeners.connect()

        entries: tuple[tuple[Shell, str, str, str, int, str], ...] = (
            ("patient", "today", _("Today"), "house", 10, "portal.view_today"),
            ("clinic", "board", _("Today"), "layout-list", 10, "portal.view_board"),
            ("clinic", "clinic", _("Clinic"), "building-2", 20, "portal.run_clinic"),
            ("clinic", "privacy", _("Privacy"), "eye", 30, "portal.view_privacy"),
            ("clinic", "machines", _("Machines"), "activity", 40, "portal.run_machines"),
            ("clinic", "emergency", _("Emergency"), "zap", 90, "portal.open_in_emergency"),
            ("account", "looked", _("Who looked at my record"), "eye", 50, "portal.view_looked"),
        )
        for shell, section, label, icon, order, action in entries:
            add_entry(shell, section, label, icon, f"portal:{section}", order=order, action=action)
