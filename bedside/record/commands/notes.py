"""Notes: written in drafts that two tabs cannot lose, signed once, then only ever added to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from bedside.fhir.commands import ResourceGone, store_resource
from bedside.fhir.queries import history
from bedside.fhir.terms import LOINC
from bedside.kernel.errors import Conflict, Invalid
from bedside.platform.access import Actor
from bedside.platform.audit.write import record_change
from bedside.platform.events import announce
from bedside.record import policy, shapes
from bedside.record.events import ChartChanged, NoteSigned
from bedside.record.guard import allow
from bedside.record.models import NoteDraft, NoteSignature
from bedside.record.rules import clean, clean_sections, is_empty, sha256_of
from bedside.record.terms import LONGEST_SECTION
from bedside.record.terms.notes import ADDENDUM, SECTIONS, TEMPLATES


class NoteAlreadySigned(Conflict):
    """This note is signed and never changes. Add an addendum instead; nothing you typed is lost."""


class NoteChanged(Conflict):
    """This note was changed in another tab or window. Both versions are below; keep what you need and save again."""


class NoteEmpty(Invalid):
    """There is nothing in this note yet. Write at least one part, then sign."""


class UnknownTemplate(Invalid):
    """We do not know that kind of note. Choose one from the list; nothing you typed is lost."""


def save_note_draft(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    visit_id: UUID,
    sections: Mapping[str, str],
    revision: int = 0,
    template: str = "general",
) -> NoteDraft:
    """Save what the author has written so far. `revision` is the one the text was based on; 0 for a new draft.

    Saving the same text again changes nothing.
    Raises: NotYoursToWrite, NoteChanged, NoteAlreadySigned, TextTooLong, TextUnreadable. Locks: the draft's row.
    """
    allow(actor=actor, action=policy.NOTE, patient_id=patient_id, now=now)
    if template not in TEMPLATES:
        raise UnknownTemplate()
    kept = clean_sections(sections)
    with transaction.atomic():
        if NoteSignature.objects.filter(visit_id=visit_id, signed_by_id=actor.person_id, is_addendum=False).exists():
            raise NoteAlreadySigned()
        draft, is_new = NoteDraft.objects.select_for_update().get_or_create(
            visit_id=visit_id,
            author_id=actor.person_id,
            defaults={"patient_id": patient_id, "template": template, "sections": kept, "saved_at": now},
        )
        if draft.patient_id != patient_id:
            raise ResourceGone()
        if is_new or (draft.sections == kept and draft.template == template):
            return draft
        if draft.revision != revision:
            raise NoteChanged()
        draft.sections, draft.template, draft.saved_at = kept, template, now
        draft.revision += 1
        draft.save(update_fields=["sections", "template", "saved_at", "revision"])
    return draft


def sign_note(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    visit_id: UUID,
    revision: int | None = None,
    sections: Mapping[str, str] | None = None,
    template: str = "general",
) -> NoteSignature:
    """Sign the author's draft of a visit: stored as a document, hashed, sealed, and never changed again.

    With `sections` they are saved first, as `save_note_draft` does. Signing the same revision twice gives the first
    signature back.
    Raises: NotYoursToWrite, NoteChanged when the draft is not the revision signed, NoteEmpty, NoteAlreadySigned.
    Locks: the draft's row.
    """
    reason = allow(actor=actor, action=policy.NOTE, patient_id=patient_id, now=now)
    with transaction.atomic():
        signed = NoteSignature.objects.filter(
            visit_id=visit_id, signed_by_id=actor.person_id, is_addendum=False
        ).first()
        if signed is not None:
            return _signed_before(signed, revision)
        if sections is not None:
            draft = save_note_draft(
                actor=actor, now=now, patient_id=patient_id, visit_id=visit_id, sections=sections,
                revision=revision or 0, template=template,
            )  # fmt: skip
            revision = draft.revision
        draft = _locked_draft(actor=actor, patient_id=patient_id, visit_id=visit_id, revision=revision)
        kept = {key: draft.sections.get(key, "") for key in SECTIONS}
        resource = shapes.note(
            patient_id=patient_id, visit_id=visit_id, title=TEMPLATES[draft.template].name, template=draft.template,
            sections=kept, titles=SECTIONS, author=(actor.person_id, actor.name), now=now,
        )  # fmt: skip
        sealed = _seal(
            actor=actor, now=now, patient_id=patient_id, visit_id=visit_id, resource=resource, reason=reason,
            revision=draft.revision, is_addendum=False,
        )  # fmt: skip
        draft.delete()
        return sealed


def _locked_draft(*, actor: Actor, patient_id: UUID, visit_id: UUID, revision: int | None) -> NoteDraft:
    draft = (
        NoteDraft.objects.select_for_update()
        .filter(visit_id=visit_id, author_id=actor.person_id, patient_id=patient_id)
        .first()
    )
    if draft is None or is_empty(draft.sections):
        raise NoteEmpty()
    if revision is not None and revision != draft.revision:
        raise NoteChanged()
    return draft


def _signed_before(signed: NoteSignature, revision: int | None) -> NoteSignature:
    if revision is not None and signed.draft_revision in {revision, revision + 1}:
        return signed
    raise NoteAlreadySigned()


def add_addendum(*, actor: Actor, now: datetime, patient_id: UUID, note_id: UUID, text: str) -> NoteSignature:
    """Add a signed correction or afterthought to a signed note. The note itself stays as it was.

    Raises: NotYoursToWrite, ResourceGone, TextMissing, TextTooLong.
    """
    reason = allow(actor=actor, action=policy.NOTE, patient_id=patient_id, now=now)
    said = clean(text, most=LONGEST_SECTION, needed=True)
    with transaction.atomic():
        original = NoteSignature.objects.filter(note_id=note_id, patient_id=patient_id, is_addendum=False).first()
        if original is None:
            raise ResourceGone()
        resource = shapes.note(
            patient_id=patient_id, visit_id=original.visit_id, title=ADDENDUM, template=shapes.ADDENDUM_TYPE,
            sections={"addendum": said}, titles={"addendum": ADDENDUM}, author=(actor.person_id, actor.name), now=now,
            appends=note_id,
        )  # fmt: skip
        return _seal(
            actor=actor, now=now, patient_id=patient_id, visit_id=original.visit_id, resource=resource, reason=reason,
            revision=None, is_addendum=True,
        )  # fmt: skip


def _seal(
    *, actor: Actor, now: datetime, patient_id: UUID, visit_id: UUID | None, resource: dict[str, object], reason: str,
    revision: int | None, is_addendum: bool,
) -> NoteSignature:  # fmt: skip
    code = f"{LOINC}|{shapes.NOTE_TYPE}"
    stored = store_resource(actor=actor, now=now, resource=resource, patient_id=patient_id, code=code, at=now)
    digest = sha256_of(history(type="Composition", id=stored.id)[0].body)
    who = (actor.person_id, actor.name)
    proof = shapes.signature(patient_id=patient_id, note_id=stored.id, sha256=digest, author=who, now=now)
    store_resource(actor=actor, now=now, resource=proof, patient_id=patient_id, at=now)
    try:
        with transaction.atomic():
            sealed = NoteSignature.objects.create(
                note_id=stored.id, patient_id=patient_id, visit_id=visit_id, signed_by_id=actor.person_key,
                signed_at=now, sha256=digest, draft_revision=revision, is_addendum=is_addendum,
            )  # fmt: skip
    except IntegrityError as error:
        raise NoteAlreadySigned() from error
    record_change(
        actor=actor, action="record.add_addendum" if is_addendum else "record.sign_note", now=now,
        patient_id=patient_id, resource=("Composition", stored.id), reason=reason, detail={"sha256": digest},
    )  # fmt: skip
    announce(ChartChanged(patient_id, visit_id))
    announce(NoteSigned(stored.id, patient_id, visit_id))
    return sealed
