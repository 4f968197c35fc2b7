"""Every refusal as an OperationOutcome: what is wrong, where, and what to do. Never anybody's data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from bedside.fhir.faults import DocumentRefused, Fault
from bedside.fhir.store.refusals import EntryRefused, RequestUnclear, status_of
from bedside.kernel.errors import Refusal


class Refused(Refusal):
    """The FHIR API did not do that. What it answered says why, and what to mend."""

    def __init__(
        self, status: int, code: str, words: str, *, path: str = "", headers: dict[str, str] | None = None
    ) -> None:
        """Keep one fault; `refused_for` makes one with many.

        Shape: `status` is of HTTP, `code` an issue type of FHIR R4, `path` a FHIRPath.
        """
        super().__init__()
        self.refused_as = status
        self.faults: list[Fault] = [Fault(path=path, code=code, words=words)]
        self.headers = headers or {}


def refused_for(faults: Sequence[Fault], status: int) -> Refused:
    """Return a refusal that names several faults."""
    made = Refused(status, faults[0].code, faults[0].words)
    made.faults = list(faults)
    return made


#: The kernel's refusals as issue types. Source: FHIR R4 4.0.1, value set issue-type.
_CODES = {
    400: "invalid",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    410: "deleted",
    412: "conflict",
    413: "too-long",
    422: "processing",
    429: "throttled",
}


def refusal_of(error: Exception) -> Refused | None:
    """Return a refusal for what a lower room raised, or None for an accident."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, EntryRefused):
        return _of_entry(error)
    if isinstance(error, Refusal):
        status = status_of(error)
        faults = getattr(error, "faults", None)
        if faults:
            return refused_for(faults, _status_of_document(faults) if isinstance(error, DocumentRefused) else status)
        words = error.words if isinstance(error, RequestUnclear) else str(error)
        code = _CODES.get(status, "transient" if status == 503 else "processing")
        return Refused(status, code, words, path=getattr(error, "path", ""))
    return None


def _of_entry(error: EntryRefused) -> Refused:
    """Return the refusal of a whole bundle for one of its entries: each fault says in which entry it is."""
    cause = refusal_of(error.cause)
    if cause is None:
        return Refused(422, "processing", str(error))
    place = f"Bundle.entry[{error.number}]"
    faults = [
        Fault(
            path=f"{place}.resource{inner}" if (inner := _inside(fault.path)) else place,
            code=fault.code,
            words=f"Entry {error.number} was refused, so nothing was stored: {fault.words}",
            severity=fault.severity,
        )
        for fault in cause.faults
    ]
    return refused_for(faults, cause.refused_as)


def _inside(path: str) -> str:
    """Return what follows the type in a path: ".code" of "Observation.code"."""
    head, dot, rest = path.partition(".")
    return f".{rest}" if dot and head[:1].isupper() and not path.startswith("Bundle") else ""


def _status_of_document(faults: Sequence[Fault]) -> int:
    """Return 400 for what is not even JSON, 422 for a document that says what cannot be.

    Source: FHIR R4 4.0.1, 3.1.0.8 (create): 400 where the resource could not be parsed, 422 for its rules.
    """
    return 400 if any(fault.code == "structure" and not fault.path for fault in faults) else 422


def not_found(kind: str, id: str) -> Refused:
    """Return the answer to what is missing and to what is not theirs, which look the same."""
    return Refused(404, "not-found", f"{kind}/{id} cannot be found, or it is not yours to see.")


def issue_of(fault: Fault) -> dict[str, Any]:
    """Return a fault as an issue of an OperationOutcome."""
    issue: dict[str, Any] = {"severity": fault.severity, "code": fault.code, "details": {"text": _sayable(fault.words)}}
    if fault.path:
        issue["expression"] = [_sayable(fault.path)]
    return issue


def _sayable(text: str) -> str:
    """Return a text that can be written down: what was sent may hold half a surrogate pair, and a refusal cites it."""
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def outcome_of(faults: Iterable[Fault]) -> dict[str, Any]:
    """Return an OperationOutcome with these faults."""
    return {"resourceType": "OperationOutcome", "issue": [issue_of(fault) for fault in faults]}


def all_well(words: str) -> dict[str, Any]:
    """Return an OperationOutcome that has nothing to complain of."""
    return outcome_of([Fault(path="", code="informational", words=words, severity="information")])


def outcome_bytes(faults: Iterable[Fault]) -> bytes:
    """Return an OperationOutcome as JSON."""
    return orjson.dumps(outcome_of(faults))
