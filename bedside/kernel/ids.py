"""Identifiers: time-ordered and unguessable."""

from __future__ import annotations

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """Return a fresh UUIDv7.

    Why: ids that grow with time keep B-tree pages warm; 74 random bits keep them unguessable.
    Source: RFC 9562, section 5.7.
    """
    millis = time.time_ns() // 1_000_000
    rand = int.from_bytes(os.urandom(10), "big")
    value = (millis & (1 << 48) - 1) << 80 | rand
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
