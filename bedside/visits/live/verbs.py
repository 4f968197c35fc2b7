"""What each verb of the visit's socket does, and the policy it stands behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec

from bedside.kernel.time import utc_now
from bedside.platform.access import Context, decide
from bedside.platform.live.socket import error_frame
from bedside.visits import commands, queries
from bedside.visits.terms import CHAT_PAGE, FRAME_BYTES_MOST

from . import frames
from .room import Room
from .rooms import Rooms
from .seat import Media, Seat

Error = dict[str, Any] | None
Verb = Callable[[Rooms, Room, Seat, Any], Awaitable[Error]]

#: Every verb a client may send, with the verb of the policy it stands behind. A test walks this table.
SOCKET_VERBS: dict[str, str] = {
    "hello": "visits.join_room",
    "ping": "visits.join_room",
    "ack": "visits.join_room",
    "ready": "visits.join_room",
    "signal": "visits.send_signal",
    "media_state": "visits.tell_media",
    "quality": "visits.tell_quality",
    "chat": "visits.send_chat_message",
    "chat_pull": "visits.see_chat",
    "chat_read": "visits.mark_read",
    "mode": "visits.change_mode",
    "hand": "visits.raise_hand",
    "admit": "visits.admit_participant",
    "deny": "visits.deny_participant",
    "remove": "visits.remove_participant",
    "hold": "visits.hold_visit",
    "end": "visits.end_visit",
    "leave": "visits.leave_room",
}


async def do_verb(rooms: Rooms, room: Room, seat: Seat, frame: Any) -> Error:
    """Ask the policy with what the room knows, then do it. Return the error frame to answer with, if any."""
    verb = frame.__struct_config__.tag
    refusal = _refusal(room, seat, verb)
    if refusal:
        # What the room knows may be a moment old; a no is checked against the database once.
        await room.sync()
        refusal = _refusal(room, seat, verb)
    if seat.is_ended:
        return None
    if refusal:
        code = "not_admitted" if refusal == "not_admitted" else "not_allowed"
        return error_frame(code, code, re=frame.seq)
    return await _VERBS[verb](rooms, room, seat, frame)


def _refusal(room: Room, seat: Seat, verb: str) -> str:
    assert room.state is not None
    decision = decide(seat.actor, SOCKET_VERBS[verb], room.state.facts_for(seat.pid), Context(utc_now()))
    return "" if decision.allowed else decision.reason


async def _run(rooms: Rooms, seat: Seat, command: Callable[..., Any], **arguments: Any) -> Any:
    return await rooms.hub.in_thread(command, actor=seat.actor, now=utc_now(), **arguments)


async def _signal(rooms: Rooms, room: Room, seat: Seat, frame: frames.Signal) -> Error:
    content = frame.content()
    if not content:
        return error_frame("bad_frame", "not_understood", re=frame.seq)
    peer = _peer(room, frame.to)
    if peer is None:
        await room.sync()
        peer = _peer(room, frame.to)
    assert room.state is not None
    if peer is None or peer.pid == seat.pid:
        return error_frame("no_such_peer", "peer_gone", re=frame.seq)
    if frame.join is not None and frame.join != peer.entry:
        return error_frame("stale_peer", "peer_gone", re=frame.seq)
    mine = room.state.people[seat.pid].entry
    room.tell_one(frame.to, {"t": "signal", "from": str(seat.pid), "join": mine, **content})
    return None


def _peer(room: Room, pid: UUID) -> Any:
    return room.state.on_line().get(pid) if room.state else None


async def _media_state(rooms: Rooms, room: Room, seat: Seat, frame: frames.MediaState) -> Error:
    seat.media = Media(frame.audio, frame.video, frame.screen, frame.why)
    seat.has_told_media = True
    told = {"t": "peer_media", "pid": str(seat.pid), **seat.media.as_json(), "why": frame.why}
    room.tell_peers(seat.pid, told)
    return None


async def _quality(rooms: Rooms, room: Room, seat: Seat, frame: frames.Quality) -> Error:
    told = {"rung": frame.rung, "rtt_ms": frame.rtt_ms, "loss": frame.loss}
    room.tell_peers(seat.pid, {"t": "peer_quality", "pid": str(seat.pid), **told})
    return None


async def _hand(rooms: Rooms, room: Room, seat: Seat, frame: frames.Hand) -> Error:
    seat.hand = frame.up
    room.tell_peers(seat.pid, {"t": "peer_hand", "pid": str(seat.pid), "up": frame.up})
    return None


async def _ready(rooms: Rooms, room: Room, seat: Seat, frame: frames.Ready) -> Error:
    figures = {k: v for k, v in msgspec.to_builtins(frame.precall).items() if v is not None}
    await _run(rooms, seat, commands.tell_readiness, visit_id=room.visit_id, figures=figures)
    return None


async def _chat(rooms: Rooms, room: Room, seat: Seat, frame: frames.Chat) -> Error:
    line = await _run(
        rooms,
        seat,
        commands.send_chat_message,
        visit_id=room.visit_id,
        client_id=frame.client_id,
        body=frame.body,
        attachment_id=frame.attachment_id,
    )
    if line.seq <= seat.chat_seq:
        # Sent again: the line is old, so say once more that it is there.
        await _page(rooms, room, seat, line.seq - 1, most=1)
    else:
        await room.bring_chat()
    return None


async def _chat_pull(rooms: Rooms, room: Room, seat: Seat, frame: frames.ChatPull) -> Error:
    await _page(rooms, room, seat, frame.since, most=CHAT_PAGE)
    return None


async def _page(rooms: Rooms, room: Room, seat: Seat, since: int, *, most: int) -> None:
    lines = await _run(rooms, seat, queries.chat_since, visit_id=room.visit_id, seq=since, most=most)
    messages: list[dict[str, Any]] = []
    size = 0
    for line in lines:
        message = line.as_json()
        size += len(msgspec.json.encode(message)) + 1
        if messages and size > FRAME_BYTES_MOST - 1000:
            break
        messages.append(message)
    more = len(messages) < len(lines) or (most == CHAT_PAGE and len(lines) == most)
    seat.tell({"t": "chat_page", "messages": messages, "more": more})


async def _chat_read(rooms: Rooms, room: Room, seat: Seat, frame: frames.ChatRead) -> Error:
    await _run(rooms, seat, commands.mark_read, visit_id=room.visit_id, up_to_seq=frame.up_to)
    return None


async def _mode(rooms: Rooms, room: Room, seat: Seat, frame: frames.Mode) -> Error:
    await _run(rooms, seat, commands.change_mode, visit_id=room.visit_id, mode=frame.mode, why=frame.why)
    await room.sync()
    return None


async def _admit(rooms: Rooms, room: Room, seat: Seat, frame: frames.Admit) -> Error:
    await _run(rooms, seat, commands.admit_participant, visit_id=room.visit_id, participant_id=frame.pid)
    await room.sync()
    return None


async def _deny(rooms: Rooms, room: Room, seat: Seat, frame: frames.Deny) -> Error:
    await _run(rooms, seat, commands.deny_participant, visit_id=room.visit_id, participant_id=frame.pid)
    await room.sync()
    return None


async def _remove(rooms: Rooms, room: Room, seat: Seat, frame: frames.Remove) -> Error:
    await _run(rooms, seat, commands.remove_participant, visit_id=room.visit_id, participant_id=frame.pid)
    await room.sync()
    return None


async def _hold(rooms: Rooms, room: Room, seat: Seat, frame: frames.Hold) -> Error:
    command = commands.hold_visit if frame.on else commands.take_up_visit
    await _run(rooms, seat, command, visit_id=room.visit_id)
    await room.sync()
    return None


async def _end(rooms: Rooms, room: Room, seat: Seat, frame: frames.End) -> Error:
    await _run(rooms, seat, commands.end_visit, visit_id=room.visit_id, why=frame.why)
    await room.sync()
    return None


async def _leave(rooms: Rooms, room: Room, seat: Seat, frame: frames.Leave) -> Error:
    await rooms.leave(room, seat, "left")
    return None


_VERBS: dict[str, Verb] = {
    "ready": _ready,
    "signal": _signal,
    "media_state": _media_state,
    "quality": _quality,
    "chat": _chat,
    "chat_pull": _chat_pull,
    "chat_read": _chat_read,
    "mode": _mode,
    "hand": _hand,
    "admit": _admit,
    "deny": _deny,
    "remove": _remove,
    "hold": _hold,
    "end": _end,
    "leave": _leave,
}
