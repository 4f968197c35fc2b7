"""Many documents stored under ids that are known beforehand: what is new, what changed, and what stands there already.

For records that come from elsewhere, perhaps for the second time: a document that says what stands there is not
stored again, so nothing doubles. Each document is taken or refused by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from bedside.fhir.asking import Steps
from bedside.fhir.documents import Document, read_document
from bedside.fhir.faults import DocumentRefused
from bedside.fhir.indexing.entries import Entries
from bedside.fhir.reach import EVERYTHING

from .actions import Writer, lock_words, prepare_next
from .checking import check
from .reindexing import reindex_pointing
from .rows import NewVersion, Present
from .targets import LINKING, stand_with_targets
from .writing import change, insert, lock

Name = tuple[str, str]
Done = Literal["new", "changed", "same", "refused"]

#: Says why a document may not stand: given what it is found by, what stands there (None: nothing) and its text as read
#: (None once deleted). "" when it may. The words are a code of the caller's.
Objection = Callable[[Document, Entries, Present | None, Document | None], str]

_STAMPS = frozenset({"versionId", "lastUpdated"})


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one document. Shape: `reason` is "invalid" or the caller's code; `words` say more of a fault."""

    kind: str
    id: str
    done: Done
    version: int = 0
    reason: str = ""
    words: str = ""
    patient_ids: tuple[UUID, ...] = ()


def load(
    documents: Sequence[Document],
    *,
    author_id: UUID | None,
    now: datetime,
    object_to: Objection,
    says_same: Callable[[Document, Document], bool] | None = None,
    is_trial: bool = False,
) -> Steps[list[Loaded]]:
    """Store documents, each with its own `id`, and return what became of each, in their order.

    Shape: two of one name: the first counts, the second is "same" or refused as "twice". A trial stores nothing.
    Locks: the names that are new, then the rows, each in one order.
    """
    names = [(str(one["resourceType"]), str(one["id"])) for one in documents]
    if not is_trial:
        yield from lock_words([f"{kind}/{id}" for kind, id in sorted(set(names))])
    present = yield from lock(names)
    same = says_same or is_same
    found: dict[int, Loaded] = {}
    taken: dict[Name, Document] = {}
    rows: list[NewVersion] = []
    writer = Writer(author_id, now, EVERYTHING, _nothing_to_ask)
    linked = {place: Entries() for place, (kind, _) in enumerate(names) if kind in LINKING}
    order = [place for place in range(len(names)) if place not in linked]
    for place in (*order, *linked):  # whose it is that only points at others hangs on them
        if linked and place == next(iter(linked)):
            near = {(row.kind, row.id): row.entries for row in rows} | {names[at]: one for at, one in linked.items()}
            yield from stand_with_targets([(documents[at], one) for at, one in linked.items()], near)
        name, document = names[place], documents[place]
        if name in taken:
            twice = same(taken[name], document)
            found[place] = Loaded(*name, "same") if twice else Loaded(*name, "refused", reason="twice")
            continue
        patients = linked[place].patient_ids if place in linked else ()
        one, row = _loaded(writer, name, document, present.get(name), object_to, same, patients)
        if one.done != "refused":
            taken[name] = document
        if row is not None:
            rows.append(row)
        found[place] = one
    if not is_trial:
        yield from insert([row for row in rows if row.rid is None])
        yield from change([row for row in rows if row.rid is not None])
        yield from reindex_pointing((row, present.get((row.kind, row.id))) for row in rows)
    return [found[place] for place in range(len(names))]


def _loaded(
    writer: Writer,
    name: Name,
    document: Document,
    present: Present | None,
    object_to: Objection,
    same: Callable[[Document, Document], bool],
    linked: Sequence[UUID],
) -> tuple[Loaded, NewVersion | None]:
    try:
        stands = read_document(present.body) if present is not None and not present.is_deleted else None
        if present is not None and stands is not None and same(stands, document):
            return Loaded(*name, "same", present.version, patient_ids=present.patient_ids), None
        entries = check(document)
        entries.patient_ids += [patient for patient in linked if patient not in entries.patient_ids]
        reason = object_to(document, entries, present, stands)
        if reason:
            return Loaded(*name, "refused", reason=reason), None
        row = prepare_next(writer, document, name[1], entries, present)
    except DocumentRefused as refused:
        faults = [one for one in refused.faults if one.severity == "error"] or refused.faults
        words = " ".join(one.words for one in faults[:3])
        return Loaded(*name, "refused", reason="invalid", words=words), None
    patients = tuple(entries.patient_ids)
    return Loaded(*name, "new" if present is None else "changed", row.version, patient_ids=patients), row


def is_same(stands: Mapping[str, object], document: Mapping[str, object]) -> bool:
    """Say whether two documents say the same, but for what the store stamps on them."""
    return without_stamps(stands) == without_stamps(document)


def without_stamps(document: Mapping[str, object]) -> Document:
    """Return a document without its version and time, and without a meta that then says nothing."""
    found = dict(document)
    meta = found.pop("meta", None)
    if isinstance(meta, Mapping) and (kept := {key: value for key, value in meta.items() if key not in _STAMPS}):
        found["meta"] = kept
    return found


def _nothing_to_ask(_: object) -> Steps[None]:
    """Permit: whoever loads has decided before, for all of it."""
    yield from ()
