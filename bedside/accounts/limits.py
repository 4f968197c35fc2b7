"""How often one may try: a token bucket in PostgreSQL, shared by every process and server.

One statement takes a token or says no, so two servers cannot both give away the last one. The table is
unlogged: a crash of the database forgives, it never locks anyone out. When the database cannot answer, the
caller gets an error and nobody signs in: it fails closed.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b

from django.db import connection

from bedside.kernel.errors import Refusal

from .terms import Limit

_TAKE = """
INSERT INTO rate_bucket AS b (key, tokens, is_allowed, taken_at)
VALUES (%(key)s, %(most)s - 1, true, %(now)s)
ON CONFLICT (key) DO UPDATE SET
  tokens = full_now.tokens - CASE WHEN full_now.tokens >= 1 THEN 1 ELSE 0 END,
  is_allowed = full_now.tokens >= 1,
  taken_at = greatest(b.taken_at, excluded.taken_at)
"""

_LEVEL = "least(%(most)s, b.tokens + greatest(0, extract(epoch FROM excluded.taken_at - b.taken_at)) / %(refill)s)"


class TooManyTries(Refusal):
    """That was tried too often. Wait a few minutes, then try again. Nothing of yours was lost."""

    status = 429


def take_try(*, action: str, key: str, limit: Limit, now: datetime) -> None:
    """Take one try at an action for a key (an address, a login), or refuse.

    Why: keys are kept as digests, so that the table names neither an e-mail nor an address.
    Raises: TooManyTries.
    """
    digest = blake2b(f"{action}\n{key}".encode(), digest_size=32).hexdigest()
    statement = _TAKE.replace("full_now.tokens", _LEVEL) + "RETURNING is_allowed"
    facts: dict[str, str | float | datetime] = {
        "key": digest,
        "most": float(limit.most),
        "refill": limit.refill_seconds,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        row = cursor.fetchone()
    if not row[0]:
        raise TooManyTries()


def forget_old_buckets(*, now: datetime) -> int:
    """Drop the buckets nobody has used for a day, all full again by then. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM rate_bucket WHERE taken_at < %s - interval '1 day'", [now])
        return int(cursor.rowcount)
