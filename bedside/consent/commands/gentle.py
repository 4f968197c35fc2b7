"""Patients choose when their results open for them, and open them. Nobody else can do either."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bedside.accounts.models import Person
from bedside.consent.models import ResultChoice, ResultOpening
from bedside.consent.queries import patient_facts
from bedside.consent.terms import RESULT_KINDS, RESULT_SCOPES, RESULT_WAYS
from bedside.kernel.errors import Invalid
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_change

_CODE_MOST, _LABEL_MOST = 64, 200


class NotAChoice(Invalid):
    """Pick what it is about and when it should open. Your choices are as they were."""


@transaction.atomic
def choose_results(
    *, actor: Actor, now: datetime, patient_id: UUID, scope: str, code: str = "", way: str, label: str = ""
) -> ResultChoice | None:
    """Set when results open for their patient: all, of one kind, or of one test. The choice before it ends.

    Return None when nothing is held any more by it: all results open at once, which is what holds without a choice.
    Shape: `code` is a kind of `terms.RESULT_KINDS`, a LOINC code, or "" for all.
    Raises: NotAChoice; NotFound and NotAllowed to anyone but the patient. Locks: the patient's row.
    """
    facts = patient_facts(actor=actor, patient_id=patient_id, now=now)
    decision = authorise(actor, "consent.choose_results", facts, Context(now))
    _check(scope, code, way)
    Person.objects.select_for_update().get(id=patient_id)
    live = ResultChoice.objects.filter(patient_id=patient_id, scope=scope, code=code, ended_at__isnull=True)
    before = live.first()
    if before is not None and before.way == way:
        return before
    live.update(ended_at=now)
    chosen = None
    if (scope, way) != ("all", "at_once"):
        chosen = ResultChoice.objects.create(
            patient_id=patient_id, scope=scope, code=code, label=label[:_LABEL_MOST], way=way,
            chosen_by_id=actor.person_key, chosen_at=now,
        )  # fmt: skip
    record_change(
        actor=actor, action="consent.choose_results", now=now, patient_id=patient_id, reason=decision.reason,
        resource=("ResultChoice", chosen.id if chosen else patient_id),
        detail={"scope": scope, "code": code, "way": way},
    )  # fmt: skip
    return chosen


def _check(scope: str, code: str, way: str) -> None:
    fits = {"all": not code, "kind": code in dict(RESULT_KINDS), "test": 0 < len(code) <= _CODE_MOST}
    if scope not in dict(RESULT_SCOPES) or way not in dict(RESULT_WAYS) or not fits[scope]:
        raise NotAChoice()


@transaction.atomic
def open_result(*, actor: Actor, now: datetime, patient_id: UUID, report_id: str, version: int) -> bool:
    """Note that a patient opened a result. Return False when that version was opened before.

    Raises: NotFound and NotAllowed to anyone but the patient.
    """
    facts = patient_facts(actor=actor, patient_id=patient_id, now=now)
    decision = authorise(actor, "consent.open_result", facts, Context(now))
    opening = ResultOpening(patient_id=patient_id, report_id=report_id, version=version, opened_at=now)
    ResultOpening.objects.bulk_create([opening], ignore_conflicts=True)
    if not ResultOpening.objects.filter(id=opening.id).exists():
        return False
    record_change(
        actor=actor, action="consent.open_result", now=now, patient_id=patient_id, reason=decision.reason,
        resource=("DiagnosticReport", report_id), detail={"version": version},
    )  # fmt: skip
    return True
