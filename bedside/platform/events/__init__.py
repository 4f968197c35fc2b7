"""How a lower room tells an upper one that something happened: past tense, ids and codes only.

An event is delivered after commit, in this process, to whoever subscribed. It is news, not a queue: what
must not be lost is a row written in the same transaction. A listener's failure is logged and never undoes
the act that was announced.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction

E = TypeVar("E")

log = logging.getLogger(__name__)

_LISTENERS: dict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)


def listen(event: type[E], listener: Callable[[E], None]) -> None:
    """Have `listener` called after each commit that announced an `event`."""
    if listener not in _LISTENERS[event]:
        _LISTENERS[event].append(listener)


def announce(event: Any) -> None:
    """Tell every listener of this event once the present transaction has committed."""
    transaction.on_commit(lambda: _deliver(event))


def _deliver(event: Any) -> None:
    for listener in _LISTENERS[type(event)]:
        try:
            listener(event)
        except Exception:
            log.exception("listener failed: %s", listener.__qualname__)
