"""The database engine of the settings. Django asks for this module by name."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, except that a quiet connection is taken to stand without asking the server.

    Why: a server that ended has closed its side, which shows on the socket at once. Asking it `SELECT 1` at the
    start of every request costs one round trip of the nine a booking makes.
    """

    def is_usable(self) -> bool:
        """Say whether the connection stands. Only one with something to read, as at its end, is asked."""
        if self.connection is None or self.connection.closed:
            return False
        return super().is_usable() if _has_news(self.connection.fileno()) else True


def _has_news(number: int) -> bool:
    """Say whether a socket has something to read. Takes any number, where `select` stops at 1,024."""
    if hasattr(select, "poll"):
        look = select.poll()
        look.register(number, select.POLLIN)
        return bool(look.poll(0))
    return bool(select.select([number], [], [], 0)[0])
