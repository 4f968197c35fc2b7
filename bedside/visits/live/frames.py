"""The frames a client may send, typed. Anything else is refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from bedside.visits.terms import WHY_MOST

Seq = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Millis = Annotated[float, msgspec.Meta(ge=0, le=600_000)]
Token = Annotated[str, msgspec.Meta(max_length=100)]
Why = Annotated[str, msgspec.Meta(max_length=WHY_MOST)]


class Resume(msgspec.Struct, forbid_unknown_fields=True):
    """Come back to the place one had."""

    pid: UUID
    token: Token
    last_seq: Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class Frame(msgspec.Struct, tag_field="t", forbid_unknown_fields=True):
    """Any frame."""


class Hello(Frame, tag="hello"):
    """The first frame: a ticket, or where to resume."""

    ticket: Token | None = None
    resume: Resume | None = None


class Ping(Frame, tag="ping"):
    """Are you there."""

    at: float


class Ack(Frame, tag="ack"):
    """Handled up to here."""

    seq: Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class Numbered(Frame):
    """Any frame that is counted."""

    seq: Seq


class Description(msgspec.Struct, forbid_unknown_fields=True):
    """An RTCSessionDescription."""

    type: Literal["offer", "answer", "pranswer", "rollback"]
    sdp: str = ""


class Candidate(msgspec.Struct, forbid_unknown_fields=True):
    """An RTCIceCandidate as `toJSON` writes it."""

    candidate: Annotated[str, msgspec.Meta(max_length=1000)]
    sdpMid: Annotated[str, msgspec.Meta(max_length=64)] | None = None  # noqa: N815
    sdpMLineIndex: Annotated[int, msgspec.Meta(ge=0, le=64)] | None = None  # noqa: N815
    usernameFragment: Annotated[str, msgspec.Meta(max_length=256)] | None = None  # noqa: N815


class Signal(Numbered, tag="signal"):
    """A description, a candidate or a wrapped key for one peer."""

    to: UUID
    join: Annotated[int, msgspec.Meta(ge=0, le=2**31)] | None = None
    desc: Description | None = None
    cand: Candidate | None = None
    key: dict[str, Any] | None = None

    def content(self) -> dict[str, Any]:
        """Return the one thing it carries. Empty when it carries none, or more than one."""
        held = {name: value for name in ("desc", "cand", "key") if (value := getattr(self, name)) is not None}
        return {name: msgspec.to_builtins(value) for name, value in held.items()} if len(held) == 1 else {}


class PreCall(msgspec.Struct, forbid_unknown_fields=True):
    """Figures of a device test."""

    camera: Literal["ok", "fail", "skipped"] = "skipped"
    microphone: Literal["ok", "fail", "skipped"] = "skipped"
    speaker: Literal["ok", "fail", "skipped"] = "skipped"
    rtt_ms: Millis | None = None
    loss: Share | None = None
    advice: Why = ""


class Ready(Numbered, tag="ready"):
    """The device test, again from the waiting room."""

    precall: PreCall


class MediaState(Numbered, tag="media_state"):
    """What I send now."""

    audio: bool
    video: bool
    screen: bool = False
    why: Literal["", "user", "bandwidth", "device"] = ""


class Quality(Numbered, tag="quality"):
    """How my link is."""

    rung: Annotated[int, msgspec.Meta(ge=0, le=7)]
    rtt_ms: Millis = 0
    loss: Share = 0


class Chat(Numbered, tag="chat"):
    """A line of the chat."""

    client_id: UUID
    body: str = ""
    attachment_id: UUID | None = None


class ChatPull(Numbered, tag="chat_pull"):
    """The lines after this one."""

    since: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class ChatRead(Numbered, tag="chat_read"):
    """I have read up to here."""

    up_to: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class Mode(Numbered, tag="mode"):
    """Go on by video, voice or chat."""

    mode: Literal["video", "voice", "chat"]
    why: Why = ""


class Hand(Numbered, tag="hand"):
    """Hand up, hand down."""

    up: bool


class Admit(Numbered, tag="admit"):
    """Let in."""

    pid: UUID


class Deny(Numbered, tag="deny"):
    """Turn away."""

    pid: UUID


class Remove(Numbered, tag="remove"):
    """Send out."""

    pid: UUID


class Hold(Numbered, tag="hold"):
    """Pause, or take up again."""

    on: bool


class End(Numbered, tag="end"):
    """Over, for everyone."""

    why: Why = ""


class Leave(Numbered, tag="leave"):
    """I go."""


ClientFrame = (
    Hello | Ping | Ack | Signal | Ready | MediaState | Quality | Chat | ChatPull | ChatRead | Mode | Hand | Admit
    | Deny | Remove | Hold | End | Leave
)  # fmt: skip

_decoder = msgspec.json.Decoder(ClientFrame)
KNOWN_VERBS = frozenset(kind.__struct_config__.tag for kind in ClientFrame.__args__)


class BadFrame(Exception):
    """A frame that is not one of these: with the code for it, and its number where it can be read."""

    def __init__(self, code: str, seq: int | None) -> None:
        super().__init__(code)
        self.code = code
        self.seq = seq


def read_frame(text: str) -> Any:
    """Return the typed frame. Raises: BadFrame."""
    try:
        return _decoder.decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _bad(text) from error


def _bad(text: str) -> BadFrame:
    try:
        loose = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return BadFrame("bad_frame", None)
    if not isinstance(loose, dict):
        return BadFrame("bad_frame", None)
    seq = loose.get("seq")
    is_counted = loose.get("t") not in ("hello", "ping", "ack")
    number = seq if is_counted and isinstance(seq, int) and not isinstance(seq, bool) and seq >= 1 else None
    return BadFrame("bad_frame" if loose.get("t") in KNOWN_VERBS else "unknown_verb", number)
