"""Which results a patient sees now, and which wait by their own choice. Pure; `consent.gentle` decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from bedside.consent.gentle import GentleFacts, Way, is_held, way_of

from .facts import Report


@dataclass(frozen=True, slots=True)
class Held:
    """A result that waits: that it is there, of which kind and of which day. Never its name, values or marks."""

    id: str
    version: int
    category: str
    at: datetime
    way: Way


def was_opened(report: Report, facts: GentleFacts) -> bool:
    """Say whether the patient opened this version of a report, or a later one."""
    return facts.opened.get(report.id, 0) >= report.version


def parted(reports: Iterable[Report], facts: GentleFacts) -> tuple[tuple[Report, ...], tuple[Held, ...]]:
    """Return the reports that are open to their patient, and what is said of those that wait."""
    shown: list[Report] = []
    held: list[Held] = []
    if not facts.choices:
        return tuple(reports), ()
    for report in reports:
        way = way_of(facts.choices, kind=report.category, codes=report.codes)
        opened = was_opened(report, facts)
        if is_held(way, was_opened=opened, filed_at=report.stored_at, visits_at=facts.visits_at):
            held.append(Held(report.id, report.version, report.category, report.at, way))
        else:
            shown.append(report)
    return tuple(shown), tuple(held)


def resource_ids(reports: Iterable[Report]) -> frozenset[UUID]:
    """Return the ids that the values of these reports have on our screens."""
    return frozenset(_known(result.id) for report in reports for result in report.results if result.id)


def _known(name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        return uuid5(NAMESPACE_URL, f"Observation/{name}")
