"""Bring the day board to life: who waits, who is next, and a visit for Ada that she can go to now.

It goes through the front door: every booking and check-in is a command, acted by the persona, at its time.
Run at every start of a rehearsal clinic, it fills each new day once.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef

from bedside.accounts.models import Person, RoleGrant, User
from bedside.accounts.queries import actor_for
from bedside.directory.models import Practitioner
from bedside.kernel.errors import Refusal
from bedside.kernel.time import local_day_bounds
from bedside.platform.access import system_actor
from bedside.scheduling.commands import book_appointment, hold_appointment, rebuild_free_times
from bedside.scheduling.models import Appointment, AvailabilityRule
from bedside.scheduling.terms import LIVE_STATUSES
from bedside.visits.commands import check_in_patient, enter_waiting_room, open_visit

from .calendar import Booked, store_appointments
from .cases import CASES, Case
from .charts import store_charts
from .dice import Dice
from .history import store_visits
from .personas import PERSONAS
from .results import alarm

#: How far around the present the two persona doctors see patients, whatever the hour.
AROUND = timedelta(hours=4)

#: Dr Chen's day, in steps of her calendar from the present one: seen already, waiting now, Ada, still to come.
SEEN_STEPS = (-9, -7, -5)
WAITING_STEPS = (-1, 0)
ADA_STEP = 1
COMING_STEPS = (3, 5, 8)


def enliven(*, now: datetime) -> None:
    """Fill today's board of Dr Chen once a day, and see that Ada has a visit within the half hour."""
    emails = {persona.key: persona.email for persona in PERSONAS}
    logins = User.objects.filter(email__in=emails.values()).select_related("person")
    people = {user.email: user.person for user in logins}
    chen = Practitioner.objects.select_related("person").get(person=people[emails["chen"]])
    on_call = [people[emails[key]].pk for key in ("chen", "diaz")]
    for practitioner in Practitioner.objects.filter(pk__in=on_call):
        _be_on_call(practitioner, now)
    rebuild_free_times(actor=system_actor("rehearsal.enliven"), now=now, practitioner_ids=on_call)
    starts, ends = local_day_bounds(now.astimezone(ZoneInfo(chen.time_zone)).date(), chen.time_zone)
    today = Appointment.objects.filter(practitioner=chen, starts_at__gte=starts, starts_at__lt=ends)
    if not today.filter(visit__isnull=False).exists():
        _fill_board(chen, now)
    alarm(Dice(int(now.timestamp())), people[emails["ben"]], chen.pk, now)
    ada = people[emails["ada"]]
    soon = Appointment.objects.filter(
        patient=ada, status__in=LIVE_STATUSES, ends_at__gt=now, starts_at__lt=now + timedelta(hours=2)
    )
    if not soon.exists():
        _come(ada, chen, now, ADA_STEP, CASES[1])


def _fill_board(doctor: Practitioner, now: datetime) -> None:
    patients = iter(_someone(len(SEEN_STEPS + WAITING_STEPS + COMING_STEPS)))
    dice = Dice(int(now.timestamp()))
    cases = dice.random.sample(CASES, len(CASES))
    seen = []
    for step, patient in zip(SEEN_STEPS, patients, strict=False):
        starts_at = _at(doctor, now, step)
        if Appointment.objects.filter(practitioner=doctor, starts_at=starts_at, status="done").exists():
            continue  # seen already on the board of the day before, or of an earlier start of this one
        seen.append(
            Booked(
                id=dice.id(starts_at), patient=patient, practitioner=doctor, starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=doctor.visit_minutes), status="done", mode="video",
                case=cases.pop(), created_at=starts_at - timedelta(days=2),
            )
        )  # fmt: skip
    with transaction.atomic():
        store_appointments(seen)
        store_charts(dice, store_visits(dice, seen), set())
    for step, patient in zip(WAITING_STEPS + COMING_STEPS, patients, strict=False):
        _come(patient, doctor, now, step, cases.pop(), checks_in=step in WAITING_STEPS)


def _at(doctor: Practitioner, now: datetime, step: int) -> datetime:
    """Return the start that many steps of the doctor's calendar away from the present one."""
    minutes = doctor.visit_minutes
    return now.replace(minute=now.minute // minutes * minutes, second=0, microsecond=0) + timedelta(
        minutes=step * minutes
    )


def _someone(count: int) -> list[Person]:
    """Return grown-up patients who work nowhere, the same ones every day."""
    staff = RoleGrant.objects.filter(person=OuterRef("pk"))
    personas = [persona.email for persona in PERSONAS]
    found = Person.objects.filter(~Exists(staff), birth_on__lt="2000-01-01").exclude(user__email__in=personas)
    return list(found.order_by("pk")[:count])


def _be_on_call(practitioner: Practitioner, now: datetime) -> None:
    """Give a doctor hours around the present where the weekly ones leave it out."""
    tz = ZoneInfo(practitioner.time_zone)
    at = (now - AROUND).astimezone(tz)
    end = (now + AROUND).astimezone(tz)
    while at < end:
        next_hour = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        starts, closes = time(at.hour), time(next_hour.hour) if next_hour.hour else time(23, 59)
        works = AvailabilityRule.objects.filter(
            practitioner=practitioner, weekday=at.weekday(), starts__lte=starts, ends__gte=closes,
            valid_from_on__lte=at.date(),
        ).exclude(valid_until_on__lt=at.date())  # fmt: skip
        if not works.exists():
            AvailabilityRule.objects.create(
                practitioner=practitioner, weekday=at.weekday(), starts=starts, ends=closes,
                slot_minutes=practitioner.visit_minutes, time_zone=practitioner.time_zone, valid_from_on=at.date(),
                valid_until_on=at.date(),
            )  # fmt: skip
        at = next_hour


def _come(
    patient: Person, doctor: Practitioner, now: datetime, step: int, case: Case, *, checks_in: bool = False
) -> None:
    """Book the patient with the doctor at that step or the next free one, and check in if asked to."""
    actor = actor_for(patient)
    for later in range(6):
        starts_at = _at(doctor, now, step + later)
        booked_at = min(now, starts_at) - timedelta(hours=3)
        try:
            held = hold_appointment(
                actor=actor, now=booked_at, practitioner_id=doctor.pk, starts_at=starts_at, mode="video"
            )
        except Refusal:
            continue
        reason = case.complaint[1 if patient.language == "es" else 0]
        book_appointment(actor=actor, now=booked_at, appointment_id=held.id, reason=reason)
        if checks_in:
            _check_in(patient, held.id, starts_at)
        return


def _check_in(patient: Person, appointment_id: UUID, starts_at: datetime) -> None:
    """Arrive a few minutes early, with everything working."""
    actor = actor_for(patient)
    arrives_at = starts_at - timedelta(minutes=9)
    visit = open_visit(actor=actor, now=arrives_at, appointment_id=appointment_id)
    check_in_patient(
        actor=actor, now=arrives_at + timedelta(minutes=3), visit_id=visit.id, place="At home, Austin", region="TX",
        country="US", callback_number=patient.phone, consent_language=patient.language,
        device_test={"camera": "ok", "microphone": "ok", "speaker": "ok", "rtt_ms": 48},
    )  # fmt: skip
    enter_waiting_room(actor=actor, now=arrives_at + timedelta(minutes=4), visit_id=visit.id)
