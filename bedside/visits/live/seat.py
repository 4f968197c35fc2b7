"""One arrival of one person: its numbering, what it may have to say again, and what its client knows."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from bedside.platform.access import Actor
from bedside.platform.live.socket import Socket
from bedside.platform.live.terms import CLOSE_ENDED
from bedside.visits.terms import REPLAY_FRAMES

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Known:
    """What this client has been told of a peer."""

    entry: int
    connection: str


@dataclass(slots=True)
class Media:
    """What someone sends."""

    audio: bool = False
    video: bool = False
    screen: bool = False
    why: str = ""

    def as_json(self) -> dict[str, bool]:
        """Return `media` of PEER."""
        return {"audio": self.audio, "video": self.video, "screen": self.screen}


@dataclass(eq=False)
class Seat:
    """A place in the room, held from one arrival until it is left, ended or taken over by a newer arrival."""

    pid: UUID
    actor: Actor
    session_key: str
    join: int
    socket: Socket | None = None
    is_ready: bool = False
    is_ended: bool = False
    out_seq: int = 0
    in_seq: int = 0
    chat_seq: int = 0
    is_inside: bool = False
    known: dict[UUID, Known] = field(default_factory=dict)
    known_visit: tuple[str, str] = ("", "")
    known_waiting: Any = None
    known_lobby: Any = None
    known_read: dict[UUID, int] = field(default_factory=dict)
    media: Media = field(default_factory=Media)
    has_told_media: bool = False
    hand: bool = False
    lost: asyncio.TimerHandle | None = None
    _token_sha256: str = ""
    _sent: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=REPLAY_FRAMES))
    _ack_due: asyncio.TimerHandle | None = None

    def new_token(self) -> str:
        """Make the resume token anew; the old one is dead."""
        token = secrets.token_urlsafe(24)
        self._token_sha256 = hashlib.sha256(token.encode()).hexdigest()
        return token

    def may_resume(self, token: str, session_key: str, last_seq: int) -> bool:
        """Say whether this is the same client, and whether everything it missed is still here."""
        given = hashlib.sha256(token.encode()).hexdigest()
        is_same = hmac.compare_digest(given, self._token_sha256) and session_key == self.session_key
        oldest = self._sent[0][0] if self._sent else self.out_seq + 1
        return is_same and self.is_ready and not self.is_ended and oldest - 1 <= last_seq <= self.out_seq

    def tell(self, frame: dict[str, Any]) -> None:
        """Send a numbered frame, now or when the client is back."""
        if self.is_ended:
            return
        self.out_seq += 1
        text = _encode({"t": frame["t"], "seq": self.out_seq, **frame}).decode()
        self._sent.append((self.out_seq, text))
        if self.socket is not None:
            self.socket.tell_text(text)

    def control(self, frame: dict[str, Any]) -> None:
        """Send a frame without a number, if the client is there."""
        if self.socket is not None:
            self.socket.tell(frame)

    def acknowledged(self, seq: int) -> None:
        """Forget what the client has handled."""
        while self._sent and self._sent[0][0] <= seq:
            self._sent.popleft()

    def replay(self, last_seq: int) -> None:
        """Say again what the client missed."""
        for seq, text in self._sent:
            if seq > last_seq and self.socket is not None:
                self.socket.tell_text(text)

    def ack_soon(self) -> None:
        """Acknowledge what has been handled, within 100 ms."""
        if self._ack_due is None:
            self._ack_due = asyncio.get_running_loop().call_later(0.08, self._ack)

    def _ack(self) -> None:
        self._ack_due = None
        if not self.is_ended:
            self.control({"t": "ack", "seq": self.in_seq})

    def end(self, reason: str, code: int = CLOSE_ENDED) -> None:
        """Tell the client that it is over, and why, and close."""
        if self.is_ended:
            return
        self.is_ended = True
        self.control({"t": "ended", "reason": reason})
        for handle in (self.lost, self._ack_due):
            if handle is not None:
                handle.cancel()
        if self.socket is not None:
            self.socket.close(code)
