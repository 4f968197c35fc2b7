"""Today: what matters to one person now, what they can do, and what is owed to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from bedside.accounts.models import Person
from bedside.consent.models import CareRelationship
from bedside.consent.queries import live
from bedside.fhir.queries import find_patient_resources
from bedside.kernel.time import zone
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.models import AuditEvent
from bedside.platform.audit.write import record_view_once
from bedside.portal import rules
from bedside.portal.terms import NOTE_WITHIN, RESULT_NEWS, RESULT_STAYS, SUMMARY_STAYS
from bedside.record.chart import CareTask, Vital
from bedside.record.models import NoteSignature
from bedside.record.queries import OwnResults, own_results
from bedside.record.reading import task_of, vital_of
from bedside.scheduling.models import Appointment
from bedside.visits.models import Visit
from bedside.visits.terms import CHECK_IN_CLOSES, CHECK_IN_OPENS


@dataclass(frozen=True, slots=True)
class Booked:
    """A booked time, and what can be done about it now (`step`: join, wait, check_in or "")."""

    appointment: Appointment
    visit_id: UUID | None
    step: str
    minutes: int
    percent: int
    check_in_at: datetime

    @property
    def is_soon(self) -> bool:
        """Say whether it starts within an hour, or has started."""
        return self.minutes <= 60


@dataclass(frozen=True, slots=True)
class Offer:
    """Follow-up times one clinician holds open: the patient chooses one."""

    offer_id: UUID
    times: tuple[Appointment, ...]

    @property
    def practitioner(self) -> object:
        """Who offers."""
        return self.times[0].practitioner

    @property
    def ends_at(self) -> datetime | None:
        """When the times are given back."""
        return self.times[0].hold_expires_at


@dataclass(frozen=True, slots=True)
class Summary:
    """A visit that ended lately. `is_new` until its patient opens the summary."""

    visit: Visit
    is_new: bool
    is_signed: bool
    owed: rules.Promise


@dataclass(frozen=True, slots=True)
class Ward:
    """Someone the actor acts for, with their booked times and new summaries."""

    person: Person
    booked: tuple[Booked, ...]
    summaries: tuple[Summary, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """Everything on the page."""

    now: datetime
    on: date
    greeting: str
    next: Booked | None
    later: tuple[Booked, ...]
    offers: tuple[Offer, ...]
    summaries: tuple[Summary, ...]
    owed: tuple[Summary, ...]
    due: tuple[CareTask, ...]
    coming: tuple[CareTask, ...]
    done: tuple[CareTask, ...]
    pressure: tuple[Vital, ...]
    team: tuple[CareRelationship, ...]
    wards: tuple[Ward, ...]
    results: OwnResults

    @property
    def turn_count(self) -> int:
        """How many things wait for the patient."""
        return len(self.offers) + len(self.summaries) + len(self.due) + self.result_count

    @property
    def result_count(self) -> int:
        """How many results are new, those that wait by the patient's choice included."""
        return len(self.results.unread) + len(self.results.held)

    @property
    def is_quiet(self) -> bool:
        """Say whether there is nothing at all to show yet."""
        return not (self.next or self.turn_count or self.owed or self.coming or self.done or self.wards)


def today(*, actor: Actor, now: datetime) -> Today:
    """Return what stands on the actor's own Today. Nine queries and one audit row, however much there is."""
    person_id = actor.person_id
    assert person_id is not None
    authorise(actor, "portal.view_today", person_id, Context(now))
    local = now.astimezone(zone(actor.time_zone))
    relations = list(
        live(now)
        .filter(Q(patient_id=person_id) | Q(person_id=person_id, reason="proxy"))
        .select_related("person__practitioner", "patient")
    )
    wards = {row.patient_id: row.patient for row in relations if row.person_id == person_id}
    people = [person_id, *wards]
    booked = _booked(people, now)
    summaries = _summaries(people, actor, now)
    found = find_patient_resources(patient_id=person_id, types=("Task", "Observation", "DiagnosticReport"))
    tasks = sorted(filter(None, map(task_of, found["Task"])), key=lambda task: (task.due_on, task.code))
    mine = booked.get(person_id, [])
    results = own_results(person=Person.objects.get(id=person_id), found=found, now=now)
    record_view_once(actor=actor, action="portal.view_today", now=now, patient_id=person_id, reason="self")
    return Today(
        now=now,
        on=local.date(),
        greeting=rules.part_of_day(local),
        next=mine[0] if mine else None,
        later=tuple(mine[1:]),
        offers=_offers(person_id, now),
        summaries=tuple(s for s in summaries.get(person_id, []) if s.is_new),
        owed=tuple(s for s in summaries.get(person_id, []) if not s.is_signed),
        due=tuple(t for t in tasks if t.status == "requested" and t.due_on <= local.date()),
        coming=tuple(t for t in tasks if t.status == "requested" and t.due_on > local.date())[:5],
        done=tuple(t for t in tasks if t.is_done and t.changed_at.astimezone(local.tzinfo).date() == local.date()),
        pressure=_pressure(found["Observation"]),
        results=_lately(results, now),
        team=_team(relations, person_id),
        wards=tuple(
            Ward(
                person,
                tuple(booked.get(patient_id, [])),
                tuple(s for s in summaries.get(patient_id, []) if s.is_new),
            )
            for patient_id, person in wards.items()
        ),
    )


def _lately(results: OwnResults, now: datetime) -> OwnResults:
    """Return what of the results belongs on Today: those never opened that came within some days."""
    unread = tuple(r for r in results.unread if r.stored_at > now - RESULT_STAYS and r.at > now - RESULT_NEWS)
    return OwnResults((), unread[:5], results.held[:5])


def _booked(people: Iterable[UUID], now: datetime) -> dict[UUID, list[Booked]]:
    live_states = Q(visit__isnull=True, ends_at__gt=now - CHECK_IN_CLOSES) | Q(
        visit__state__in=["opened", "checked_in", "waiting", "in_call", "on_hold"]
    )
    rows = (
        Appointment.objects.filter(live_states, patient_id__in=people, status__in=["booked", "arrived", "in_visit"])
        .select_related("practitioner__person", "visit")
        .order_by("starts_at")[:40]
    )
    found: dict[UUID, list[Booked]] = {}
    for row in rows:
        visit = getattr(row, "visit", None)
        step = rules.next_step(starts_at=row.starts_at, visit_state=visit.state if visit else "", now=now)
        found.setdefault(row.patient_id, []).append(
            Booked(
                appointment=row,
                visit_id=visit.id if visit else None,
                step=step,
                minutes=rules.minutes_until(row.starts_at, now),
                percent=rules.countdown_percent(starts_at=row.starts_at, now=now),
                check_in_at=row.starts_at - CHECK_IN_OPENS,
            )
        )
    return found


def _offers(patient_id: UUID, now: datetime) -> tuple[Offer, ...]:
    rows = (
        Appointment.objects.filter(
            patient_id=patient_id, status="held", offer_id__isnull=False, hold_expires_at__gt=now
        )
        .select_related("practitioner__person")
        .order_by("starts_at")
    )
    by_offer: dict[UUID, list[Appointment]] = {}
    for row in rows:
        if row.offer_id:
            by_offer.setdefault(row.offer_id, []).append(row)
    return tuple(Offer(offer_id, tuple(times)) for offer_id, times in by_offer.items())


def _summaries(people: Iterable[UUID], actor: Actor, now: datetime) -> dict[UUID, list[Summary]]:
    visits = list(
        Visit.objects.filter(patient_id__in=people, state="ended", ended_at__gt=now - SUMMARY_STAYS)
        .select_related("practitioner__person")
        .order_by("-ended_at")[:20]
    )
    ids = [visit.id for visit in visits]
    read = AuditEvent.objects.filter(
        actor_id=actor.person_id,
        action="visits.read_summary",
        resource_type="Visit",
        resource_id__in=[str(visit_id) for visit_id in ids],
    ).values_list("resource_id", flat=True)
    signed = NoteSignature.objects.filter(visit_id__in=ids, is_addendum=False).values_list("visit_id", flat=True)
    seen, closed = (set(read), set(signed)) if ids else (set(), set())
    found: dict[UUID, list[Summary]] = {}
    for visit in visits:
        owed = rules.promise(made_at=visit.ended_at or now, within=NOTE_WITHIN, now=now)
        found.setdefault(visit.patient_id, []).append(
            Summary(visit, str(visit.id) not in seen, visit.id in closed, owed)
        )
    return found


def _pressure(observations: Iterable[dict[str, object]]) -> tuple[Vital, ...]:
    vitals = [vital for vital in map(vital_of, observations) if vital and vital.measure.key == "blood_pressure"]
    return tuple(sorted(vitals, key=lambda vital: vital.at)[-7:])


def _team(relations: Iterable[CareRelationship], person_id: UUID) -> tuple[CareRelationship, ...]:
    order = ["treating", "booked", "covering", "proxy"]
    rows = [row for row in relations if row.patient_id == person_id and row.reason in order]
    team: dict[UUID, CareRelationship] = {}
    for row in sorted(rows, key=lambda row: (order.index(row.reason), -row.starts_at.timestamp())):
        team.setdefault(row.person_id, row)
    return tuple(team.values())[:6]
