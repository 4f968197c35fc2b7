"""The letter after a visit, kept as a document once the note is signed: as it stood then, in the patient's language."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation

from bedside.kernel.time import zone
from bedside.platform.access import Actor, authorise
from bedside.platform.files.commands import keep_made_file
from bedside.platform.files.models import StoredFile
from bedside.record.models import NoteSignature
from bedside.visits.letter import write_letter
from bedside.visits.models import Visit
from bedside.visits.queries.summary import visit_summary
from bedside.visits.summary_pdf import set_letter
from bedside.visits.terms import LETTER_FILES

log = logging.getLogger(__name__)

KEEP = "visits.keep_letter"
_SIGNED = NoteSignature.objects.filter(visit_id=OuterRef("pk"), is_addendum=False)
_KEPT = StoredFile.objects.filter(source_type=LETTER_FILES, source_id=OuterRef("pk"))


@transaction.atomic
def keep_letter(*, actor: Actor, now: datetime, visit_id: UUID) -> StoredFile | None:
    """Keep the letter of a visit as a PDF. Return None when it is kept already, or there is nothing to keep yet.

    Times that are held for a moment are left out: a document outlives them.
    Locks: the visit.
    """
    authorise(actor, KEEP)
    owed = Visit.objects.filter(Exists(_SIGNED), ~Exists(_KEPT), pk=visit_id, state="ended")
    visit = owed.select_for_update(of=("self",)).select_related("patient").first()
    # Asked again under the lock: another may have kept it while this one waited.
    if visit is None or not owed.exists():
        return None
    person = visit.patient
    found = visit_summary(actor=actor, visit_id=visit_id, now=now, action=KEEP)
    language = person.language if person.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        letter = write_letter(replace(found, relation="self", offered=()), time_zone=person.time_zone)
    day = (visit.started_at or visit.created_at).astimezone(zone(person.time_zone)).date()
    return keep_made_file(
        actor=actor,
        now=now,
        content=set_letter(letter, now=now),
        media_type="application/pdf",
        name=f"visit-{day.isoformat()}-{language}.pdf",
        language=language,
        patient_id=visit.patient_id,
        source=(LETTER_FILES, visit_id),
    )


def keep_letters(*, actor: Actor, now: datetime, most: int) -> int:
    """Keep up to `most` letters that are not kept yet, the newest visits first. Return how many were.

    A letter that cannot be set stands in the log and in nobody's way.
    """
    authorise(actor, KEEP)
    owed = Visit.objects.filter(Exists(_SIGNED), ~Exists(_KEPT), state="ended").order_by("-created_at")
    kept = 0
    for visit_id in list(owed.values_list("pk", flat=True)[:most]):
        try:
            kept += keep_letter(actor=actor, now=now, visit_id=visit_id) is not None
        except Exception:
            log.exception("the letter of a visit could not be kept", extra={"code": str(visit_id)})
    return kept
