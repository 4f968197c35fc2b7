"""Packs plain values so that the same values always give the same bytes."""

from __future__ import annotations

import hashlib
import zlib
from typing import Any

import orjson


def text_of(content: Any) -> bytes:
    """Return the one JSON text of some values. The order of members is kept: it is that of the definition."""
    return orjson.dumps(content)


def pack(content: Any) -> bytes:
    """Return values as compressed JSON."""
    return zlib.compress(text_of(content), 9)


def digest(content: Any) -> str:
    """Return the SHA-256 of the JSON before compression, which does not depend on the compressor's release."""
    return hashlib.sha256(text_of(content)).hexdigest()
