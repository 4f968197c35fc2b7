"""Where imported things came from and when, as Provenance: one for each part of a run that was stored together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from bedside.fhir.documents import Document
from bedside.fhir.store.bodies import instant_text

from .bundles.identity import IMPORTED
from .contents import source_uri
from .terms import SOURCE_TAG

_ACTIVITY = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
_AGENT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
KINDS = {"bundle": "application/fhir+json", "ndjson": "application/fhir+ndjson", "ccda": "application/xml"}


def provenance_of(
    targets: Sequence[tuple[str, str, int]],
    *,
    run_id: UUID,
    place: int,
    source: str,
    file_name: str,
    sha256: str,
    by: tuple[UUID | None, str],
    now: datetime,
) -> Document:
    """Return what says of these resources (type, id, version) who brought them in, from which file of which source."""
    by_id, by_name = by
    who: Document = {"display": by_name}
    if by_id is not None:
        who["reference"] = f"Practitioner/{by_id}"
    return {
        "resourceType": "Provenance",
        "id": str(uuid5(IMPORTED, f"provenance|{run_id}|{place}")),
        "meta": {"source": source_uri(source), "tag": [{"system": SOURCE_TAG, "code": source}]},
        "target": [{"reference": f"{kind}/{id}/_history/{version}"} for kind, id, version in targets],
        "recorded": instant_text(now),
        "activity": {"coding": [{"system": _ACTIVITY, "code": "CREATE"}], "text": "import"},
        "agent": [
            {"type": {"coding": [{"system": _AGENT, "code": "enterer"}]}, "who": who},
            {"type": {"coding": [{"system": _AGENT, "code": "custodian"}]}, "who": {"display": source}},
        ],
        "entity": [
            {
                "role": "source",
                "what": {
                    "identifier": {"system": "urn:bedside:file:sha256", "value": sha256},
                    "display": file_name,
                },
            }
        ],
    }
