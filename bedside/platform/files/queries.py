"""Open a file someone added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from bedside.kernel.errors import NotFound
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_view

from .models import StoredFile
from .policy import facts_of
from .store import open_stored


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file and its bytes, ready to be read."""

    file: StoredFile
    stream: BinaryIO


def open_file(*, actor: Actor, now: datetime, file_id: UUID) -> OpenedFile:
    """Open a file for reading, and write down that it was seen. Raises: NotFound."""
    stored = StoredFile.objects.filter(id=file_id).first()
    if stored is None:
        raise NotFound()
    decision = authorise(actor, "files.open_file", facts_of(actor, stored, now), Context(now))
    stream = open_stored(stored.sha256)
    record_view(
        actor=actor,
        action="files.open_file",
        now=now,
        patient_id=stored.patient_id,
        resource=("StoredFile", stored.id),
        reason=decision.reason,
        detail={"type": stored.media_type},
    )
    return OpenedFile(stored, stream)
