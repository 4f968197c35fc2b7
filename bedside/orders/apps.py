from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "bedside.orders"
    label = "orders"

    def ready(self) -> None:
        """Register the room's verbs, and place its pane beside a visit."""
        from django.utils.translation import gettext_lazy as _

        from bedside.record.views.panes import add_pane

        from . import policy  # noqa: F401

        add_pane("orders:visit_prescriptions", "pill", _("Prescription"), after="record:visit_diagnoses")
