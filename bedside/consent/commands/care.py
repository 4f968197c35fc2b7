"""Begin and end care, agree to a text, open a chart in an emergency."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from bedside.accounts.models import Person
from bedside.accounts.queries import holders_of
from bedside.consent.events import CareBegan, GlassBroken
from bedside.consent.models import CareRelationship, ConsentGiven
from bedside.consent.queries import consent_text, live, patient_facts, relations
from bedside.consent.rules import CareFacts
from bedside.consent.terms import BREAK_GLASS_FOR, BREAK_GLASS_NOTE_LEAST, BREAK_GLASS_NOTE_MOST
from bedside.kernel.errors import Invalid, NotFound
from bedside.kernel.ids import new_id
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_change
from bedside.platform.events import announce
from bedside.platform.notify.commands import send_email
from bedside.platform.statements import first_row

Source = tuple[str, UUID]

_BEGIN_WITH = (
    "id", "patient_id", "person_id", "reason", "source_type", "source_id", "starts_at", "ends_at", "created_by", "note"
)  # fmt: skip
#: Nothing comes back when the same thing began already.
_BEGIN = f"""
INSERT INTO care_relationship ({", ".join(_BEGIN_WITH)}) VALUES ({", ".join(f"%({name})s" for name in _BEGIN_WITH)})
ON CONFLICT DO NOTHING RETURNING id
"""  # noqa: S608  (column names are the constants above)


class EmergencyNeedsAReason(Invalid):
    """Say in a few words why you need this chart now. The patient and the privacy officer will read it."""


def begin_care(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    person_id: UUID,
    reason: str,
    source: Source | None = None,
    ends_at: datetime | None = None,
) -> CareRelationship:
    """Let a person into a patient's care. Beginning the same thing twice changes nothing.

    Why: care that began outlives the visit it began with, so that a doctor can still read what they wrote.
    """
    facts = _care_facts(actor, now, patient_id, person_id, reason, source)
    decision = authorise(actor, "consent.begin_care", facts, Context(now))
    source_type, source_id = source or ("", None)
    row = CareRelationship(
        patient_id=patient_id,
        person_id=person_id,
        reason=reason,
        source_type=source_type,
        source_id=source_id,
        starts_at=now,
        ends_at=ends_at,
        created_by=actor.person_id,
    )
    with transaction.atomic(savepoint=False):
        if first_row(_BEGIN, {name: getattr(row, name) for name in _BEGIN_WITH}) is None:
            row = CareRelationship.objects.select_for_update().get(
                patient_id=patient_id, person_id=person_id, reason=reason, source_id=source_id
            )
            if row.ends_at is None or row.ends_at > now:
                return row
            row.starts_at, row.ends_at, row.created_by = now, ends_at, actor.person_id
            row.save(update_fields=["starts_at", "ends_at", "created_by"])
        record_change(
            actor=actor,
            action="consent.begin_care",
            now=now,
            patient_id=patient_id,
            resource=("CareRelationship", row.id),
            reason=decision.reason,
            detail={"relation": reason, "person": str(person_id)},
        )
        announce(CareBegan(row.id))
        return row


@transaction.atomic
def end_care(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    person_id: UUID,
    reason: str,
    source: Source | None = None,
) -> int:
    """End that relationship now (with a source: only the one that began there). Return how many ended."""
    facts = _care_facts(actor, now, patient_id, person_id, reason, source)
    decision = authorise(actor, "consent.end_care", facts, Context(now))
    rows = live(now).filter(patient_id=patient_id, person_id=person_id, reason=reason)
    if source is not None:
        rows = rows.filter(source_type=source[0], source_id=source[1])
    ended = 0
    for row in rows.select_for_update():
        row.ends_at = max(now, row.starts_at + timedelta(microseconds=1))
        row.save(update_fields=["ends_at"])
        ended += 1
        record_change(
            actor=actor,
            action="consent.end_care",
            now=now,
            patient_id=patient_id,
            resource=("CareRelationship", row.id),
            reason=decision.reason,
            detail={"relation": reason, "person": str(person_id)},
        )
    return ended


@transaction.atomic
def give_consent(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    kind: str,
    language: str,
    source: Source | None = None,
) -> ConsentGiven:
    """Record that the patient, or their proxy, agreed to the present text of that kind."""
    facts = patient_facts(actor=actor, patient_id=patient_id, now=now)
    decision = authorise(actor, "consent.give_consent", facts, Context(now))
    text = consent_text(kind, language)
    source_type, source_id = source or ("", None)
    given = ConsentGiven.objects.create(
        patient_id=patient_id,
        kind=kind,
        text_version=text.version,
        text_language=text.language,
        text_sha256=text.sha256,
        given_by_id=actor.person_key,
        given_at=now,
        source_type=source_type,
        source_id=source_id,
    )
    record_change(
        actor=actor,
        action="consent.give_consent",
        now=now,
        patient_id=patient_id,
        resource=("ConsentGiven", given.id),
        reason=decision.reason,
        detail={"kind": kind, "version": text.version, "language": text.language},
    )
    return given


@transaction.atomic
def break_glass(*, actor: Actor, now: datetime, patient_id: UUID, note: str) -> CareRelationship:
    """Open one chart in an emergency, for four hours, with a reason that others will read.

    Raises: EmergencyNeedsAReason; NotFound when there is no such patient.
    """
    facts = patient_facts(actor=actor, patient_id=patient_id, now=now)
    authorise(actor, "consent.break_glass", facts, Context(now))
    note = " ".join(note.replace("\x00", " ").split())
    if not BREAK_GLASS_NOTE_LEAST <= len(note) <= BREAK_GLASS_NOTE_MOST:
        raise EmergencyNeedsAReason()
    if not Person.objects.select_for_update().filter(id=patient_id).exists():
        raise NotFound()
    mine = live(now).filter(patient_id=patient_id, person_id=actor.person_key, reason="break_glass")
    if already := mine.first():
        return already
    row = CareRelationship.objects.create(
        patient_id=patient_id,
        person_id=actor.person_key,
        reason="break_glass",
        source_type="emergency",
        source_id=new_id(),
        starts_at=now,
        ends_at=now + BREAK_GLASS_FOR,
        created_by=actor.person_id,
        note=note,
    )
    record_change(
        actor=actor,
        action="consent.break_glass",
        now=now,
        patient_id=patient_id,
        resource=("CareRelationship", row.id),
        reason="break_glass",
    )
    _tell_privacy_officers(row, now)
    announce(GlassBroken(row.id))
    return row


def _tell_privacy_officers(row: CareRelationship, now: datetime) -> None:
    """Owe each privacy officer a mail, in the transaction that opens the chart. It names nobody."""
    for user in holders_of("privacy_officer", now=now):
        send_email(
            now=now,
            dedupe_key=f"glass:{row.id}:{user.id}",
            to=user.email,
            template="consent/mail/glass_broken",
            language=user.person.language,
            time_zone=user.person.time_zone,
            context={"opened_at": now.isoformat()},
        )


def _care_facts(
    actor: Actor, now: datetime, patient_id: UUID, person_id: UUID, reason: str, source: Source | None
) -> CareFacts:
    is_own = actor.person_id == patient_id  # a patient decides about their own care; nothing else counts then
    held = frozenset({"self"}) if is_own else relations(actor=actor, patient_id=patient_id, now=now)
    return CareFacts(patient_id, person_id, reason, source[0] if source else "", held)
