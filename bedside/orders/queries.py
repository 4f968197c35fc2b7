"""Reading prescriptions, and finding what can be prescribed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bedside.platform.access import Actor
from bedside.record.chart import Chart, Medicine
from bedside.record.queries import get_chart

from . import policy
from .rules import KnownAllergy, Order, instead_of
from .terms.formulary import Product


@dataclass(frozen=True, slots=True)
class Prescriptions:
    """A patient's medicines as the prescription pane shows them."""

    chart: Chart
    of_visit: tuple[Medicine, ...]
    others: tuple[Medicine, ...]

    def instead_of(self, order: Order) -> Product | None:
        """Return what is often used instead of a stopped order."""
        return instead_of(
            order,
            allergies=[KnownAllergy(allergy.substance, allergy.name) for allergy in self.chart.allergies],
            taking=[(medicine.product, medicine.name) for medicine in self.chart.active_medicines],
        )


def prescriptions_of_visit(*, actor: Actor, patient_id: UUID, visit_id: UUID, now: datetime) -> Prescriptions:
    """Return what was prescribed in one visit and what else the patient takes. Raises: NotFound to a stranger."""
    chart = get_chart(actor=actor, patient_id=patient_id, now=now, action=policy.VIEW)
    here = tuple(m for m in chart.medicines if m.visit_id == visit_id and m.is_prescription)
    return Prescriptions(chart, here, tuple(m for m in chart.active_medicines if m not in here))
