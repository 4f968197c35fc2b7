"""`/live/news`: a page says what it shows, and hears when to fetch it again. Frames say only "news"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from bedside.kernel.time import utc_now

from . import terms
from .bus import Payload
from .hub import Hub
from .socket import Socket, error_frame
from .topics import may_listen

Topic = Annotated[str, msgspec.Meta(max_length=80)]
Topics = Annotated[list[Topic], msgspec.Meta(max_length=terms.TOPICS_PER_SOCKET)]


class Subscribe(msgspec.Struct, tag_field="t", tag="subscribe", forbid_unknown_fields=True):
    """Listen to these."""

    topics: Topics


class Unsubscribe(msgspec.Struct, tag_field="t", tag="unsubscribe", forbid_unknown_fields=True):
    """Listen no more to these."""

    topics: Topics


class Ping(msgspec.Struct, tag_field="t", tag="ping", forbid_unknown_fields=True):
    """Are you there."""

    at: float


_decoder = msgspec.json.Decoder(Subscribe | Unsubscribe | Ping)

#: Every verb of this socket, with what it stands behind. What may be listened to is asked topic by topic.
SOCKET_VERBS = {"subscribe": "live.listen", "unsubscribe": "live.listen", "ping": "live.listen"}


async def serve_news(hub: Hub, socket: Socket) -> None:
    """Serve one news socket until it ends."""
    listening: dict[str, Callable[[], None]] = {}
    late: dict[str, asyncio.TimerHandle] = {}
    loop = asyncio.get_running_loop()

    def flush(topic: str) -> None:
        late.pop(topic, None)
        socket.tell({"t": "news", "topic": topic})

    def hear(topic: str, payload: Payload) -> None:
        # Ten pieces of news within a fifth of a second are one.
        if topic not in late:
            late[topic] = loop.call_later(0.2, flush, topic)

    try:
        while True:
            text = await socket.next_text()
            try:
                frame: Any = _decoder.decode(text)
            except msgspec.MsgspecError:
                socket.tell(error_frame("bad_frame", "not_understood"))
                continue
            match frame:
                case Ping(at=at):
                    socket.tell({"t": "pong", "at": at})
                case Subscribe(topics=topics):
                    await _subscribe(hub, socket, topics, listening, hear)
                case Unsubscribe(topics=topics):
                    for topic in topics:
                        if end := listening.pop(topic, None):
                            end()
    finally:
        for end in listening.values():
            end()
        for handle in late.values():
            handle.cancel()


async def _subscribe(
    hub: Hub, socket: Socket, topics: list[str], listening: dict[str, Callable[[], None]], hear: Any
) -> None:
    wanted = list(dict.fromkeys(topics))
    new = [topic for topic in wanted if topic not in listening]
    now = utc_now()
    allowed = await hub.in_thread(_allowed, actor=socket.actor, topics=new, now=now)
    refused = []
    for topic in new:
        if topic in allowed and len(listening) < terms.TOPICS_PER_SOCKET:
            listening[topic] = hub.bus.subscribe(topic, hear)
        else:
            refused.append(topic)
    socket.tell({"t": "subscribed", "topics": [t for t in wanted if t in listening], "refused": refused})


def _allowed(actor: Any, topics: list[str], now: Any) -> set[str]:
    return {topic for topic in topics if may_listen(actor, topic, now)}
