"""Bytes on disk, named by what they are. Written to a side file, flushed, then given their name."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from bedside.kernel.errors import NotFound, Unavailable


class FileLost(NotFound):
    """This file is known here, but its bytes are not on our disk, or not as they were. Tell the clinic."""


class StoreFull(Unavailable):
    """There is no room for this file right now. Nothing was lost; tell the clinic, and try again later."""


def folder() -> Path:
    """Return the folder that holds every stored file."""
    return Path(settings.DATA_DIR) / "files"


def path_of(sha256: str) -> Path:
    """Return where the bytes with that fingerprint lie."""
    return folder() / sha256[:2] / sha256


def put(content: bytes) -> str:
    """Store bytes and return their fingerprint. Storing the same bytes twice keeps one copy.

    Raises: StoreFull when the disk takes no more.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    target = path_of(sha256)
    if target.exists():
        return sha256
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(target, content)
    except OSError as error:
        raise StoreFull() from error
    return sha256


def _write(target: Path, content: bytes) -> None:
    handle, side = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(side, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(side)
        raise
    parent = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def open_stored(sha256: str) -> BinaryIO:
    """Open stored bytes for reading. Raises: NotFound when they are not there."""
    try:
        return path_of(sha256).open("rb")
    except FileNotFoundError as error:
        raise NotFound() from error


def read_stored(sha256: str) -> bytes:
    """Return stored bytes, whole. Raises: FileLost when they are not there, or are not what they were."""
    try:
        content = path_of(sha256).read_bytes()
    except OSError as error:
        raise FileLost() from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileLost()
    return content


def sha1_of_stored(sha256: str) -> str:
    """Return the SHA-1 of stored bytes in base64, which is how FHIR R4 names them; "" when they are not there.

    Source: FHIR R4 4.0.1, 2.24.0.5 (Attachment.hash). It says what was meant, and proves nothing: SHA-256 does that.
    """
    try:
        with path_of(sha256).open("rb") as stream:
            digest = hashlib.file_digest(stream, lambda: hashlib.sha1(usedforsecurity=False))
    except OSError:
        return ""
    return base64.b64encode(digest.digest()).decode()
