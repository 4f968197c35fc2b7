"""How fast one token may ask: a bucket of requests for each, filled evenly, kept in the memory of this process.

Why: a program gone wrong must not take the clinic's day from the people in it. It is generous, so that no program that
works as it should ever meets it. Where several processes serve, each counts for itself.
"""

from __future__ import annotations

from math import ceil

from .refusals import Refused

#: Buckets that are kept before the full ones are thrown away.
_KEPT = 5_000


class Pace:
    """Counts the requests of each token."""

    def __init__(self, a_minute: int) -> None:
        """Let each token ask so often in a minute, and that much at once after a rest; 0 lets it ask without end."""
        self._most = float(a_minute)
        self._a_second = a_minute / 60
        #: The requests left, and when that was counted, by the digest of a token.
        self._buckets: dict[bytes, tuple[float, float]] = {}
        self._sweep_at = _KEPT

    def take(self, token: bytes, clock: float) -> None:
        """Count one request. Raises: Refused with 429 when the bucket is empty, with when to ask again."""
        if not self._a_second:
            return
        left, counted = self._buckets.get(token, (self._most, clock))
        left = min(self._most, left + (clock - counted) * self._a_second)
        if left < 1:
            self._buckets[token] = (left, clock)
            raise self._too_fast(left)
        self._buckets[token] = (left - 1, clock)
        if len(self._buckets) > self._sweep_at:
            self._sweep(clock)

    def _too_fast(self, left: float) -> Refused:
        seconds = max(1, ceil((1 - left) / self._a_second))
        words = f"That token asked more than {self._most:.0f} times in a minute. Go on in {seconds} s, and slower."
        return Refused(429, "throttled", words, headers={"retry-after": str(seconds)})

    def _sweep(self, clock: float) -> None:
        """Forget the tokens that have rested until their bucket was full."""
        rested = clock - 60
        self._buckets = {token: kept for token, kept in self._buckets.items() if kept[1] > rested}
        self._sweep_at = max(_KEPT, 2 * len(self._buckets))
