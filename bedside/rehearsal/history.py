"""Make what past visits left behind: who was there, what was found, and who may still read it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from uuid import UUID

from bedside.consent.models import CareRelationship, ConsentGiven
from bedside.consent.queries import consent_text
from bedside.visits.models import CheckIn, Participant, Visit, VisitStep

from .calendar import Booked
from .dice import Dice
from .load import copy_rows
from .names import TOWNS

_STEPS = (("", "checked_in", -8), ("checked_in", "waiting", -5), ("waiting", "in_call", 1), ("in_call", "ended", 18))


def store_visits(dice: Dice, booked: list[Booked]) -> list[tuple[Booked, UUID]]:
    """Store the visits of done appointments, with check-in, consent, steps, people and care relationships."""
    done = [(one, dice.id(one.starts_at), dice.id(one.starts_at)) for one in booked if one.status == "done"]
    _store_consents(done)
    copy_rows(
        Visit,
        "id appointment_id patient_id practitioner_id state mode created_at waiting_since started_at "
        "ended_at end_reason",
        (
            (visit_id, one.id, one.patient.pk, one.practitioner.pk, "ended", one.mode, _after(one, -8), _after(one, -5),
             _after(one, 1), _after(one, 18), "completed")
            for one, visit_id, _ in done
        ),
    )  # fmt: skip
    copy_rows(
        CheckIn,
        "visit_id place region country callback_number consent_id device_test checked_in_at",
        (
            (visit_id, *_place(dice), one.patient.phone, consent_id, _device_test(dice), _after(one, -6))
            for one, visit_id, consent_id in done
        ),
    )
    copy_rows(
        VisitStep,
        "visit_id kind from_value to_value at by_id why",
        (
            (visit_id, "state", before, after, _after(one, minutes),
             one.patient.pk if minutes < 0 else one.practitioner.pk, "")
            for one, visit_id, _ in done
            for before, after, minutes in _STEPS
        ),
    )  # fmt: skip
    copy_rows(
        Participant,
        "id visit_id person_id role state admitted_at",
        (
            (dice.id(one.starts_at), visit_id, person_id, role, "left", _after(one, 1))
            for one, visit_id, _ in done
            for person_id, role in ((one.patient.pk, "patient"), (one.practitioner.pk, "clinician"))
        ),
    )
    copy_rows(
        CareRelationship,
        "id patient_id person_id reason source_type source_id starts_at ends_at created_by note",
        _care(dice, booked, done),
    )
    return [(one, visit_id) for one, visit_id, _ in done]


def _care(dice: Dice, booked: list[Booked], done: Iterable[tuple[Booked, UUID, UUID]]) -> Iterator[tuple[object, ...]]:
    """Yield a `booked` relation for each appointment that stands, and a lasting `treating` one for each visit."""
    for one in booked:
        if one.status in {"booked", "done"}:
            ends_at = None if one.status == "booked" else one.ends_at + timedelta(days=7)
            yield (dice.id(one.created_at), one.patient.pk, one.practitioner.pk, "booked", "appointment", one.id,
                   one.created_at, ends_at, one.patient.pk, "")  # fmt: skip
    for one, visit_id, _ in done:
        yield (dice.id(one.starts_at), one.patient.pk, one.practitioner.pk, "treating", "visit", visit_id,
               _after(one, 1), None, one.practitioner.pk, "")  # fmt: skip


def _store_consents(done: list[tuple[Booked, UUID, UUID]]) -> None:
    texts = {language: consent_text("telehealth", language) for language in ("en", "es")}
    copy_rows(
        ConsentGiven,
        "id patient_id kind text_version text_language text_sha256 given_by_id given_at source_type source_id",
        (
            (consent_id, one.patient.pk, "telehealth", texts[one.patient.language].version, one.patient.language,
             texts[one.patient.language].sha256, one.patient.pk, _after(one, -6), "visit", visit_id)
            for one, visit_id, consent_id in done
        ),
    )  # fmt: skip


def _after(one: Booked, minutes: int) -> object:
    return one.starts_at + timedelta(minutes=minutes)


def _place(dice: Dice) -> tuple[str, str, str]:
    town = dice.pick(TOWNS[:6])
    return f"{dice.pick(('At home', 'At home', 'At work', 'At my sister’s'))}, {town[0]}", town[1], "US"


def _device_test(dice: Dice) -> str:
    return json.dumps(
        {"camera": "ok", "microphone": "ok", "speaker": "ok", "rtt_ms": dice.random.randrange(18, 240), "loss": 0}
    )
