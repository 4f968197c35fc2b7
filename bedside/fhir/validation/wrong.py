"""What a check found wrong, with its place growing from the inside out.

A check answers None when nothing is wrong, which is nearly always; only what is wrong pays for a place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bedside.fhir.faults import Fault, Severity


class Wrong:
    """One thing wrong below the value a check looked at.

    Shape: `place` is as in JSON (".valueQuantity.value"), `path` is FHIRPath (".value.ofType(Quantity).value");
    `words` follow the place: " is required." or ": “abc” is not a decimal.". `is_gap` marks a null in an array, which
    is right if the array beside it has something there; `hint` is asked for only when the fault is told.
    """

    __slots__ = ("code", "hint", "is_gap", "path", "place", "severity", "words")

    def __init__(
        self,
        words: str,
        code: str = "structure",
        *,
        at: str = "",
        severity: Severity = "error",
        is_gap: bool = False,
        hint: Callable[[], str] | None = None,
    ) -> None:
        """Keep what is wrong, at a place below the value."""
        self.words, self.code, self.severity, self.is_gap, self.hint = words, code, severity, is_gap, hint
        self.place = self.path = at

    def as_fault(self, root: str, path: str = "") -> Fault:
        """Return it with its whole place."""
        hint = self.hint() if self.hint else ""
        return Fault((path or root) + self.path, self.code, f"{root}{self.place}{self.words}{hint}", self.severity)


Wrongs = list[Wrong] | None
Check = Callable[[Any, "Around"], Wrongs]
#: Units: characters of a value that a sentence repeats.
SHOWN_MOST = 60
LARGEST_SHOWN = 10**100


class Around:
    """What a check may need of what stands around a value.

    Shape: `resource` is the one the value stands in, `root` the one that contains it or the same; `contained` maps the
    ids of contained resources to their types; `inner` are the references and urls into them that were met, with "#";
    `others` maps the full urls of the bundle around to types.
    """

    __slots__ = ("contained", "inner", "others", "resource", "root")

    def __init__(self, resource: Any, others: Mapping[str, str] | None = None, *, inside: Around | None = None) -> None:
        """Start with nothing met, or with what the containing resource knows."""
        self.resource = resource
        self.root: Any = inside.root if inside else resource
        self.others: Mapping[str, str] = others or {}
        self.inner: set[str] = inside.inner if inside else set()
        self.contained: dict[str, str] = inside.contained if inside else {}


def one(words: str, code: str = "structure", *, at: str = "") -> list[Wrong]:
    """Return one thing wrong."""
    return [Wrong(words, code, at=at)]


def more(wrongs: Wrongs, found: list[Wrong]) -> list[Wrong]:
    """Return them with some more, in the one list there is."""
    if wrongs is None:
        return found
    wrongs += found
    return wrongs


def below(wrongs: list[Wrong], place: str, path: str | None = None) -> list[Wrong]:
    """Return them as seen from one step further out."""
    for wrong in wrongs:
        wrong.place = place + wrong.place
        wrong.path = (path or place) + wrong.path
    return wrongs


def shown(value: Any) -> str:
    """Return a value as it may stand in a sentence, cut short."""
    if isinstance(value, int) and not -LARGEST_SHOWN < value < LARGEST_SHOWN:
        return "that number"  # Python refuses to write out thousands of digits
    text = value if isinstance(value, str) else str(value)
    text = text.encode("utf-8", "replace").decode() if text.isprintable() else ascii(text)[1:-1]
    return f"“{text[:SHOWN_MOST]}{'…' if len(text) > SHOWN_MOST else ''}”"


def sort_of(value: Any) -> str:
    """Return what JSON calls a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, dict):
        return "an object"
    return "an array" if isinstance(value, list) else "a number"
