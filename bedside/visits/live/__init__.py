"""The visit's live socket: `/live/visits`. The contract is docs/reference/signalling.md."""

from .line import serve_visit
from .rooms import Rooms
from .verbs import SOCKET_VERBS

__all__ = ["SOCKET_VERBS", "Rooms", "serve_visit"]
