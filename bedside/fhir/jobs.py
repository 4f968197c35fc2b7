"""What this room does by the clock."""

from __future__ import annotations

from datetime import datetime

from bedside.platform.access import Actor
from bedside.platform.jobs import periodic

from .terminology.commands import load_pack
from .terminology.loading.opening import opened


@periodic("23 2 * * *", name="fhir.load_icd_10_cm", policy="fhir.load_terminology")
def load_icd_10_cm(*, actor: Actor, now: datetime) -> int:
    """Have the ICD-10-CM of the installed package in the tables; on most nights it is there already."""
    with opened("icd-10-cm", None) as pack:
        loaded = load_pack(actor=actor, now=now, pack=pack)
    return 0 if loaded.was_there else loaded.concept_count
