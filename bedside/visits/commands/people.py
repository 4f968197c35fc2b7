"""Who else is in the room: invite, let in, turn away, send out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bedside.accounts.models import Person, RoleGrant
from bedside.consent.commands import begin_care
from bedside.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from bedside.platform.access import Actor
from bedside.platform.events import announce
from bedside.visits.events import ParticipantChanged
from bedside.visits.models import Participant, Visit
from bedside.visits.terms import GUEST_ROLES, HELPER_CARE_FOR, LIVE_STATES, PUT_OUT_STATES, STAFF_PARTICIPANTS

from .conduct import admit_patient, let_in
from .steps import VisitIsOver, ask, lock_visit, step, write_down


class NotAGuestRole(Invalid):
    """A nurse, a telepresenter or a family member can be invited. Choose one of these."""


class NotOnTheStaff(Conflict):
    """This person does not work here in that role now. Invite them as family, or choose someone else."""


class PatientStays(NotAllowed):
    """A patient cannot be put out of their own visit. To stop, end the visit."""


@transaction.atomic
def invite_participant(*, actor: Actor, now: datetime, visit_id: UUID, person_id: UUID, role: str) -> Participant:
    """Invite someone into the visit. Staff come straight in; family wait to be let in. Twice is once.

    Staff who help get a relation with the patient for a day, so that they can do their part.

    Raises: NotAGuestRole, NotOnTheStaff, NotFound for an unknown person, VisitIsOver.
    """
    visit = lock_visit(visit_id)
    _, decision = ask(actor, "visits.invite_participant", visit, now)
    _must_live(visit)
    if role not in GUEST_ROLES:
        raise NotAGuestRole()
    if not Person.objects.filter(id=person_id).exists():
        raise NotFound()
    is_staff = role in STAFF_PARTICIPANTS
    if is_staff and not _holds_role(person_id, role, now):
        raise NotOnTheStaff()
    already = Participant.objects.select_for_update().filter(visit=visit, person_id=person_id).first()
    if already and already.state not in PUT_OUT_STATES:
        return already
    guest = already or Participant(visit=visit, person_id=person_id)
    guest.role, guest.state = role, "invited"
    guest.admitted_at = now if is_staff else None
    guest.save()
    if is_staff:
        begin_care(
            actor=actor,
            now=now,
            patient_id=visit.patient_id,
            person_id=person_id,
            reason="treating",
            source=("visit", visit.id),
            ends_at=now + HELPER_CARE_FOR,
        )
    step(visit, "people", "", "invited", actor=actor, now=now, why=role)
    write_down(actor, "visits.invite_participant", visit, now, decision, role=role, participant=str(guest.id))
    announce(ParticipantChanged(visit.id, visit.practitioner_id, guest.id))
    return guest


def _holds_role(person_id: UUID, role: str, now: datetime) -> bool:
    grants = RoleGrant.objects.filter(person_id=person_id, role=role, starts_at__lte=now)
    return grants.exclude(ends_at__lte=now).exists()


def _must_live(visit: Visit) -> None:
    if visit.state not in LIVE_STATES:
        raise VisitIsOver()


def _guest(visit: Visit, participant_id: UUID) -> Participant:
    found = Participant.objects.select_for_update().filter(visit=visit, id=participant_id).first()
    if found is None:
        raise NotFound()
    return found


@transaction.atomic
def admit_participant(*, actor: Actor, now: datetime, visit_id: UUID, participant_id: UUID) -> Participant:
    """Let a waiting person in. For the patient this starts the visit."""
    visit = lock_visit(visit_id)
    _, decision = ask(actor, "visits.admit_participant", visit, now)
    _must_live(visit)
    guest = _guest(visit, participant_id)
    if guest.role == "patient":
        admit_patient(actor=actor, now=now, visit_id=visit_id)
        guest.refresh_from_db()
        return guest
    if guest.state in PUT_OUT_STATES:
        raise NotFound()
    if guest.admitted_at is None:
        let_in(visit, guest, now)
        _tell(actor, "visits.admit_participant", visit, now, guest, "admitted", decision.reason)
    return guest


@transaction.atomic
def deny_participant(*, actor: Actor, now: datetime, visit_id: UUID, participant_id: UUID) -> Participant:
    """Turn away someone who waits at the door. Raises: PatientStays."""
    return _put_out(actor, now, visit_id, participant_id, "visits.deny_participant", "denied")


@transaction.atomic
def remove_participant(*, actor: Actor, now: datetime, visit_id: UUID, participant_id: UUID) -> Participant:
    """Send someone out of the room. They can come back only if invited again. Raises: PatientStays."""
    return _put_out(actor, now, visit_id, participant_id, "visits.remove_participant", "removed")


def _put_out(
    actor: Actor, now: datetime, visit_id: UUID, participant_id: UUID, action: str, to_state: str
) -> Participant:
    visit = lock_visit(visit_id)
    _, decision = ask(actor, action, visit, now)
    guest = _guest(visit, participant_id)
    if guest.role in ("patient", "clinician"):
        raise PatientStays()
    if guest.state in PUT_OUT_STATES:
        return guest
    guest.state, guest.admitted_at = to_state, None
    guest.save(update_fields=["state", "admitted_at"])
    _tell(actor, action, visit, now, guest, to_state, decision.reason)
    return guest


def _tell(
    actor: Actor, action: str, visit: Visit, now: datetime, guest: Participant, to_state: str, reason: str
) -> None:
    step(visit, "people", "", to_state, actor=actor, now=now, why=guest.role)
    write_down(actor, action, visit, now, None, role=guest.role, participant=str(guest.id), by=reason)
    announce(ParticipantChanged(visit.id, visit.practitioner_id, guest.id))
