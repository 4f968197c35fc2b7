"""Chance that can be repeated: the same seed gives the same people, times and ids."""

from __future__ import annotations

import random
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from bedside.kernel.time import UTC

T = TypeVar("T")

_FIRST = datetime(2020, 1, 1, tzinfo=UTC)


class Dice:
    """A seeded source of choices and of ids."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  (a rehearsal, not a secret)

    def id(self, at: datetime = _FIRST) -> UUID:
        """Return a UUIDv7 that could have been made at that instant."""
        millis = int(at.timestamp() * 1000) & (1 << 48) - 1
        value = millis << 80 | 0x7 << 76 | self.random.getrandbits(12) << 64 | 0x2 << 62 | self.random.getrandbits(62)
        return UUID(int=value)

    def pick(self, things: tuple[T, ...] | list[T]) -> T:
        """Pick one."""
        return self.random.choice(things)

    def chance(self, share: float) -> bool:
        """Say yes in that share of the cases."""
        return self.random.random() < share

    def phone(self) -> str:
        """Return a number in the range kept free for fiction. Source: NANPA, 555-0100 to 555-0199."""
        return f"+1{self.pick(('512', '210', '915', '956', '432', '575'))}55501{self.random.randrange(100):02d}"
