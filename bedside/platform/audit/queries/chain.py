"""Check the sealed log, row by row and seal by seal. It reads; it never mends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from bedside.platform.access import Actor, authorise
from bedside.platform.audit.commands import heads_file
from bedside.platform.audit.models import AuditEvent, AuditSeal
from bedside.platform.audit.rules import COLUMNS, GENESIS, leaf_hash, row_bytes, seal_hash, split_leaves, tree_hash
from bedside.platform.audit.terms import SEAL_WITHIN

SEALS_AT_ONCE = 100

_WAITING = """
    SELECT count(*), min(e.at) FROM audit_event e
    WHERE NOT EXISTS (SELECT 1 FROM (SELECT unnest(event_ids) AS id FROM audit_seal) s WHERE s.id = e.id)
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the log is not as it was sealed. `code` is stable; `message` is for people."""

    code: str
    message: str
    seal_number: int | None = None
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class LogReport:
    """What a check of the whole log found. `head` is the hash of the last seal."""

    seals: int
    events: int
    waiting: int
    head: str
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    @property
    def is_whole(self) -> bool:
        """Say whether every row is as it was written."""
        return not self.findings


def chain_head() -> AuditSeal | None:
    """Return the last seal. Its hash stands for the whole log up to then, and may be shown to anyone."""
    return AuditSeal.objects.order_by("-number").only("number", "sealed_at", "hash").first()


def verify_log(*, actor: Actor, now: datetime) -> LogReport:
    """Check every seal against the rows it closed, the seal before it and the witness outside the database."""
    authorise(actor, "audit.verify_log")
    findings: list[Finding] = []
    prev_hash, expected, events = GENESIS, 1, 0
    hashes: dict[int, str] = {}
    for seal, rows in _seals_with_rows():
        findings += _check_place(seal, expected, prev_hash)
        findings += _check_rows(seal, rows)
        prev_hash, expected, events = seal.hash, seal.number + 1, events + len(seal.event_ids)
        hashes[seal.number] = seal.hash
    findings += _check_witness(hashes)
    waiting, oldest = _waiting()
    if oldest is not None and now - oldest > SEAL_WITHIN:
        findings.append(
            Finding("unsealed", f"{waiting} rows wait for their seal, the oldest since {oldest:%F %T} UTC.")
        )
    return LogReport(len(hashes), events, waiting, prev_hash, tuple(findings))


def _seals_with_rows() -> Iterator[tuple[AuditSeal, dict[int, dict[str, Any]]]]:
    after = 0
    while seals := list(AuditSeal.objects.filter(number__gt=after).order_by("number")[:SEALS_AT_ONCE]):
        ids = [event_id for seal in seals for event_id in seal.event_ids]
        rows = {row["id"]: row for row in AuditEvent.objects.filter(id__in=ids).values(*COLUMNS)}
        for seal in seals:
            yield seal, rows
        after = seals[-1].number


def _check_place(seal: AuditSeal, expected: int, prev_hash: str) -> Iterator[Finding]:
    number = seal.number
    if number != expected:
        yield Finding("seal_missing", f"Seal {expected} is missing; seal {number} comes next.", number)
    if seal.prev_hash != prev_hash:
        yield Finding("chain_broken", f"Seal {number} does not follow from the seal before it.", number)
    again = seal_hash(
        number=number,
        sealed_at=seal.sealed_at,
        count=len(seal.event_ids),
        root=seal.root,
        prev_hash=seal.prev_hash,
    )
    if seal.hash != again:
        yield Finding("seal_changed", f"Seal {number} was changed after it was made.", number)


def _check_rows(seal: AuditSeal, rows: dict[int, dict[str, Any]]) -> Iterator[Finding]:
    number, leaves = seal.number, split_leaves(bytes(seal.leaves))
    if len(leaves) != len(seal.event_ids) or tree_hash(leaves).hex() != seal.root:
        yield Finding("leaves_changed", f"The fingerprints in seal {number} were changed.", number)
    for event_id, leaf in zip(seal.event_ids, leaves, strict=False):
        row = rows.get(event_id)
        if row is None:
            yield Finding("row_missing", f"Row {event_id}, sealed in seal {number}, is gone.", number, event_id)
        elif leaf_hash(row_bytes(row)) != leaf:
            yield Finding("row_changed", f"Row {event_id} was changed after seal {number} closed it.", number, event_id)


def _check_witness(hashes: dict[int, str]) -> Iterator[Finding]:
    if not hashes:
        return
    path = heads_file(hashes.get(1, GENESIS))
    if not path.exists():
        yield Finding("witness_missing", "The file that witnesses the seals outside the database is not there.")
        return
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        number, _, seen = line.partition(" ")
        if number.isdigit() and hashes.get(int(number)) != seen:
            yield Finding("witness_differs", f"Seal {number} is not the one that was witnessed.", int(number))


def _waiting() -> tuple[int, datetime | None]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        count, oldest = cursor.fetchone()
    return count, oldest
