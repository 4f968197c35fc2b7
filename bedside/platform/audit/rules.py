"""How rows are turned into fingerprints and fingerprints into a chain. Pure: bytes in, bytes out.

The tree is that of RFC 6962 (section 2.1), so that any reader of transparency logs can check it: a leaf is
SHA-256(0x00 ‖ row), a node SHA-256(0x01 ‖ left ‖ right). What a row is, byte for byte, is told in
docs/rules/audit.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bedside.kernel.time import UTC

#: The columns that are sealed, in this order. A new column is added at the end, and never to old rows.
COLUMNS = (
    "id",
    "at",
    "kind",
    "action",
    "actor_id",
    "actor_name",
    "actor_roles",
    "job",
    "is_stepped_in",
    "patient_id",
    "resource_type",
    "resource_id",
    "reason",
    "detail",
)
GENESIS = "0" * 64
HASH_BYTES = 32


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if value is None or isinstance(value, bool | int | str | dict):
        return value
    return str(value)


def row_bytes(row: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of an audit row: its columns as a JSON list, keys sorted, no spaces, UTF-8."""
    values = [_plain(row[column]) for column in COLUMNS]
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def leaf_hash(data: bytes) -> bytes:
    """Return the RFC 6962 hash of one leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """Return the RFC 6962 hash of a tree with these leaf hashes.

    Why: pairing from the left and carrying an odd one up gives the same tree as the RFC's split at the largest
    power of two, without recursion.
    """
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            pairs.append(level[-1])
        level = pairs
    return level[0]


def seal_hash(*, number: int, sealed_at: datetime, count: int, root: str, prev_hash: str) -> str:
    """Return the hash of a seal: everything it says, and the seal before it."""
    lines = ("bedside audit seal 1", str(number), _plain(sealed_at), str(count), root, prev_hash)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def split_leaves(leaves: bytes) -> list[bytes]:
    """Cut the stored fingerprints of a seal apart again."""
    return [leaves[at : at + HASH_BYTES] for at in range(0, len(leaves), HASH_BYTES)]
