"""Messages in the frames of MLLP, from bytes as they come: <VT> message <FS> <CR>.

Nothing larger than a message may be is ever held: of what is too long only the head is kept, to answer it.
Source: HL7 v2.5.1, appendix C.4 (Minimal Lower Layer Protocol); MLLP release 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from .terms import MESSAGE_BYTES_MOST

START, END, RETURN = b"\x0b", b"\x1c", b"\r"
#: Enough for the MSH segment of a message that is too long. Units: bytes.
HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Frame:
    """One message as it came."""

    content: bytes


@dataclass(frozen=True, slots=True)
class TooLong:
    """A frame that ended, but was longer than a message may be. `head` is how it began."""

    head: bytes
    bytes: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A frame whose end never came: another began in its midst, or the line closed. Its sender sends it again."""

    bytes: int


Event = Frame | TooLong | Cut


class FrameReader:
    """Takes bytes in pieces of any size and gives back what became whole."""

    def __init__(self, most: int = MESSAGE_BYTES_MOST) -> None:
        """Begin outside a frame. Units: `most` is bytes of one message."""
        self._most = most
        self._kept = bytearray()
        self._seen = 0
        self._inside = False

    @property
    def held(self) -> int:
        """How many bytes are kept for the frame under way."""
        return len(self._kept)

    @property
    def is_inside(self) -> bool:
        """Say whether a frame has begun and not ended."""
        return self._inside

    def feed(self, piece: bytes) -> list[Event]:
        """Take more bytes. What stands between frames (a line end, a keep-alive) is passed over."""
        events: list[Event] = []
        at = 0
        while at < len(piece):
            if not self._inside:
                began = piece.find(START, at)
                if began < 0:
                    break
                self._begin()
                at = began + 1
                continue
            ends = [found for found in (piece.find(START, at), piece.find(END, at)) if found >= 0]
            stop = min(ends, default=len(piece))
            self._keep(piece[at:stop])
            at = stop + 1
            if stop == len(piece):
                break
            if piece[stop : stop + 1] == START:
                events.append(Cut(self._seen))
                self._begin()
            else:
                events.append(self._whole())
        return events

    def close(self) -> list[Event]:
        """Say that no more will come."""
        if not self._inside:
            return []
        self._inside = False
        return [Cut(self._seen)]

    def _begin(self) -> None:
        self._kept, self._seen, self._inside = bytearray(), 0, True

    def _keep(self, some: bytes) -> None:
        self._seen += len(some)
        if self._seen <= self._most:
            self._kept += some
        elif len(self._kept) > HEAD_BYTES:
            self._kept = self._kept[:HEAD_BYTES]
        elif len(self._kept) < HEAD_BYTES:
            self._kept += some[: HEAD_BYTES - len(self._kept)]

    def _whole(self) -> Event:
        self._inside = False
        content, self._kept = bytes(self._kept), bytearray()
        if self._seen > self._most:
            return TooLong(content[:HEAD_BYTES], self._seen)
        return Frame(content.rstrip(RETURN))


def framed(content: bytes) -> bytes:
    """Return a message in its frame."""
    return START + content + END + RETURN
