"""How people are related to a patient, and the texts patients agree to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from bedside.kernel.errors import NotFound
from bedside.platform.access import Actor, authorise
from bedside.platform.statements import all_rows

from .gentle import Choice, GentleFacts
from .models import CareRelationship, ResultChoice
from .rules import PatientFacts
from .terms import CONSENT_TEXTS, ConsentText

_RELATIONS = """
SELECT patient_id, reason FROM care_relationship
WHERE person_id = %(person)s AND patient_id = ANY(%(patients)s::uuid[])
  AND starts_at <= %(now)s AND (ends_at IS NULL OR ends_at > %(now)s)
"""


#: A condition of SQL: a relationship of one of some reasons, in force at a time, joins a person to a patient.
#: Shape: `{patient}` is a column or value of the statement; `{person}` and `{now}` are names of values; `{reasons}`
#: are words of `terms.RELATION_REASONS` as SQL writes them.
IN_CARE = """EXISTS (SELECT 1 FROM care_relationship c WHERE c.person_id = %({person})s AND c.patient_id = {patient}
    AND c.reason IN ({reasons}) AND c.starts_at <= %({now})s
    AND (c.ends_at IS NULL OR c.ends_at > %({now})s))"""

#: An expression of SQL: of the reasons of a row named `given`, the first that was in force between its actor and its
#: patient at its time; what the row says itself where there are none to choose from.
REASON_OF_VIEW = """CASE WHEN given.reasons IS NULL THEN given.reason ELSE coalesce((
    SELECT c.reason FROM care_relationship c
    WHERE c.person_id = given.actor_id AND c.patient_id = given.patient_id AND c.reason = ANY(given.reasons)
      AND c.starts_at <= given.at AND (c.ends_at IS NULL OR c.ends_at > given.at)
    ORDER BY array_position(given.reasons, c.reason::text) LIMIT 1), '') END"""

#: The reasons in force of many pairs of a person and a patient at once, each at its own time. Shape: three arrays.
RELATIONS_OF_PAIRS = """
SELECT c.person_id, c.patient_id, c.reason
FROM unnest(%(people)s::uuid[], %(patients)s::uuid[], %(times)s::timestamptz[]) AS p (person_id, patient_id, at)
JOIN care_relationship c ON c.person_id = p.person_id AND c.patient_id = p.patient_id
WHERE c.starts_at <= p.at AND (c.ends_at IS NULL OR c.ends_at > p.at)
"""


def live(now: datetime) -> QuerySet[CareRelationship]:
    """Return the relationships in force at that time."""
    return CareRelationship.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), starts_at__lte=now)


def relations(*, actor: Actor, patient_id: UUID, now: datetime) -> frozenset[str]:
    """Return every relation the actor holds with the patient now: self, booked, treating …"""
    return relations_by_patient(actor=actor, patient_ids=[patient_id], now=now)[patient_id]


def relations_by_patient(*, actor: Actor, patient_ids: Iterable[UUID], now: datetime) -> dict[UUID, frozenset[str]]:
    """Return the actor's relations with each of these patients, in one query."""
    found: dict[UUID, set[str]] = {patient_id: set() for patient_id in patient_ids}
    if actor.person_id is not None:
        asked = {"person": actor.person_id, "patients": list(found), "now": now}
        for patient_id, reason in all_rows(_RELATIONS, asked):
            found[patient_id].add(reason)
        if actor.person_id in found:
            found[actor.person_id].add("self")
    return {patient_id: frozenset(reasons) for patient_id, reasons in found.items()}


def patient_facts(*, actor: Actor, patient_id: UUID, now: datetime) -> PatientFacts:
    """Return what a rule needs to know of the actor and this patient. One query."""
    return PatientFacts(patient_id, relations(actor=actor, patient_id=patient_id, now=now))


def patients_acted_for(*, actor: Actor, now: datetime) -> list[UUID]:
    """Return the patients the actor is proxy for, longest first."""
    if actor.person_id is None:
        return []
    rows = live(now).filter(person_id=actor.person_id, reason="proxy").order_by("starts_at")
    return list(rows.values_list("patient_id", flat=True))


def care_team(*, actor: Actor, patient_id: UUID, now: datetime) -> list[CareRelationship]:
    """Return the people in a patient's care now, each once (with `person`), closest first."""
    order = ["treating", "booked", "covering", "proxy"]
    rows = live(now).filter(patient_id=patient_id, reason__in=order).select_related("person")
    team: dict[UUID, CareRelationship] = {}
    for row in sorted(rows, key=lambda row: (order.index(row.reason), row.starts_at)):
        team.setdefault(row.person_id, row)
    return list(team.values())


def consent_text(kind: str, language: str) -> ConsentText:
    """Return the present text of that kind, in the language or else in English.

    Raises: NotFound when there is no text of that kind.
    """
    text = CONSENT_TEXTS.get((kind, language[:2])) or CONSENT_TEXTS.get((kind, "en"))
    if text is None:
        raise NotFound()
    return text


#: All that gentle results are decided from, of one patient, in one question.
_GENTLE = """
SELECT 'choice', scope, code, way, 0, NULL::timestamptz FROM result_choice
    WHERE patient_id = %(patient)s AND ended_at IS NULL
UNION ALL
SELECT 'opened', report_id, '', '', max(version), NULL FROM result_opening
    WHERE patient_id = %(patient)s GROUP BY report_id
UNION ALL
SELECT 'visit', '', '', '', 0, starts_at FROM care_relationship
    WHERE patient_id = %(patient)s AND reason = 'treating' AND source_type = 'visit' AND starts_at <= %(now)s
"""


def gentle_facts(*, patient_id: UUID, now: datetime) -> GentleFacts:
    """Return what decides which of a patient's results wait for them. One query, for rooms that have authorised."""
    rows = all_rows(_GENTLE, {"patient": patient_id, "now": now})
    return GentleFacts(
        choices=tuple(Choice(scope, code, way) for what, scope, code, way, _, _ in rows if what == "choice"),
        opened={report_id: version for what, report_id, _, _, version, _ in rows if what == "opened"},
        visits_at=tuple(at for what, *_, at in rows if what == "visit"),
    )


def result_choices(*, actor: Actor, patient_id: UUID, now: datetime) -> list[ResultChoice]:
    """Return a patient's choices in force to the patient, oldest first. Raises: NotFound, NotAllowed to others."""
    authorise(actor, "consent.choose_results", patient_facts(actor=actor, patient_id=patient_id, now=now))
    return list(ResultChoice.objects.filter(patient_id=patient_id, ended_at__isnull=True).order_by("chosen_at"))
