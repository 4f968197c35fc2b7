"""Limits of the live line.

Source: docs/reference/signalling.md, unless a line names another.
"""

from __future__ import annotations

CHANNEL = "bedside_live"

#: What fits in one NOTIFY with room for its wrapping. Source: PostgreSQL manual, NOTIFY: under 8000 bytes.
NOTIFY_BYTES_MOST = 7000
#: A parcel (a payload too large to be a NOTIFY) is kept this long. Units: seconds.
PARCEL_SECONDS = 60

#: Source: ours; docs/reference/signalling.md tells the client.
FRAME_BYTES_MOST = 32_768
FRAMES_PER_SECOND = 30
FRAMES_BURST = 60
TOO_FAST_MOST = 100
SOCKETS_PER_PERSON = 8
TOPICS_PER_SOCKET = 50
#: Frames that may wait for a slow reader before it is closed.
WAITING_FRAMES_MOST = 400

#: Sessions are looked up again this often; a socket closes within 5 s of its session's end. Units: seconds.
SESSION_CHECK_SECONDS = 2.0
#: A live socket's session counts as in use, and its person as seen, this often. Units: seconds.
HEARTBEAT_SECONDS = 15.0

CLOSE_PROTOCOL = 4400
CLOSE_SIGNED_OUT = 4401
CLOSE_ENDED = 4410
CLOSE_TOO_BIG = 4413
CLOSE_TOO_FAST = 4429
CLOSE_TOO_SLOW = 4430
CLOSE_RESTART = 1012
CLOSE_OUR_FAULT = 1011
