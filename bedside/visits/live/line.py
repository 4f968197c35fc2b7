"""The conversation with one client: hello, then frame by frame, in order, each at most once."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from bedside.kernel.errors import NotAllowed, Refusal
from bedside.kernel.time import utc_now
from bedside.platform.live.hub import Hub
from bedside.platform.live.socket import Socket, error_frame
from bedside.platform.live.terms import CLOSE_PROTOCOL
from bedside.visits.commands.steps import VisitIsOver
from bedside.visits.commands.tickets import ice_servers, redeem_ticket
from bedside.visits.terms import (
    DEAD_AFTER_MS,
    FRAME_BYTES_MOST,
    FRAMES_PER_SECOND,
    HELLO_WITHIN,
    PING_EVERY_MS,
    RECONNECT_GRACE,
    REPLAY_FRAMES,
)

from .frames import Ack, BadFrame, Hello, Ping, read_frame
from .lobby import lobby_of, people_at_the_door
from .room import Room
from .rooms import Rooms
from .seat import Seat
from .state import RoomState
from .verbs import do_verb

log = logging.getLogger(__name__)

CLOSE_TICKET = 4404

POLICY = {
    "ping_ms": PING_EVERY_MS,
    "dead_ms": DEAD_AFTER_MS,
    "grace_s": int(RECONNECT_GRACE.total_seconds()),
    "max_bytes": FRAME_BYTES_MOST,
    "per_second": FRAMES_PER_SECOND,
    "replay": REPLAY_FRAMES,
}


async def serve_visit(hub: Hub, socket: Socket) -> None:
    """Serve one socket of a visit until it ends."""
    rooms = Rooms.of(hub)
    held = await _hello(rooms, socket)
    if held is None:
        await _until_closed(socket)
        return
    room, seat = held
    try:
        await _listen(rooms, room, seat, socket)
    finally:
        if seat.socket is socket:
            seat.socket = None
            rooms.line_lost(room, seat)


async def _until_closed(socket: Socket) -> None:
    while True:
        await socket.next_text()


async def _hello(rooms: Rooms, socket: Socket) -> tuple[Room, Seat] | None:
    try:
        text = await asyncio.wait_for(socket.next_text(), HELLO_WITHIN.total_seconds())
        frame = read_frame(text)
    except (TimeoutError, BadFrame):
        frame = None
    if not isinstance(frame, Hello) or (frame.ticket is None) == (frame.resume is None):
        socket.refuse("no_hello", "connect_again", CLOSE_PROTOCOL)
        return None
    held = await (_arrive(rooms, socket, frame) if frame.ticket else _resume(rooms, socket, frame))
    if held is None:
        socket.refuse("ticket_bad" if frame.ticket else "resume_bad", "connect_again", CLOSE_TICKET)
    return held


async def _arrive(rooms: Rooms, socket: Socket, hello: Hello) -> tuple[Room, Seat] | None:
    redeeming = asyncio.ensure_future(
        rooms.hub.in_thread(
            redeem_ticket, actor=socket.actor, now=utc_now(), token=hello.ticket, session_key=socket.session_key
        )
    )
    try:
        joined = await asyncio.shield(redeeming)
    except Refusal:
        return None
    except asyncio.CancelledError:
        # The client is gone, but the ticket may be redeemed all the same: whoever came in must not stay as a ghost.
        rooms.hub.spawn(rooms.let_go(redeeming, socket))
        raise
    room, seat = rooms.take_seat(joined, socket)
    try:
        state = await room.sync()
        me = state.people[seat.pid]
        lobby = None
        if not me.is_admitted:
            lobby = await rooms.hub.in_thread(lobby_of, visit_id=room.visit_id, now=utc_now())
    except BaseException:
        rooms.line_lost(room, seat)
        raise
    _welcome(room, seat, room.state or state, lobby)
    return room, seat


def _welcome(room: Room, seat: Seat, state: RoomState, lobby: dict[str, Any] | None) -> None:
    me = state.people[seat.pid]
    seat.is_ready = True
    seat.is_inside = me.is_admitted
    seat.known_visit = (state.state, state.mode)
    seat.known_lobby = lobby
    seat.known_read = {pid: someone.read_up_to for pid, someone in state.people.items()}
    seat.chat_seq = state.chat_seq
    frame = {
        "t": "welcome",
        "pid": str(seat.pid),
        "join": me.entry or seat.join,
        "resume_token": seat.new_token(),
        **_situation(room, seat, state, lobby),
        "engine": "mesh",
        "chat_seq": state.chat_seq,
        "read": {str(pid): up_to for pid, up_to in seat.known_read.items() if up_to},
        "policy": POLICY,
    }
    seat.control(frame)


def _situation(room: Room, seat: Seat, state: RoomState, lobby: dict[str, Any] | None) -> dict[str, Any]:
    you = state.you_json(seat.pid)
    door = people_at_the_door(state) if "admit" in you["can"] else []
    seat.known_waiting = door
    return {
        "visit": state.visit_json(),
        "you": you,
        "peers": room.meet(seat, state) if seat.is_inside else [],
        "lobby": lobby,
        "waiting": door,
        "ice_servers": ice_servers(seat.pid, utc_now()),
    }


async def _resume(rooms: Rooms, socket: Socket, hello: Hello) -> tuple[Room, Seat] | None:
    asked = hello.resume
    assert asked is not None
    held = rooms.find_seat(asked.pid)
    if held is None or held[1].actor.person_id != socket.actor.person_id:
        return None
    room, seat = held
    if not seat.may_resume(asked.token, socket.session_key, asked.last_seq):
        return None
    old, seat.socket = seat.socket, None
    if old is not None:
        old.close(CLOSE_PROTOCOL)
    token = seat.new_token()
    if not await rooms.came_back(seat) or seat.is_ended:
        return None
    state = await room.sync()
    if seat.is_ended:
        return None
    # Between here and the replay nothing is awaited, so nothing can slip in between.
    frame = {
        "t": "resumed",
        "resume_token": token,
        "last_seq": seat.in_seq,
        **_situation(room, seat, room.state or state, seat.known_lobby),
        "chat_seq": state.chat_seq,
    }
    seat.socket = socket
    seat.control(frame)
    seat.replay(asked.last_seq)
    return room, seat


async def _listen(rooms: Rooms, room: Room, seat: Seat, socket: Socket) -> None:
    while True:
        text = await socket.next_text()
        if seat.socket is not socket:
            return
        try:
            frame = read_frame(text)
        except BadFrame as bad:
            if bad.seq is None or bad.seq == seat.in_seq + 1:
                seat.in_seq += bad.seq is not None
                seat.control(error_frame(bad.code, "not_understood", re=bad.seq))
                continue
            _out_of_order(seat, bad.seq)
            continue
        match frame:
            case Ping(at=at):
                seat.control({"t": "pong", "at": at})
            case Ack(seq=seq):
                seat.acknowledged(min(seq, seat.out_seq))
            case Hello():
                socket.refuse("no_hello", "connect_again", CLOSE_PROTOCOL)
            case _ if frame.seq != seat.in_seq + 1:
                _out_of_order(seat, frame.seq)
            case _:
                await _handle(rooms, room, seat, frame)


def _out_of_order(seat: Seat, seq: int) -> None:
    if seq <= seat.in_seq:
        seat.ack_soon()
    else:
        seat.control(error_frame("gap", "catching_up", re=seq, expected=seat.in_seq + 1))


async def _handle(rooms: Rooms, room: Room, seat: Seat, frame: Any) -> None:
    error: dict[str, Any] | None = None
    try:
        error = await do_verb(rooms, room, seat, frame)
    except VisitIsOver:
        error = error_frame("wrong_state", "too_late", re=frame.seq)
    except Refusal as refusal:
        error = _refused(refusal, frame)
    except Exception:
        log.exception("a live frame failed: %s", type(frame).__name__)
        error = error_frame("server", "try_again", re=frame.seq)
    seat.in_seq = frame.seq
    if error is not None:
        seat.control(error)
    seat.ack_soon()


def _refused(refusal: Refusal, frame: Any) -> dict[str, Any]:
    if refusal.code in ("chat_empty", "chat_too_long", "attachment_bad", "reason_missing"):
        return error_frame(refusal.code, refusal.code, re=frame.seq)
    if isinstance(refusal, NotAllowed):
        return error_frame("not_allowed", "not_allowed", re=frame.seq)
    if refusal.status == 404:
        return error_frame("no_such_peer", "peer_gone", re=frame.seq)
    return error_frame("wrong_state", "too_late", re=frame.seq)
