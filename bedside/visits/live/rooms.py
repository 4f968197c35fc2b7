"""Every room of this process: who comes in, who lost the line, who is given up, and the heartbeat."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID
from weakref import WeakKeyDictionary

from bedside.kernel.errors import Refusal
from bedside.kernel.time import utc_now
from bedside.platform.live.hub import Hub
from bedside.platform.live.socket import Socket
from bedside.platform.live.terms import HEARTBEAT_SECONDS
from bedside.visits.commands.presence import Joined, leave_room, lose_line, resume_line
from bedside.visits.terms import RECONNECT_GRACE

from .room import Room
from .seat import Seat

log = logging.getLogger(__name__)

#: A line that is back within this time was never lost, as far as others are told. Units: seconds.
BLINK = 1.0

_OF_HUB: WeakKeyDictionary[Hub, Rooms] = WeakKeyDictionary()


class Rooms:
    """The rooms of one hub."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._rooms: dict[UUID, Room] = {}
        self._seats: dict[UUID, tuple[Room, Seat]] = {}
        hub.spawn(self._beat())

    @classmethod
    def of(cls, hub: Hub) -> Rooms:
        """Return the rooms of a hub, made when first asked for."""
        if hub not in _OF_HUB:
            _OF_HUB[hub] = cls(hub)
        return _OF_HUB[hub]

    def take_seat(self, joined: Joined, socket: Socket) -> tuple[Room, Seat]:
        """Give a new arrival its seat. An older one of the same person here ends as a duplicate."""
        room = self._rooms.get(joined.visit_id)
        if room is None:
            room = self._rooms[joined.visit_id] = Room(self.hub, joined.visit_id)
        old = room.seats.get(joined.participant_id)
        if old is not None:
            old.end("duplicate")
        seat = Seat(joined.participant_id, socket.actor, socket.session_key, joined.join, socket=socket)
        room.seats[seat.pid] = seat
        self._seats[seat.pid] = (room, seat)
        return room, seat

    def find_seat(self, pid: UUID) -> tuple[Room, Seat] | None:
        """Return the seat of a participant in this process, if there is one."""
        return self._seats.get(pid)

    async def came_back(self, seat: Seat) -> bool:
        """Note that the line is back. Return False when a newer arrival has taken over meanwhile."""
        if seat.lost is not None:
            seat.lost.cancel()
            seat.lost = None
        return await self.hub.in_thread(
            resume_line, actor=seat.actor, now=utc_now(), participant_id=seat.pid, join=seat.join
        )

    def line_lost(self, room: Room, seat: Seat) -> None:
        """Note that the socket is gone. The seat is kept for the grace."""
        if seat.is_ended:
            self._drop(room, seat)
            return
        later = asyncio.get_running_loop().call_later
        seat.lost = later(BLINK, self._tell_lost, room, seat)

    def _tell_lost(self, room: Room, seat: Seat) -> None:
        later = asyncio.get_running_loop().call_later
        seat.lost = later(RECONNECT_GRACE.total_seconds() - BLINK, self._give_up, room, seat)
        arguments = {"actor": seat.actor, "participant_id": seat.pid, "join": seat.join}
        self.hub.spawn(self.hub.in_thread(lose_line, now=utc_now(), **arguments))

    def _give_up(self, room: Room, seat: Seat) -> None:
        self.hub.spawn(self.leave(room, seat, "lost"))

    async def leave(self, room: Room, seat: Seat, reason: str) -> None:
        """End a seat for good. The visit stays open; the person may come back with a new ticket."""
        seat.end(reason)
        self._drop(room, seat)
        arguments = {"actor": seat.actor, "participant_id": seat.pid, "join": seat.join}
        leaving = self.hub.spawn(self.hub.in_thread(leave_room, now=utc_now(), **arguments))
        # The socket that asked may be closed before the database has answered; leaving goes on all the same.
        await asyncio.shield(leaving)

    async def let_go(self, redeeming: asyncio.Future[Joined], socket: Socket) -> None:
        """Undo an arrival whose client had gone before it got its seat."""
        try:
            joined = await redeeming
        except Refusal:
            return
        arguments = {"actor": socket.actor, "participant_id": joined.participant_id, "join": joined.join}
        await self.hub.in_thread(leave_room, now=utc_now(), **arguments)

    def _drop(self, room: Room, seat: Seat) -> None:
        if room.seats.get(seat.pid) is seat:
            del room.seats[seat.pid]
        held = self._seats.get(seat.pid)
        if held is not None and held[1] is seat:
            del self._seats[seat.pid]
        if not room.seats and self._rooms.get(room.visit_id) is room:
            del self._rooms[room.visit_id]
            room.close()

    async def _beat(self) -> None:
        """Say in the database which sockets live, and refresh what is told at doors."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            alive = [pid for pid, (_, seat) in self._seats.items() if seat.socket is not None]
            try:
                if alive:
                    async with self.hub.pool.connection() as connection:
                        await connection.execute(
                            "UPDATE visit_participant SET seen_at = now() WHERE id = ANY(%s)", [alive]
                        )
            except Exception:
                log.exception("the heartbeat of the rooms failed")
            for room in list(self._rooms.values()):
                if any(not seat.is_inside for seat in room.seats.values()):
                    self.hub.spawn(room.sync())
