"""When the search for garbage may wait."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing_thrown_away() -> Iterator[None]:
    """Let Python put off its search for garbage while a lot is made of which all is kept for now.

    Why: reading and checking a large bundle makes some hundred thousand objects, and Python looks through them again
    and again while none can go: a tenth of the work. Use it where nothing is awaited; it holds for the whole process.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
