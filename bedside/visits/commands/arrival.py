"""The patient arrives: opens the visit, checks in, waits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from bedside.consent.commands import give_consent
from bedside.directory.queries import booking_facts
from bedside.directory.rules import may_be_booked
from bedside.kernel.errors import Conflict, Invalid, NotFound
from bedside.kernel.time import zone
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.events import announce
from bedside.scheduling.commands import move_appointment
from bedside.scheduling.models import Appointment
from bedside.visits.events import ParticipantChanged, PatientCheckedIn, PatientWaiting, VisitEnded, VisitOpened
from bedside.visits.models import CheckIn, Participant, Visit
from bedside.visits.policy import ArrivalFacts
from bedside.visits.rules import clean_device_test, may_check_in
from bedside.visits.terms import ARRIVING_STATES, TOGETHER_STATES, UNLICENSED

from .steps import VisitIsOver, VisitMovedOn, ask, lock_visit, move, plain, step, write_down


class DoorNotOpenYet(Conflict):
    """It is too early to check in. The door opens 30 minutes before your visit."""


class DoorClosed(Conflict):
    """This visit was some time ago, so you can no longer check in. Book a new time, or call the clinic."""


class NotBooked(Conflict):
    """This appointment is not booked any more. Look at your appointments, or book a new time."""


class PlaceMissing(Invalid):
    """Tell us where you are today, so that help can find you if you need it."""


class PlaceNotCovered(Invalid):
    """Your doctor has no license for the place you are in today, so they cannot treat you there. Call the clinic, or
    book a doctor who can. Your visit is still booked."""


class CallbackMissing(Invalid):
    """Give a phone number with 7 to 15 digits, so that we can call you if the connection fails."""


@transaction.atomic
def open_visit(*, actor: Actor, now: datetime, appointment_id: UUID) -> Visit:
    """Open the visit of the patient's own booked appointment. Opening it again returns the same one.

    Raises: NotFound for a stranger, DoorNotOpenYet, DoorClosed, NotBooked.
    Locks: the appointment, so that two taps open one visit.
    """
    appointment = Appointment.objects.select_for_update().filter(id=appointment_id).first()
    if appointment is None:
        raise NotFound()
    facts = ArrivalFacts(appointment.patient_id, appointment.practitioner_id)
    decision = authorise(actor, "visits.open_visit", facts, Context(now))
    if already := Visit.objects.filter(appointment_id=appointment_id).first():
        return already
    if appointment.status != "booked":
        raise NotBooked()
    if door := may_check_in(appointment.starts_at, now):
        raise DoorNotOpenYet() if door == "early" else DoorClosed()
    visit = Visit.objects.create(
        appointment=appointment,
        patient_id=appointment.patient_id,
        practitioner_id=appointment.practitioner_id,
        state="opened",
        mode=appointment.mode,
        created_at=now,
    )
    for person_id, role in ((visit.patient_id, "patient"), (visit.practitioner_id, "clinician")):
        Participant.objects.create(visit=visit, person_id=person_id, role=role, state="invited")
    step(visit, "state", "", "opened", actor=actor, now=now)
    write_down(actor, "visits.open_visit", visit, now, decision)
    announce(VisitOpened(visit.id, visit.practitioner_id))
    return visit


@transaction.atomic
def check_in_patient(
    *,
    actor: Actor,
    now: datetime,
    visit_id: UUID,
    place: str,
    region: str,
    country: str,
    callback_number: str,
    consent_language: str,
    device_test: Mapping[str, Any],
) -> Visit:
    """Record where the patient is, how to call back and the consent. No clinician can join before.

    Checking in again, until the clinician lets the patient in, corrects the place and the number.

    Raises: PlaceMissing, PlaceNotCovered, CallbackMissing, VisitMovedOn, VisitIsOver.
    """
    visit = lock_visit(visit_id)
    _, decision = ask(actor, "visits.check_in_patient", visit, now)
    if visit.state in TOGETHER_STATES:
        return visit
    if visit.state not in ARRIVING_STATES:
        raise VisitIsOver()
    details = _details(place, region, country, callback_number)
    _refuse_uncovered(visit, details["region"], details["country"], now)
    details["device_test"] = clean_device_test(device_test)
    if visit.state != "opened":
        CheckIn.objects.filter(visit=visit).update(**details)
        write_down(actor, "visits.check_in_patient", visit, now, decision, again=True)
        announce(PatientCheckedIn(visit.id, visit.practitioner_id))
        return visit
    consent = give_consent(
        actor=actor,
        now=now,
        patient_id=visit.patient_id,
        kind="telehealth",
        language=consent_language,
        source=("visit", visit.id),
    )
    CheckIn.objects.create(visit=visit, consent=consent, checked_in_at=now, **details)
    move(visit, "checked_in", actor=actor, now=now)
    _arrive(actor, now, visit)
    write_down(actor, "visits.check_in_patient", visit, now, decision)
    announce(PatientCheckedIn(visit.id, visit.practitioner_id))
    return visit


def _details(place: str, region: str, country: str, callback_number: str) -> dict[str, Any]:
    place, region, country = plain(place, 200), plain(region, 10), plain(country, 10).upper()
    if not place or not region or not re.fullmatch(r"[A-Z]{2}", country):
        raise PlaceMissing()
    number = plain(callback_number, 32)
    if not 7 <= sum(c.isdecimal() for c in number) <= 15 or not re.fullmatch(r"[+\d][\d ().\-]*", number):
        raise CallbackMissing()
    return {"place": place, "region": region, "country": country, "callback_number": number}


def _refuse_uncovered(visit: Visit, region: str, country: str, now: datetime) -> None:
    """Refuse a place where the clinician has no checked licence today, as a booking from there would be."""
    doctor = booking_facts(practitioner_id=visit.practitioner_id)
    today = now.astimezone(zone(doctor.time_zone)).date()
    if may_be_booked(doctor.licenses.all(), doctor.board_certificates.all(), region, country, today).why in UNLICENSED:
        raise PlaceNotCovered()


def _arrive(actor: Actor, now: datetime, visit: Visit) -> None:
    status = Appointment.objects.values_list("status", flat=True).get(id=visit.appointment_id)
    if status == "arrived":
        return
    if status != "booked":
        raise NotBooked()
    move_appointment(actor=actor, now=now, appointment_id=visit.appointment_id, to_status="arrived", why="checked in")


@transaction.atomic
def enter_waiting_room(*, actor: Actor, now: datetime, visit_id: UUID) -> Visit:
    """Put the patient in line. Entering twice, or after being let in, changes nothing.

    Raises: VisitMovedOn before check-in, VisitIsOver.
    """
    visit = lock_visit(visit_id)
    _, decision = ask(actor, "visits.enter_waiting_room", visit, now)
    if visit.state == "waiting" or visit.state in TOGETHER_STATES:
        return visit
    if visit.state == "opened":
        raise VisitMovedOn()
    move(visit, "waiting", actor=actor, now=now, waiting_since=now)
    patient = Participant.objects.get(visit=visit, person_id=visit.patient_id)
    Participant.objects.filter(id=patient.id, state="invited").update(state="lobby", seen_at=now)
    write_down(actor, "visits.enter_waiting_room", visit, now, decision)
    announce(PatientWaiting(visit.id, visit.practitioner_id))
    announce(ParticipantChanged(visit.id, visit.practitioner_id, patient.id))
    return visit


@transaction.atomic
def cancel_visit(*, actor: Actor, now: datetime, appointment_id: UUID) -> Visit | None:
    """Close the visit of an appointment that was cancelled or moved, if one was opened and not begun."""
    authorise(actor, "visits.cancel_visit")
    visit = Visit.objects.select_for_update().filter(appointment_id=appointment_id).first()
    if visit is None or visit.state not in ARRIVING_STATES:
        return visit
    move(visit, "cancelled", actor=actor, now=now, why="appointment cancelled", ended_at=now, end_reason="cancelled")
    write_down(actor, "visits.cancel_visit", visit, now)
    announce(VisitEnded(visit.id, visit.practitioner_id))
    return visit
