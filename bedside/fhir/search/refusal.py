"""A search that is refused, with what is wrong with it and what there is instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from bedside.fhir.faults import Fault
from bedside.kernel.errors import Invalid


class SearchRefused(Invalid):
    """That search cannot be done as it was asked. Each fault names the parameter, and what there is instead."""

    status = 400

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults, in the order of the parameters."""
        self.faults = list(faults)
        super().__init__()


class Misread(Exception):
    """One parameter cannot be read. Becomes a fault of the whole search, or a warning where it is read leniently."""

    def __init__(self, words: str, *, code: str = "invalid") -> None:
        """Keep what to tell whoever asked. Shape: `code` is an issue type."""
        self.words, self.code = words, code
        super().__init__(words)


def not_supported(words: str) -> Misread:
    """Return the refusal of what R4 knows and this server does not do."""
    return Misread(words, code="not-supported")


def nearby(name: str, names: Iterable[str]) -> str:
    """Return a sentence with the names most like a name, or with the first few where none is like it."""
    known = sorted(names)
    like = get_close_matches(name, known, n=3, cutoff=0.5)
    if like:
        return f"Did you mean {' or '.join(f'“{word}”' for word in like)}?"
    shown = ", ".join(known[:40])
    return f"There is: {shown}{' …' if len(known) > 40 else ''}."
