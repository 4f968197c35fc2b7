"""The administrator's page: how the clinic's day goes, and whose papers run out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q

from bedside.directory.models import License, Organization, Practitioner
from bedside.kernel.time import local_day_bounds, zone
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.write import record_view
from bedside.portal.terms import LICENSE_SOON
from bedside.scheduling.models import Appointment


@dataclass(frozen=True, slots=True)
class DoctorDay:
    """One clinician's day in numbers."""

    practitioner: Practitioner
    booked: int
    waiting: int
    in_visit: int
    done: int
    missed: int


@dataclass(frozen=True, slots=True)
class ClinicDay:
    """What the administrator sees."""

    on: date
    organizations: tuple[Organization, ...]
    doctors: tuple[DoctorDay, ...]
    papers: tuple[License, ...]
    booked: int
    waiting: int
    in_visit: int
    done: int
    missed: int


def clinic_day(*, actor: Actor, now: datetime) -> ClinicDay:
    """Return the day of the clinics the administrator runs. Four queries; no patient is named."""
    authorise(actor, "portal.run_clinic")
    organizations = tuple(Organization.objects.filter(id__in=actor.organization_ids).order_by("name"))
    zone_name = organizations[0].time_zone if organizations else actor.time_zone
    on = now.astimezone(zone(zone_name)).date()
    counts = _counts(actor, on, zone_name)
    practitioners = Practitioner.objects.filter(person_id__in=counts).select_related("person")
    doctors = [DoctorDay(practitioner, **counts[practitioner.person_id]) for practitioner in practitioners]
    doctors.sort(key=lambda d: (-d.waiting, -d.in_visit, -d.booked, d.practitioner.person.family_name))
    record_view(actor=actor, action="portal.run_clinic", now=now, reason="administrator")
    return ClinicDay(
        on=on,
        organizations=organizations,
        doctors=tuple(doctors),
        papers=_papers(actor, on),
        **{name: sum(day[name] for day in counts.values()) for name in _NUMBERS},
    )


_NUMBERS = {
    "booked": Q(status__in=["booked", "arrived"]) & ~Q(visit__state="waiting"),
    "waiting": Q(visit__state="waiting"),
    "in_visit": Q(visit__state__in=["in_call", "on_hold"]),
    "done": Q(status="done"),
    "missed": Q(status="no_show"),
}


def _counts(actor: Actor, on: date, zone_name: str) -> dict[UUID, dict[str, int]]:
    first, last = local_day_bounds(on, zone_name)
    rows = (
        Appointment.objects.filter(organization_id__in=actor.organization_ids, starts_at__gte=first, starts_at__lt=last)
        .filter(status__in=["booked", "arrived", "in_visit", "done", "no_show"])
        .values("practitioner_id")
        .annotate(**{name: Count("id", filter=which) for name, which in _NUMBERS.items()})
    )
    return {row["practitioner_id"]: {name: row[name] for name in _NUMBERS} for row in rows}  # type: ignore[literal-required]


def _papers(actor: Actor, on: date) -> tuple[License, ...]:
    rows = License.objects.filter(
        Q(expires_on__lt=on + LICENSE_SOON) | Q(verified_at__isnull=True),
        practitioner__organization_id__in=actor.organization_ids,
        practitioner__is_accepting=True,
    )
    return tuple(rows.select_related("practitioner__person").order_by(F("expires_on"))[:30])
