"""Close committed rows for good, a batch at a time."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from bedside.platform.access import Actor, authorise

from .models import AuditEvent, AuditSeal
from .rules import COLUMNS, GENESIS, leaf_hash, row_bytes, seal_hash, tree_hash
from .terms import LATE_COMMIT, SEAL_ROWS, SEALS_PER_RUN

log = logging.getLogger(__name__)

#: Any number, the same everywhere: whoever seals holds this lock.
SEALER_LOCK = 5_160_417

_UNSEALED = """
    SELECT e.id FROM audit_event e
    WHERE e.id > %(floor)s AND NOT EXISTS (
        SELECT 1 FROM (SELECT unnest(event_ids) AS id FROM audit_seal WHERE last_event_id > %(floor)s) s
        WHERE s.id = e.id)
    ORDER BY e.id LIMIT %(rows)s
"""


def seal_events(*, actor: Actor, now: datetime) -> int:
    """Seal every committed row that is not sealed yet. Return how many were.

    Locks: one sealer at a time; a second one that comes meanwhile does nothing and says 0.
    """
    authorise(actor, "audit.seal_events")
    sealed = 0
    for _ in range(SEALS_PER_RUN):
        count = _seal_batch(now)
        sealed += count
        if count < SEAL_ROWS:
            break
    return sealed


@transaction.atomic
def _seal_batch(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        if cursor.fetchone() != (True,):
            return 0
        cursor.execute(_UNSEALED, {"floor": _floor(now), "rows": SEAL_ROWS})
        ids = [event_id for (event_id,) in cursor.fetchall()]
    if not ids:
        return 0
    rows = AuditEvent.objects.filter(id__in=ids).order_by("id").values(*COLUMNS)
    leaves = [leaf_hash(row_bytes(row)) for row in rows]
    last = AuditSeal.objects.order_by("-number").only("number", "hash").first()
    number, prev_hash = (last.number + 1, last.hash) if last else (1, GENESIS)
    root = tree_hash(leaves).hex()
    seal = AuditSeal.objects.create(
        number=number,
        sealed_at=now,
        event_ids=ids,
        last_event_id=ids[-1],
        leaves=b"".join(leaves),
        root=root,
        prev_hash=prev_hash,
        hash=seal_hash(number=number, sealed_at=now, count=len(ids), root=root, prev_hash=prev_hash),
    )
    transaction.on_commit(lambda: _witness(seal))
    return len(ids)


def _floor(now: datetime) -> int:
    """Return an id below which nothing can still be waiting for its seal.

    Why: ids are given out before rows commit, so a row may show up behind younger ones that are sealed already.
    """
    settled = AuditSeal.objects.filter(sealed_at__lt=now - LATE_COMMIT).order_by("-number").first()
    return settled.last_event_id if settled else 0


def heads_file(genesis_hash: str) -> Path:
    """Return the file outside the database in which the seals of this chain are witnessed."""
    return Path(settings.DATA_DIR) / "audit" / f"heads-{genesis_hash[:16]}.log"


def _witness(seal: AuditSeal) -> None:
    """Write the seal's number and hash outside the database, where whoever rewrites the tables must reach too."""
    first = seal if seal.number == 1 else AuditSeal.objects.only("hash").get(number=1)
    path = heads_file(first.hash)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="ascii") as file:
            file.write(f"{seal.number} {seal.hash}\n")
    except OSError:
        log.exception("could not witness audit seal %s", seal.number)
