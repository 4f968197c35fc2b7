"""Who looked at a record: the log about one patient, told in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import get_language

from bedside.accounts.queries import token_names
from bedside.consent.models import CareRelationship
from bedside.directory.models import Practitioner
from bedside.directory.templatetags.doctors import title_of
from bedside.kernel.time import zone
from bedside.platform.access import Actor
from bedside.platform.audit.models import AuditEvent, AuditSeal
from bedside.platform.audit.queries import chain_head, events_about
from bedside.portal.words import DEED_WORDS, REASON_WORDS

PAGE = 60


@dataclass(frozen=True, slots=True)
class Deed:
    """One line: who did what, when, why; `times` more than one when it was the same thing the same day.

    `is_own` when the patient did it, `is_house` when Bedside did by itself; `program` is what they called the token
    of the program they did it with.
    """

    id: int
    at: datetime
    name: str
    role: str
    did: str | Promise
    why: str | Promise
    note: str
    times: int
    is_own: bool
    is_house: bool
    is_emergency: bool
    is_refusal: bool
    patient_id: UUID | None = None
    program: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day in the reader's zone."""

    on: date
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """A page of the list, the newest first; `next_before` leads to the next page. `head` stands for the whole log."""

    days: tuple[Day, ...]
    is_own_included: bool
    next_before: int | None
    head: AuditSeal | None


def who_looked(
    *, actor: Actor, patient_id: UUID, now: datetime, is_own_included: bool = False, before_id: int | None = None
) -> Looked:
    """Return who looked at a patient's record or changed it. Six queries.

    Raises: NotFound for anyone but the patient and a privacy officer.
    """
    rows = events_about(
        actor=actor,
        patient_id=patient_id,
        now=now,
        is_own_included=is_own_included,
        before_id=before_id,
        limit=PAGE + 1,
    )
    shown, rest = rows[:PAGE], rows[PAGE:]
    deeds = tell(shown, patient_id=patient_id)
    return Looked(
        days=_by_day(deeds, actor.time_zone),
        is_own_included=is_own_included,
        next_before=shown[-1].id if rest else None,
        head=chain_head(),
    )


def tell(rows: Iterable[AuditEvent], *, patient_id: UUID | None = None) -> list[Deed]:
    """Put rows of the log into words, with titles, the notes of emergencies and the names of tokens. Three queries."""
    rows = list(rows)
    titles = titles_of({row.actor_id for row in rows if row.actor_id})
    emergencies = [row.resource_id for row in rows if row.action == "consent.break_glass"]
    notes = dict(CareRelationship.objects.filter(id__in=emergencies).values_list("id", "note")) if emergencies else {}
    programs = token_names({token for row in rows if (token := _token_of(row))})
    told = [_deed(row, titles, {str(key): note for key, note in notes.items()}, patient_id) for row in rows]
    return [replace(deed, program=programs.get(_token_of(row), "")) for deed, row in zip(told, rows, strict=True)]


def _token_of(row: AuditEvent) -> str:
    """Return the id of the token a row was left by, "" where there was none."""
    return str(row.detail.get("token", "")) if row.action.startswith("gateway.") else ""


def titles_of(person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the titles of those who are practitioners, as the reader's language writes them: {id: "Dr"}."""
    language = get_language() or "en"
    rows = Practitioner.objects.filter(person_id__in=set(person_ids))
    return {
        person_id: title_of(title, sex, language)
        for person_id, title, sex in rows.values_list("person_id", "title", "person__sex")
    }


def _deed(row: AuditEvent, titles: Mapping[UUID, str], notes: Mapping[str, str], patient_id: UUID | None) -> Deed:
    title = titles.get(row.actor_id, "") if row.actor_id else ""
    is_own = patient_id is not None and row.actor_id == patient_id
    return Deed(
        id=row.id,
        at=row.at,
        name=f"{title} {row.actor_name}".strip(),
        role=row.actor_roles.split(" ")[0],
        did=DEED_WORDS.get(row.action, row.action),
        why="" if is_own else REASON_WORDS.get(row.reason, ""),
        note=notes.get(row.resource_id, ""),
        times=1,
        is_own=is_own,
        is_house=row.actor_id is None,
        is_emergency="break_glass" in {row.reason, row.action.rpartition(".")[2]},
        is_refusal=row.kind == "refusal",
        patient_id=row.patient_id,
    )


def _by_day(deeds: Iterable[Deed], zone_name: str) -> tuple[Day, ...]:
    tz = zone(zone_name)
    days: dict[date, dict[tuple[object, ...], list[Deed]]] = {}
    for deed in deeds:
        key = (deed.name, str(deed.did), str(deed.why), deed.is_refusal, deed.note, deed.program)
        days.setdefault(deed.at.astimezone(tz).date(), {}).setdefault(key, []).append(deed)
    return tuple(Day(on, tuple(_once(same) for same in groups.values())) for on, groups in days.items())


def _once(same: list[Deed]) -> Deed:
    return replace(same[0], times=len(same))
