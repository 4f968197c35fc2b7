from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "bedside.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Register the room's verbs."""
        from . import policy  # noqa: F401
