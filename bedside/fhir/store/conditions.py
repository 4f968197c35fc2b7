"""Changes to whatever a condition finds: create if none, update, delete or patch the one.

Who asks the same condition at one time waits for the other: of fifty who create "if there is none", one does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import parse_qsl, urlencode

from bedside.fhir.asking import Steps
from bedside.fhir.documents import Document
from bedside.fhir.reach import Reach

from .actions import Edit, Outcome, Writer, create, delete, lock_words, patch, update
from .reading import read_body
from .refusals import IdMismatch, ManyMatches, RequestUnclear, ResourceMissing

#: Finds the resources of a type that a condition ("identifier=x&active=true") matches, within the asker's reach.
#: Returns their ids, two at most. Raises a Refusal when the condition cannot be read.
Match = Callable[[str, str], Steps[Sequence[str]]]


def is_text(text: str) -> bool:
    """Say whether letters can be written down: without half a surrogate pair, and without a null character."""
    return "\x00" not in text and (text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text))


def normal(kind: str, criteria: str) -> str:
    """Return a condition in the one form it is locked under, however its parts were ordered and escaped."""
    pairs = sorted(parse_qsl(criteria.lstrip("?"), keep_blank_values=True))
    if not pairs:
        raise RequestUnclear("A condition needs at least one search parameter.", status=412)
    if not all(is_text(word) for pair in pairs for word in pair):
        raise RequestUnclear("A condition holds half of a surrogate pair, or a null character.", status=412)
    return f"{kind}?{urlencode(pairs)}"


def conditional_match(match: Match, kind: str, criteria: str) -> Steps[str | None]:
    """Return the id of the one resource a condition finds, None when there is none.

    Raises: ManyMatches. Locks: the condition, until the transaction ends.
    """
    yield from lock_words([normal(kind, criteria)])
    return (yield from only_match(match, kind, criteria))


def only_match(match: Match, kind: str, criteria: str) -> Steps[str | None]:
    """Return the id of the one resource a condition finds, whose condition is locked already. Raises: ManyMatches."""
    found = yield from match(kind, criteria.lstrip("?"))
    if len(found) > 1:
        raise ManyMatches()
    return found[0] if found else None


def as_it_stands(reach: Reach, kind: str, id: str) -> Steps[Outcome]:
    """Return a resource that was there already as what became of a request to create it."""
    found = yield from read_body(kind, id, reach)
    return Outcome("found", kind, id, found.version, found.stored_at, found.patient_ids, found.body)


def create_if_none(writer: Writer, document: Document, *, criteria: str, match: Match) -> Steps[Outcome]:
    """Store a new resource unless the condition finds one, which is then returned as it stands.

    Raises: ManyMatches; what `create` raises. Locks: the condition.
    """
    kind = str(document.get("resourceType"))
    there = yield from conditional_match(match, kind, criteria)
    if there is not None:
        return (yield from as_it_stands(writer.reach, kind, there))
    return (yield from create(writer, document))


def update_where(
    writer: Writer, document: Document, *, kind: str, criteria: str, match: Match, if_match: int | None = None
) -> Steps[Outcome]:
    """Update the resource the condition finds, or create it: under the document's own id if it has one.

    Raises: ManyMatches; IdMismatch when the one found has another id than the document; what `update` raises.
    Locks: the condition, then the resource's row.
    """
    there = yield from conditional_match(match, kind, criteria)
    own = document.get("id")
    if there is not None and own not in (None, there):
        raise IdMismatch()
    name = there or own
    if name is None:
        if document.get("resourceType") != kind:
            raise IdMismatch()
        return (yield from create(writer, document))
    return (yield from update(writer, document, kind=kind, id=name, if_match=if_match))


def delete_where(writer: Writer, *, kind: str, criteria: str, match: Match) -> Steps[Outcome | None]:
    """Delete the resource the condition finds; None when it finds none, which is no fault.

    Raises: ManyMatches; what `delete` raises. Locks: the condition, then the resource's row.
    """
    there = yield from conditional_match(match, kind, criteria)
    return (yield from delete(writer, kind=kind, id=there)) if there is not None else None


def patch_where(
    writer: Writer, edit: Edit, *, kind: str, criteria: str, match: Match, if_match: int | None = None
) -> Steps[Outcome]:
    """Patch the resource the condition finds.

    Raises: ResourceMissing when it finds none; ManyMatches; what `patch` raises. Locks: the condition, then the row.
    """
    there = yield from conditional_match(match, kind, criteria)
    if there is None:
        raise ResourceMissing()
    return (yield from patch(writer, edit, kind=kind, id=there, if_match=if_match))
