"""Take files in. Their bytes reach the disk before anything is known of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bedside.accounts.models import RoleGrant
from bedside.consent.terms import CLINICAL_ROLES
from bedside.intake.models import ImportRun
from bedside.intake.opening import FileNotTaken, open_given
from bedside.intake.terms import FILE_NAME_MOST, SOURCE_MOST, WORDS_MOST
from bedside.kernel.errors import Invalid
from bedside.kernel.ids import new_id
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.write import record_change
from bedside.platform.files.store import open_stored, put
from bedside.platform.jobs import defer

#: Files about the patients of others come after these, however many are given.
_AFTER = 1_000_000


class NothingGiven(Invalid):
    """Choose at least one file, and say in a few letters where it comes from."""


class NotAClinician(Invalid):
    """Pick someone who treats patients here, or leave it to nobody."""


def give_files(
    *,
    actor: Actor,
    now: datetime,
    source: str,
    files: Sequence[tuple[str, bytes]],
    treating_id: UUID | None = None,
    group_id: UUID | None = None,
    is_by_hand: bool = False,
) -> list[ImportRun]:
    """Take files of one source in, and have them looked through. A file that cannot be taken says why in its row.

    Shape: `files` are (name, content); an archive becomes one row for each file in it. `group_id` adds them to files
    given before. With `is_by_hand` nobody is asked to look through them: the caller does.
    Raises: NothingGiven, NotAClinician.
    """
    authorise(actor, "intake.import_files" if actor.job else "intake.import_records")
    source = " ".join(source.replace("\x00", " ").split())[:SOURCE_MOST]
    if not source or not files:
        raise NothingGiven()
    if treating_id is not None and not _treats(treating_id, now):
        raise NotAClinician()
    group_id, runs = group_id or new_id(), []
    for name, content in files:
        runs += _taken(actor, now, group_id, source, name, content, treating_id)
    given_before = ImportRun.objects.filter(group_id=group_id).count()
    for number, run in enumerate(runs, start=given_before + 1):
        run.number = number if _begins_with_patients(run) else number + _AFTER
    with transaction.atomic():
        ImportRun.objects.bulk_create(runs)
        record_change(
            actor=actor, action="intake.import_records", now=now, resource=("ImportGroup", group_id),
            reason=actor.job or "audience", detail={"files": len(runs)},
        )  # fmt: skip
        if not is_by_hand:
            defer("intake.look_through", group_id=str(group_id))
    return runs


def _treats(person_id: UUID, now: datetime) -> bool:
    grants = RoleGrant.objects.filter(person_id=person_id, role__in=CLINICAL_ROLES, starts_at__lte=now)
    return grants.exclude(ends_at__lte=now).exists()


def _begins_with_patients(run: ImportRun) -> bool:
    """Say whether a file of lines is one of patients: those of other types, given with it, are about them."""
    if run.kind != "ndjson":
        return True
    with open_stored(run.sha256) as stream:
        return b'"Patient"' in stream.read(400).split(b"\n", 1)[0].split(b'"id"', 1)[0]


def _taken(
    actor: Actor, now: datetime, group_id: UUID, source: str, name: str, content: bytes, treating_id: UUID | None
) -> list[ImportRun]:
    """Return a row for each file that was given, or for why it cannot be taken."""
    shown = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()) or "file"
    common = {
        "group_id": group_id,
        "source": source,
        "by_id": actor.person_id,
        "by_name": actor.name or "Bedside",
        "is_by_administrator": bool(actor.job) or actor.has("administrator"),
        "treating_id": treating_id,
        "given_at": now,
    }
    try:
        opened = open_given(shown, content)
    except FileNotTaken as refused:
        return [
            ImportRun(
                **common, file_name=shown[:FILE_NAME_MOST], sha256=hashlib.sha256(content).hexdigest(),
                bytes=len(content), kind="", state="failed", ended_at=now, reason=refused.reason,
                words=refused.words[:WORDS_MOST],
            )
        ]  # fmt: skip
    return [
        ImportRun(
            **common, file_name=one.name[:FILE_NAME_MOST], sha256=put(one.content), bytes=len(one.content),
            kind=one.kind,
        )
        for one in opened
    ]  # fmt: skip
