"""The questions both layouts are asked, each as the statement that suits it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bedside.fhir.indexing import param_key, param_number, reference_key, token_key
from bench import fhir_world as world

Question = tuple[str, Mapping[str, Any]]
Ask = Callable[[str, random.Random, int], Question]

_SHOWN = "SELECT r.id, r.version, r.body FROM fhir_resource r"
_LIVE = "NOT r.is_deleted"
_NEWEST = "ORDER BY r.at_from DESC NULLS LAST, r.rid DESC LIMIT 50"


def _code(code: str) -> int:
    return token_key("Observation", "code", f"{world.LOINC}|{code}")


def _has(layout: str, name: str, *, alone: bool) -> str:
    """Say that a row has a token: `alone` where nothing else narrows the question down to a few rows."""
    if layout == "tokens":
        return f"r.tokens @> ARRAY[%({name})s::bigint]" if alone else f"%({name})s::bigint = ANY(r.tokens)"
    if alone:
        return f"r.rid IN (SELECT t.rid FROM fhir_token t WHERE t.word = %({name})s::bigint)"
    return f"EXISTS (SELECT 1 FROM fhir_token t WHERE t.rid = r.rid AND t.word = %({name})s::bigint)"


def patient_code_date(layout: str, dice: random.Random, patients: int) -> Question:
    """One patient's values of a code since a day, newest first."""
    values = {
        "patient": world.id_of("Patient", dice.randrange(patients)),
        "code": _code(world.common_code()),
        "since": datetime(2018 + dice.randrange(4), 1, 1, tzinfo=UTC),
    }
    return (
        f"{_SHOWN} WHERE r.patient_id = %(patient)s AND r.type = 'Observation' AND {_has(layout, 'code', alone=False)}"
        f" AND r.at_from >= %(since)s AND {_LIVE} {_NEWEST}"
    ), values


def patient_category(layout: str, dice: random.Random, patients: int) -> Question:
    """One patient's laboratory values, about 24."""
    values = {
        "patient": world.id_of("Patient", dice.randrange(patients)),
        "group": token_key("Observation", "category", f"{world.CATEGORY}|laboratory"),
    }
    return (
        f"{_SHOWN} WHERE r.patient_id = %(patient)s AND r.type = 'Observation'"
        f" AND {_has(layout, 'group', alone=False)} AND {_LIVE} {_NEWEST}"
    ), values


def rare_code(layout: str, dice: random.Random, patients: int) -> Question:
    """Everyone's values of a rare code (about 140), 50 shown."""
    values = {"code": _code(world.rare_code(dice.randrange(world.RARE)))}
    return f"{_SHOWN} WHERE r.type = 'Observation' AND {_has(layout, 'code', alone=True)} AND {_LIVE} {_NEWEST}", values


def common_code(layout: str, dice: random.Random, patients: int) -> Question:
    """Everyone's newest 50 values of a common code, walking back from today."""
    values = {"code": _code(world.observation_code(dice.randrange(world.COMMON)))}
    return (
        f"{_SHOWN} WHERE r.type = 'Observation' AND {_has(layout, 'code', alone=False)} AND {_LIVE} {_NEWEST}",
        values,
    )


def common_code_from_index(layout: str, dice: random.Random, patients: int) -> Question:
    """The same, asked of the index of tokens."""
    values = {"code": _code(world.observation_code(dice.randrange(world.COMMON)))}
    return f"{_SHOWN} WHERE r.type = 'Observation' AND {_has(layout, 'code', alone=True)} AND {_LIVE} {_NEWEST}", values


def two_tokens(layout: str, dice: random.Random, patients: int) -> Question:
    """A rare code and a status nearly all have."""
    status = token_key("Observation", "status", "http://hl7.org/fhir/observation-status|final")
    values = {"code": _code(world.rare_code(dice.randrange(world.RARE))), "status": status}
    if layout == "tokens":
        where = "r.tokens @> ARRAY[%(code)s::bigint, %(status)s::bigint]"
    else:
        where = f"{_has(layout, 'code', alone=True)} AND {_has(layout, 'status', alone=True)}"
    return f"{_SHOWN} WHERE r.type = 'Observation' AND {where} AND {_LIVE} {_NEWEST}", values


def code_and_value(layout: str, dice: random.Random, patients: int) -> Question:
    """A common code with a value in a narrow range."""
    low = dice.uniform(1, 199)
    values = {
        "param": param_number("Observation", "value-quantity"),
        "low": low,
        "high": low + 0.2,
        "code": _code(world.observation_code(dice.randrange(world.COMMON))),
    }
    return (
        f"{_SHOWN} WHERE r.type = 'Observation' AND {_has(layout, 'code', alone=False)} AND r.rid IN (SELECT n.rid"
        " FROM fhir_number n WHERE n.param = %(param)s AND n.low >= %(low)s AND n.low < %(high)s)"
        f" AND {_LIVE} {_NEWEST}"
    ), values


def chained(layout: str, dice: random.Random, patients: int) -> Question:
    """Conditions of patients with a given name (about ten patients, a hundred conditions)."""
    values = {
        "name": param_number("Patient", "given"),
        "word": f"given{dice.randrange(997)}",
        "mix": param_key("Condition", "patient"),
    }
    named = "SELECT s.rid FROM fhir_string s WHERE s.param = %(name)s AND s.norm = %(word)s"
    if layout == "tokens":
        where = f"r.tokens && ARRAY(SELECT t.key # %(mix)s::bigint FROM fhir_resource t WHERE t.rid IN ({named}))"
    else:
        where = (
            "r.rid IN (SELECT l.rid FROM fhir_reference l JOIN fhir_resource t ON l.target = t.key"
            f" WHERE l.param = %(mix)s::bigint AND t.rid IN ({named}))"
        )
    return f"{_SHOWN} WHERE r.type = 'Condition' AND {where} AND {_LIVE} {_NEWEST}", values


def has(layout: str, dice: random.Random, patients: int) -> Question:
    """Patients who have a value of a rare code."""
    values = {"code": _code(world.rare_code(dice.randrange(world.RARE))), "mix": param_key("Observation", "patient")}
    if layout == "tokens":
        found = (
            "SELECT unnest(s.tokens) # %(mix)s::bigint FROM fhir_resource s"
            " WHERE s.type = 'Observation' AND s.tokens @> ARRAY[%(code)s::bigint] AND NOT s.is_deleted"
        )
    else:
        found = (
            "SELECT l.target FROM fhir_reference l JOIN fhir_token t ON t.rid = l.rid"
            " WHERE t.word = %(code)s::bigint AND l.param = %(mix)s::bigint"
        )
    return f"{_SHOWN} WHERE r.type = 'Patient' AND r.key IN ({found}) AND {_LIVE} ORDER BY r.rid LIMIT 50", values


def include(layout: str, dice: random.Random, patients: int) -> Question:
    """The encounters and performers of a page of 50 observations."""
    values = {
        "patient": world.id_of("Patient", dice.randrange(patients)),
        "one": param_key("Observation", "encounter"),
        "two": param_key("Observation", "performer"),
    }
    page = (
        "SELECT p.rid FROM fhir_resource p WHERE p.patient_id = %(patient)s AND p.type = 'Observation'"
        " AND NOT p.is_deleted ORDER BY p.at_from DESC NULLS LAST, p.rid DESC LIMIT 50"
    )
    if layout == "tokens":
        found = (
            "SELECT unnest(s.tokens) # m.mix FROM fhir_resource s,"
            f" (VALUES (%(one)s::bigint), (%(two)s::bigint)) AS m (mix) WHERE s.rid IN ({page})"
        )
    else:
        found = (
            "SELECT l.target FROM fhir_reference l WHERE l.param IN (%(one)s::bigint, %(two)s::bigint)"
            f" AND l.rid IN ({page})"
        )
    return f"{_SHOWN} WHERE r.key IN ({found}) AND {_LIVE}", values


def revinclude(layout: str, dice: random.Random, patients: int) -> Question:
    """The prescriptions that refer to a page of 20 patients."""
    people = [reference_key("Patient", world.id_of("Patient", dice.randrange(patients))) for _ in range(20)]
    mix = param_key("MedicationRequest", "patient")
    if layout == "tokens":
        where, values = "r.tokens && %(mixed)s::bigint[]", {"mixed": [key ^ mix for key in people]}
    else:
        where = (
            "r.rid IN (SELECT l.rid FROM fhir_reference l WHERE l.param = %(mix)s::bigint"
            " AND l.target = ANY(%(people)s::bigint[]))"
        )
        values = {"mix": mix, "people": people}
    return f"{_SHOWN} WHERE r.type = 'MedicationRequest' AND {where} AND {_LIVE}", values


ALL: dict[str, Ask] = {
    "patient + code + date": patient_code_date,
    "patient + category, about 24": patient_category,
    "rare code": rare_code,
    "common code by date, walking back": common_code,
    "common code by date, from the tokens": common_code_from_index,
    "rare code + status all have": two_tokens,
    "common code + narrow value": code_and_value,
    "chained: subject:Patient.given": chained,
    "_has: Observation:patient:code, rare": has,
    "_include: encounter, performer of 50": include,
    "_revinclude: of 20 patients": revinclude,
}
