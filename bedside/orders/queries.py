"""Reading prescriptions, and what would stand before one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bedside.kernel.errors import Refusal
from bedside.platform.access import Actor
from bedside.record.chart import Chart, Medicine
from bedside.record.queries import get_chart
from bedside.record.rules import read_number

from . import policy
from .rules import Check, instead_of, known_allergies, make_order, taken_now
from .sig import sig_of, supply_of
from .terms.formulary import PRODUCTS, Product


@dataclass(frozen=True, slots=True)
class Prescriptions:
    """A patient's medicines as the prescription pane shows them."""

    chart: Chart
    of_visit: tuple[Medicine, ...]
    others: tuple[Medicine, ...]

    def instead_of(self, product: Product) -> Product | None:
        """Return what is often used instead of a stopped product, and meets no stop itself."""
        return instead_of(
            product,
            allergies=known_allergies(self.chart.allergies),
            taking=taken_now(self.chart.active_medicines),
        )

    def preview(self, key: str, typed: Mapping[str, Any], refused: Refusal | None) -> dict[str, Any]:
        """Return what the form shows of an order: its product, its sentence, the stops and warnings, and an instead."""
        product = PRODUCTS.get(key)
        checks: tuple[Check, ...] = getattr(refused, "checks", ())
        stops = [(check, self._allergy(check)) for check in checks if check.is_stop]
        shown: dict[str, Any] = {
            "product": product,
            "stops": stops,
            "warnings": [check for check in checks if not check.is_stop],
            "instead": self.instead_of(product) if product and stops else None,
        }
        return shown | (_sentence(typed) if typed else {})

    def _allergy(self, check: Check) -> Any:
        about = (a for a in self.chart.allergies if check.kind == "allergy" and check.about in a.meant)
        return next(about, None)


def _sentence(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return how an order would read, when it can be one."""
    names = ("product", "frequency", "days", "quantity", "refills", "as_needed")
    if any(name not in typed for name in (*names, "amount")):
        return {}
    try:
        order = make_order(amount=read_number(typed["amount"]), **{name: typed[name] for name in names})
    except Refusal:
        return {}
    return {"sig": sig_of(order), "supply": supply_of(order)}


def prescriptions_of_visit(*, actor: Actor, patient_id: UUID, visit_id: UUID, now: datetime) -> Prescriptions:
    """Return what was prescribed in one visit and what else the patient takes. Raises: NotFound to a stranger."""
    chart = get_chart(actor=actor, patient_id=patient_id, now=now, action=policy.VIEW)
    here = tuple(m for m in chart.medicines if m.visit_id == visit_id and m.is_prescription)
    return Prescriptions(chart, here, tuple(m for m in chart.active_medicines if m not in here))
