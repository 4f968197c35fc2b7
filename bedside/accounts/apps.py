from django.apps import AppConfig
from django.utils.translation import gettext_noop as _


class AccountsConfig(AppConfig):
    name = "bedside.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Register the room's verbs, listen to sign-ins, and add the account's links to the shells."""
        from bedside.platform.ui.nav import add_entry

        from . import (
            jobs,  # noqa: F401
            listeners,
            policy,  # noqa: F401
        )

        listeners.connect()
        own = "accounts.manage_sign_in"
        add_entry("account", "settings", _("Your details"), "square-pen", "accounts:settings", order=10, action=own)
        add_entry("account", "security", _("Signing in"), "lock", "mfa_index", order=20, action=own)
        add_entry("account", "sessions", _("Your devices"), "layout-list", "accounts:sessions", order=30)
        add_entry("account", "tokens", _("Access tokens"), "key-round", "accounts:tokens", order=40)
        add_entry("step_in", "step_in", _("Step in as someone"), "users", "accounts:step_in", order=10)
