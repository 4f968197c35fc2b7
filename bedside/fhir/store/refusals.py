"""Why a change or a reading of a resource was refused. Whoever answers over HTTP maps `status`."""

from __future__ import annotations

from typing import ClassVar

from bedside.kernel.errors import Refusal


class ResourceMissing(Refusal):
    """There is no such resource, or it is not yours to reach."""

    status: ClassVar[int] = 404


class ResourceRemoved(Refusal):
    """That resource was deleted. Its earlier versions are in its history."""

    status: ClassVar[int] = 410


class VersionMismatch(Refusal):
    """The resource has changed since the version you name, or it is there already. Read it again and repeat."""

    status: ClassVar[int] = 412


class ManyMatches(Refusal):
    """More than one resource matches the condition. Make it narrower."""

    status: ClassVar[int] = 412


class IdMismatch(Refusal):
    """The id or type in the document is not the one it was sent to."""

    status: ClassVar[int] = 400


class RequestUnclear(Refusal):
    """That cannot be done as it was asked: {words}"""

    status: ClassVar[int] = 400

    def __init__(self, words: str, path: str = "", status: int = 400) -> None:
        """Keep what is wrong and where. Shape: `path` is a FHIRPath; `status` 400, 412 or 422."""
        self.words, self.path = words, path
        self.refused_as = status
        super().__init__(words=words)


class ResourceBusy(Refusal):
    """Someone else is changing the same resource at this moment. Nothing was stored; repeat the request."""

    status: ClassVar[int] = 409


class ResourceSealed(Refusal):
    """That document is signed. It is never changed or deleted; write an addendum instead."""

    status: ClassVar[int] = 409


class EntryRefused(Refusal):
    """Entry {number} of the bundle was refused, so nothing of the bundle was stored."""

    def __init__(self, number: int, cause: Refusal) -> None:
        """Keep the entry's place, from 0, and why it was refused."""
        self.number, self.cause = number, cause
        super().__init__(number=number)

    @property
    def refused_as(self) -> int:
        """The status of the whole: that of the entry."""
        return status_of(self.cause)


def status_of(refusal: Refusal) -> int:
    """Return the status a refusal is answered with."""
    found = getattr(refusal, "refused_as", None)
    return found if isinstance(found, int) else refusal.status
