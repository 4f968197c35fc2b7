"""What a patient reads after a visit: everything one letter is written from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from bedside.kernel.errors import Conflict, NotFound
from bedside.platform.access import Actor
from bedside.record.chart import VisitRecord
from bedside.record.queries import visit_record
from bedside.scheduling.models import Appointment
from bedside.visits.models import Visit

READ = "visits.read_summary"


class VisitNotOver(Conflict):
    """This visit is not over yet. Its summary is here as soon as it ends; come back then."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A visit that is over, what it left in the chart, and what comes next.

    `relation` is what lets the reader read it; a proxy gets what the visit left, not the rest of the chart.
    """

    visit: Visit
    record: VisitRecord
    relation: str
    booked: tuple[Appointment, ...]
    offered: tuple[Appointment, ...]

    @property
    def is_signed(self) -> bool:
        """Say whether the clinician has signed the note."""
        return self.record.note is not None

    @property
    def is_for_patient(self) -> bool:
        """Say whether the patient is the one who reads."""
        return self.relation == "self"


def visit_summary(*, actor: Actor, visit_id: UUID, now: datetime, action: str = READ) -> Summary:
    """Return the summary of a visit, from the moment it ends, to whoever may do `action`. Six queries.

    Raises: NotFound to a stranger, VisitNotOver.
    """
    visit = (
        Visit.objects.select_related("patient", "practitioner__person", "practitioner__organization", "appointment")
        .filter(id=visit_id)
        .first()
    )
    if visit is None:
        raise NotFound()
    record = visit_record(actor=actor, visit_id=visit_id, patient_id=visit.patient_id, now=now, action=action)
    if visit.state != "ended":
        raise VisitNotOver()
    to_come = Q(status__in=["booked", "arrived"])
    open_offer = Q(status="held", offer_id__isnull=False, hold_expires_at__gt=now)
    times = (
        Appointment.objects.filter(to_come | open_offer, patient_id=visit.patient_id, starts_at__gt=now)
        .select_related("practitioner__person")
        .order_by("starts_at")[:12]
    )
    return Summary(
        visit=visit,
        record=record,
        relation=record.chart.reason,
        booked=tuple(row for row in times if row.status != "held"),
        offered=tuple(row for row in times if row.status == "held" and row.practitioner_id == visit.practitioner_id),
    )
