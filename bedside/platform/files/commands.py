"""Keep a file someone added."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from bedside.kernel.errors import Invalid
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.write import record_change

from .models import StoredFile
from .sniff import cleaned, safe_name
from .store import put
from .terms import FILE_BYTES_MOST


class FileTooLarge(Invalid):
    """This file is larger than 20 MB. Make it smaller, or add it in parts."""


class FileEmpty(Invalid):
    """This file is empty. Choose another one."""


def store_file(
    *,
    actor: Actor,
    now: datetime,
    stream: BinaryIO,
    name: str,
    patient_id: UUID | None = None,
    source: tuple[str, UUID] | None = None,
) -> StoredFile:
    """Store what the stream holds, as what it really is. `source` names the thing it was added to.

    The bytes reach the disk before the row does, so a row always has its bytes; bytes without a row (a crash
    in between) are harmless.

    Raises: FileTooLarge, FileEmpty, FileKindNotTaken, FileBroken, ImageTooLarge, StoreFull.
    """
    decision = authorise(actor, "files.store_file")
    content = stream.read(FILE_BYTES_MOST + 1)
    if len(content) > FILE_BYTES_MOST:
        raise FileTooLarge()
    if not content:
        raise FileEmpty()
    kept, media_type = cleaned(content)
    sha256 = put(kept)
    source_type, source_id = source or ("", None)
    with transaction.atomic():
        stored = StoredFile.objects.create(
            sha256=sha256,
            bytes=len(kept),
            media_type=media_type,
            name=safe_name(name, media_type),
            owner_id=actor.person_id,
            patient_id=patient_id,
            source_type=source_type,
            source_id=source_id,
            created_at=now,
        )
        record_change(
            actor=actor,
            action="files.store_file",
            now=now,
            patient_id=patient_id,
            resource=("StoredFile", stored.id),
            reason=decision.reason,
            detail={"type": media_type, "bytes": len(kept)},
        )
    return stored


def keep_made_file(
    *,
    actor: Actor,
    now: datetime,
    content: bytes,
    media_type: str,
    name: str,
    language: str,
    patient_id: UUID,
    source: tuple[str, UUID],
) -> StoredFile:
    """Keep a file that the house made for a patient, as it is. `source` names the thing it is about.

    Raises: StoreFull.
    """
    decision = authorise(actor, "files.keep_made_file")
    sha256 = put(content)
    with transaction.atomic():
        stored = StoredFile.objects.create(
            sha256=sha256,
            bytes=len(content),
            media_type=media_type,
            name=safe_name(name, media_type),
            language=language,
            patient_id=patient_id,
            source_type=source[0],
            source_id=source[1],
            created_at=now,
        )
        record_change(
            actor=actor,
            action="files.keep_made_file",
            now=now,
            patient_id=patient_id,
            resource=("StoredFile", stored.id),
            reason=decision.reason,
            detail={"type": media_type, "bytes": len(content)},
        )
    return stored
