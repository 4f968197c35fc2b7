"""May this change be made? Asked inside its own transaction, and written down there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from bedside.accounts.grants import programs_among
from bedside.consent.queries import RELATIONS_OF_PAIRS
from bedside.consent.rules import PatientFacts
from bedside.fhir.asking import Ask, Steps
from bedside.fhir.store.actions import Change, Permit
from bedside.platform.access import Decision, decide
from bedside.platform.audit.group import Event, event, insert_statement

from .desk import Desk
from .door import insufficient_scope
from .files import leave_files
from .newcomers import keep_people
from .refusals import Refused, not_found
from .rules import ResourceFacts
from .terms import NEVER_WRITTEN, OWNED

_LETTERS = {"POST": "c", "PUT": "u", "PATCH": "u", "DELETE": "d"}
_VERBS = {"c": "gateway.create_resource", "u": "gateway.update_resource", "d": "gateway.delete_resource"}
_ROLE = "Your role here does not write this type."


def permit_for(desk: Desk) -> Permit:
    """Return what says of changes whether this desk's person may make them."""

    def permit(changes: Sequence[Change]) -> Steps[None]:
        relations = yield from _relations(desk, {one for change in changes for one in _patients(change)})
        brought = yield from _brought(desk, changes)
        events: dict[tuple[str, UUID | None], tuple[Event, Counter[str]]] = {}
        decided: dict[tuple[Any, ...], tuple[str, Decision]] = {}
        for change in changes:
            # Nothing else of a change is looked at, so that many alike are decided once.
            alike = (change.method, change.kind, change.before, change.after, change.written_by)
            if alike not in decided:
                decided[alike] = _decide(desk, change, relations, brought)
            letter, decision = decided[alike]
            if change.method == "PATCH" and change.after is None:
                continue  # It is asked again once the patch has been applied.
            patients: list[UUID | None] = [*_patients(change)]
            for patient in patients or [None]:
                _note(events, desk, change, letter, decision, patient)
        yield from leave_files(changes)
        yield from keep_people(desk, changes)
        rows = [_finished(row, counts, desk.grant.token_id) for row, counts in events.values()]
        if rows:
            yield Ask(*insert_statement(rows), prepare=True, is_awaited=False)

    return permit


def _patients(change: Change) -> list[UUID]:
    return list(dict.fromkeys([*(change.before or ()), *(change.after or ())]))


def _relations(desk: Desk, patients: Iterable[UUID]) -> Steps[dict[UUID, frozenset[str]]]:
    actor, wanted = desk.grant.actor, sorted(patients)
    found: dict[UUID, set[str]] = {patient: set() for patient in wanted}
    if actor.person_id is not None and wanted:
        times = [desk.request.now] * len(wanted)
        values = {"people": [actor.person_id] * len(wanted), "patients": wanted, "times": times}
        for _, patient, reason in (yield Ask(RELATIONS_OF_PAIRS, values, prepare=True)):
            found[patient].add(reason)
        if actor.person_id in found:
            found[actor.person_id].add("self")
    return {patient: frozenset(reasons) for patient, reasons in found.items()}


def _brought(desk: Desk, changes: Sequence[Change]) -> Steps[frozenset[UUID]]:
    """Return which of those who wrote what stands are programs. Only a program's own changes hang on it."""
    if desk.grant.actor.program_id is None:
        return frozenset()
    writers = {one.written_by for one in changes if one.kind in OWNED and one.written_by is not None}
    return (yield from programs_among(writers))


def _decide(
    desk: Desk, change: Change, relations: dict[UUID, frozenset[str]], brought: frozenset[UUID]
) -> tuple[str, Decision]:
    """Return what is done and the yes to it. Raises: Refused."""
    is_moved = change.before and change.after is not None and set(change.before) != set(change.after)
    if is_moved and not desk.grant.actor.job:
        words = "A resource stays with its patient. Delete it here and create it there."
        raise Refused(422, "business-rule", words, path=change.kind)
    letter = "c" if change.method == "PUT" and change.before is None else _LETTERS[change.method]
    grant = desk.grant
    facts = ResourceFacts(
        kind=change.kind,
        letter=letter,
        patients=tuple(PatientFacts(patient, relations[patient]) for patient in _patients(change)),
        author_id=grant.actor.author_id,
        scopes=grant.scopes,
        context_id=grant.patient_id,
        is_of_house=change.before is not None and change.written_by not in brought,
    )
    verb = "gateway.exchange_resources" if grant.actor.job else _VERBS[letter]
    decision = decide(grant.actor, verb, facts)
    if not decision.allowed:
        raise _refusal(desk, change, letter, decision)
    return letter, decision


def _refusal(desk: Desk, change: Change, letter: str, decision: Decision) -> Refused:
    match decision.reason:
        case "of_house":
            words = f"{OWNED[change.kind]} This {change.kind} is Bedside's own, and is not changed from outside."
            return Refused(403, "business-rule", words, path=change.kind)
        case "never_written":
            return Refused(403, "business-rule", NEVER_WRITTEN[change.kind], path=change.kind)
        case "person":
            words = "A Patient is a person here, with a chart that is kept. Nobody is deleted from outside."
            return Refused(403, "business-rule", words, path=change.kind)
        case "owned":
            words = f"{OWNED[change.kind]} This API reads {change.kind}; it does not write it."
            return Refused(403, "business-rule", words, path=change.kind)
        case "added_only":
            return Refused(403, "business-rule", f"A {change.kind} is added, and never changed.", path=change.kind)
        case "scope":
            return insufficient_scope(change.kind, letter, is_program=bool(desk.grant.actor.job))
        case "role":
            return Refused(403, "forbidden", _ROLE, path=change.kind)
    if change.before is not None:
        return not_found(change.kind, change.id)
    words = "The patient it is about cannot be found, or is not in your care."
    return Refused(422, "business-rule", words, path=change.kind)


def _note(
    events: dict[tuple[str, UUID | None], tuple[Event, Counter[str]]],
    desk: Desk,
    change: Change,
    letter: str,
    decision: Decision,
    patient: UUID | None,
) -> None:
    """Add a change to the row of its patient: one row for each patient and verb, however many resources."""
    verb = _VERBS[letter]
    if (verb, patient) not in events:
        row = event(
            "change",
            actor=desk.grant.actor,
            action=verb,
            now=desk.request.now,
            patient_id=patient,
            resource=(change.kind, change.id),
            reason=decision.reason,
        )
        events[verb, patient] = (row, Counter())
    events[verb, patient][1][change.kind] += 1


def _finished(row: Event, counts: Counter[str], token_id: UUID | None) -> Event:
    detail: dict[str, Any] = {"changed": dict(counts)}
    if token_id is not None:
        detail["token"] = str(token_id)
    if counts.total() > 1:
        row["resource_type"], row["resource_id"] = "Bundle", ""
    return {**row, "detail": detail}
