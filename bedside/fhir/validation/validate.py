"""The way in: one document, all its faults."""

from __future__ import annotations

from typing import Any

from bedside.fhir.faults import Fault

from .resources import check_whole
from .wrong import shown

#: More would be a longer answer than the document, and nobody mends the hundredth before the first.
TOLD_MOST = 100
TOO_DEEP = Fault("", "structure", "The document is nested too deeply.")


def validate(document: Any, *, kind: str | None = None) -> list[Fault]:
    """Return everything that is wrong with a document, in the order it stands there; [] when it is valid.

    `kind` is the type it must be, where the address it was sent to says so.
    """
    try:
        wrongs = check_whole(document)
    except RecursionError:
        return [TOO_DEEP]
    found = document.get("resourceType") if isinstance(document, dict) else None
    root = found if isinstance(found, str) and found.isidentifier() else kind or "Resource"
    faults = [wrong.as_fault(root) for wrong in (wrongs or [])[:TOLD_MOST]]
    if wrongs is not None and len(wrongs) > TOLD_MOST:
        words = f"There are {len(wrongs) - TOLD_MOST:,} more faults; mend these first."
        faults.append(Fault(root, "structure", words))
    if kind is not None and found is not None and found != kind:
        words = f"{root}.resourceType: {shown(found)} was sent where a {kind} belongs."
        faults.insert(0, Fault(f"{root}.resourceType", "structure", words))
    return faults
