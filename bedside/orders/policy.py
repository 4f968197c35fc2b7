"""The room's verbs. Who may prescribe is settled by the relations in `consent.rules`: a physician in care, only."""

from __future__ import annotations

from bedside.consent import rules
from bedside.platform.access import Audience, register

PRESCRIBE = "orders.prescribe_medicine"
CANCEL = "orders.cancel_prescription"
VIEW = "orders.view_prescriptions"
FIND = "orders.find_products"

register(PRESCRIBE, audience=Audience.STAFF, rule=rules.may_prescribe)
register(CANCEL, audience=Audience.STAFF, rule=rules.may_prescribe)
register(VIEW, audience=Audience.SIGNED_IN, rule=rules.may_read_chart)
register(FIND, audience=Audience.STAFF, roles=frozenset({"physician"}))
