"""The messages in a file: in frames, in a batch, or one after the other.

Source: HL7 v2.5.1, 2.10.3 (batch protocol).
"""

from __future__ import annotations

import hashlib
import re

from .frames import START, Frame, FrameReader

_ENVELOPE = (b"FHS", b"BHS", b"BTS", b"FTS")


def messages_in(content: bytes) -> list[bytes]:
    """Return the messages of a file, each as it stands there. What no reader can take is refused when it is read."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    if START in content[:4096]:
        reader = FrameReader()
        return [one.content for one in reader.feed(content) if isinstance(one, Frame)]
    found: list[list[bytes]] = []
    for line in re.split(rb"\r\n|\r|\n", content):
        if line.startswith(_ENVELOPE):
            continue
        if line.startswith(b"MSH"):
            found.append([line])
        elif found and line.strip():
            found[-1].append(line)
    return [b"\r".join(lines) + b"\r" for lines in found]


def digest_of(message: bytes) -> str:
    """Return the fingerprint of a message: the same whether it came in a frame or in a file."""
    return hashlib.sha256(message.strip(b"\r\n ")).hexdigest()
