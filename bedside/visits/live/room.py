"""One visit in this process: its seats, and what each of their clients must be told when something changed.

The database is the truth. Whatever happened, and wherever, a room hears "look again", reads the state once, and
tells each seat the difference to what its client knows. That is why several processes can hold one visit.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from uuid import UUID

from bedside.kernel.time import utc_now
from bedside.platform.live.bus import Payload
from bedside.platform.live.hub import Hub
from bedside.visits.commands.tickets import ice_servers
from bedside.visits.queries.chat import lines_after
from bedside.visits.rules import capabilities
from bedside.visits.terms import CHAT_PAGE, OVER_STATES, PUT_OUT_STATES

from .lobby import lobby_of, people_at_the_door
from .seat import Known, Seat
from .state import RoomState, Someone, load_state

log = logging.getLogger(__name__)

ENDED_WORDS = {"ended": "visit_ended", "no_show": "no_show", "cancelled": "cancelled"}


class Room:
    """A visit that has at least one seat here."""

    def __init__(self, hub: Hub, visit_id: UUID) -> None:
        self.hub = hub
        self.visit_id = visit_id
        self.topic = f"room:{visit_id}"
        self.seats: dict[UUID, Seat] = {}
        self.state: RoomState | None = None
        self._lock = asyncio.Lock()
        self._wanted = 0
        self._served = 0
        self._chat_lock = asyncio.Lock()
        self._end = [hub.bus.subscribe(self.topic, self._hear)]

    def close(self) -> None:
        """Stop listening."""
        for end in self._end:
            end()

    def _is_told(self, seq: int) -> bool:
        return all(seat.chat_seq >= seq for seat in self.seats.values() if seat.is_ready)

    def _hear(self, topic: str, payload: Payload) -> None:
        match payload.get("k"):
            case "to":
                seat = self.seats.get(UUID(payload["pid"]))
                if seat is not None and seat.is_ready and seat.is_inside:
                    seat.tell(payload["f"])
            case "peers":
                self._tell_insiders(UUID(payload["from"]), payload["f"])
            case "chat" if self._is_told(payload.get("seq", 0)):
                pass
            case "chat":
                self.hub.spawn(self.bring_chat())
            case _:
                self.hub.spawn(self.sync())
                if payload.get("k") == "resync":
                    self.hub.spawn(self.bring_chat())

    async def sync(self) -> RoomState:
        """Read the state and tell every seat what is new to it. Calls that come together read once."""
        self._wanted += 1
        wanted = self._wanted
        async with self._lock:
            if self._served < wanted or self.state is None:
                serving = self._wanted
                self.state = await load_state(self.hub.pool, self.visit_id)
                self._served = serving
                await self._tell_all(self.state)
        return self.state

    async def _tell_all(self, state: RoomState) -> None:
        lobby: dict[str, Any] | None = None
        if any(s.is_ready and not s.is_inside and not s.is_ended for s in self.seats.values()):
            lobby = await self.hub.in_thread(lobby_of, visit_id=self.visit_id, now=utc_now())
        for seat in list(self.seats.values()):
            if seat.is_ready and not seat.is_ended:
                self._tell(seat, state, lobby)

    def _tell(self, seat: Seat, state: RoomState, lobby: dict[str, Any] | None) -> None:
        me = state.people.get(seat.pid)
        if reason := self._why_over(seat, me, state):
            seat.end(reason)
            return
        assert me is not None
        if (state.state, state.mode) != seat.known_visit:
            seat.known_visit = (state.state, state.mode)
            visit = state.visit_json()
            visit.pop("id")
            seat.tell({"t": "visit", **visit, "why": state.why})
        if me.is_admitted and not seat.is_inside:
            seat.is_inside = True
            frame = {"t": "admitted", "engine": "mesh", "peers": self.meet(seat, state)}
            seat.tell({**frame, "ice_servers": ice_servers(seat.pid, utc_now())})
        elif me.is_admitted:
            self._tell_peers(seat, state)
        elif lobby is not None and lobby != seat.known_lobby:
            seat.known_lobby = lobby
            seat.tell({"t": "lobby", **lobby})
        self._tell_waiting(seat, me, state)
        self._tell_read(seat, state)

    def _why_over(self, seat: Seat, me: Someone | None, state: RoomState) -> str:
        if me is None or me.state in PUT_OUT_STATES:
            return me.state if me else "removed"
        if me.join > seat.join:
            return "duplicate"
        return ENDED_WORDS[state.state] if state.state in OVER_STATES else ""

    def _tell_peers(self, seat: Seat, state: RoomState) -> None:
        there = state.on_line()
        for pid, peer in there.items():
            if pid == seat.pid:
                continue
            known = seat.known.get(pid)
            if known is None or known.entry < peer.entry:
                seat.tell({"t": "peer_joined", "peer": self.peer_json(seat, peer, state)})
                self._introduce(seat, pid)
            elif known.connection != peer.connection:
                word = "peer_back" if peer.connection == "connected" else "peer_reconnecting"
                seat.tell({"t": word, "pid": str(pid)})
            seat.known[pid] = Known(peer.entry, peer.connection)
        for pid in [pid for pid in seat.known if pid not in there]:
            was = seat.known.pop(pid)
            gone = state.people.get(pid)
            lost = "lost" if was.connection == "reconnecting" else "left"
            reason = "removed" if gone is None or gone.state in PUT_OUT_STATES else lost
            seat.tell({"t": "peer_left", "pid": str(pid), "reason": reason})

    def _introduce(self, seat: Seat, to: UUID) -> None:
        """Tell a newcomer what this seat sends: only its own process knows."""
        if seat.has_told_media:
            frame = {"t": "peer_media", "pid": str(seat.pid), **seat.media.as_json(), "why": seat.media.why}
            self.tell_one(to, frame)
        if seat.hand:
            self.tell_one(to, {"t": "peer_hand", "pid": str(seat.pid), "up": True})

    def _tell_waiting(self, seat: Seat, me: Someone, state: RoomState) -> None:
        if "admit" not in capabilities(me.role):
            return
        people = people_at_the_door(state)
        if people != seat.known_waiting:
            seat.known_waiting = people
            seat.tell({"t": "waiting", "people": people})

    def _tell_read(self, seat: Seat, state: RoomState) -> None:
        for pid, someone in state.people.items():
            if someone.read_up_to > seat.known_read.get(pid, 0):
                seat.known_read[pid] = someone.read_up_to
                if pid != seat.pid:
                    seat.tell({"t": "chat_receipt", "pid": str(pid), "up_to": someone.read_up_to})

    def meet(self, seat: Seat, state: RoomState) -> list[dict[str, Any]]:
        """Return every peer a seat can see now, and note that its client knows them."""
        there = state.on_line()
        seat.known = {pid: Known(p.entry, p.connection) for pid, p in there.items() if pid != seat.pid}
        return [self.peer_json(seat, peer, state) for pid, peer in there.items() if pid != seat.pid]

    def peer_json(self, seat: Seat, peer: Someone, state: RoomState) -> dict[str, Any]:
        """Return PEER of docs/reference/signalling.md, as this seat sees them."""
        here = self.seats.get(peer.pid)
        mine = state.people[seat.pid].entry
        return {
            "pid": str(peer.pid),
            "role": peer.role,
            "name": peer.name,
            "join": peer.entry,
            "connection": peer.connection,
            "owner": str(peer.pid if peer.entry > mine else seat.pid),
            "media": here.media.as_json() if here else {"audio": False, "video": False, "screen": False},
            "hand": here.hand if here else False,
        }

    def tell_one(self, pid: UUID, frame: dict[str, Any]) -> None:
        """Send a frame to one admitted person, here or in another process."""
        seat = self.seats.get(pid)
        if seat is not None and not seat.is_ended:
            if seat.is_inside:
                seat.tell(frame)
            return
        self.hub.bus.publish(self.topic, {"k": "to", "pid": str(pid), "f": frame})

    def tell_peers(self, sender: UUID, frame: dict[str, Any]) -> None:
        """Send a frame to every other admitted person, here and in other processes."""
        away = self.state is not None and any(pid not in self.seats for pid in self.state.on_line() if pid != sender)
        if away:
            self.hub.bus.publish(self.topic, {"k": "peers", "from": str(sender), "f": frame})
        else:
            self._tell_insiders(sender, frame)

    def _tell_insiders(self, sender: UUID, frame: dict[str, Any]) -> None:
        for pid, seat in self.seats.items():
            if pid != sender and seat.is_ready and seat.is_inside:
                seat.tell(frame)

    async def bring_chat(self) -> None:
        """Give every seat the lines its client has not been sent, in order and each once."""
        async with self._chat_lock:
            while True:
                seats = [s for s in self.seats.values() if s.is_ready and not s.is_ended]
                if not seats:
                    return
                since = min(seat.chat_seq for seat in seats)
                lines = await self.hub.in_thread(lines_after, visit_id=self.visit_id, seq=since)
                for line in lines:
                    frame = {"t": "chat", "message": line.as_json()}
                    for seat in seats:
                        if seat.chat_seq < line.seq:
                            seat.chat_seq = line.seq
                            seat.tell(frame)
                if len(lines) < CHAT_PAGE:
                    return
