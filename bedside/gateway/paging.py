"""Where a page ended, as a word in a link: sealed, so that it can neither be read nor changed.

Why: it holds what was searched for and what the last resource is sorted by, and either may be somebody's name. An
address is kept in histories and logs where no name belongs.
"""

from __future__ import annotations

import base64
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote_plus

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from .messages import Pairs
from .refusals import Refused

#: The parameter that carries the word.
PAGE = "_page"
_NONCE_BYTES = 12
_PLAIN = re.compile(r"[A-Za-z0-9_.\-~/:,|$*]*\Z").match
_OPENED_MOST = 64 * 1024
_keys: dict[str, AESGCM] = {}


def seal(path: str, place: object) -> str:
    """Return the word for a place within what is found at a path. Shape: `place` is made of plain values."""
    nonce = os.urandom(_NONCE_BYTES)
    box = _box(settings.SECRET_KEY)
    sealed = nonce + box.encrypt(nonce, zlib.compress(orjson.dumps(place), 1), path.encode())
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def unseal(path: str, word: str) -> Any:
    """Return the place a word stands for. Raises: Refused for a word that we did not write for this path."""
    try:
        sealed = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
    except ValueError:
        sealed = b""
    for box in _boxes():
        try:
            opened = box.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], path.encode())
        except (InvalidTag, ValueError):
            continue
        return orjson.loads(zlib.decompressobj().decompress(opened, _OPENED_MOST))
    raise Refused(400, "value", "The link to that page was changed, or is too old. Begin again with the first page.")


def _boxes() -> Iterator[AESGCM]:
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _box(key)


def _box(key: str) -> AESGCM:
    if key not in _keys:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"bedside fhir page").derive(key.encode())
        _keys[key] = AESGCM(derived)
    return _keys[key]


def link(base: str, path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return an address with parameters."""
    query = "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in pairs)
    return (f"{base}/{path}" if path else base) + (f"?{query}" if query else "")


def _escaped(text: str) -> str:
    return text if _PLAIN(text) else quote_plus(text, safe="/:,|$*")


def page_word(pairs: Pairs) -> str | None:
    """Return the word of the page that is asked for, if one is."""
    found = [value for name, value in pairs if name == PAGE]
    return found[-1] if found else None
