"""People whom other programs bring: a Patient that is created by one becomes a person of the house.

Steps only (see `bedside.fhir.asking`), for the transaction that stores the Patient. Whoever has a login, or works
here, keeps their own name and is never changed from outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bedside.fhir.asking import Ask, Steps
from bedside.kernel.errors import Conflict, NotAllowed

from .patient_facts import PatientFacts
from .terms import DEFAULT_ZONE


class PersonKnown(Conflict):
    """There is a person of that id here already. Nothing was stored; let Bedside choose the id, with POST."""

    def __init__(self, person_id: UUID) -> None:
        """Keep whose id it is."""
        self.person_id = person_id
        super().__init__()


class KeepsOwnFacts(NotAllowed):
    """That person signs in here and keeps their own name, birthday and telephone. Nothing was changed."""

    def __init__(self, person_id: UUID) -> None:
        """Keep who it is."""
        self.person_id = person_id
        super().__init__()


_KNOWN = """
SELECT p.id, EXISTS (SELECT 1 FROM login l WHERE l.person_id = p.id)
          OR EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id)
FROM person p WHERE p.id = ANY(%s::uuid[]) ORDER BY p.id FOR NO KEY UPDATE OF p
"""

_GIVEN = """unnest(
    %(ids)s::uuid[], %(given)s::text[], %(family)s::text[], %(born)s::date[], %(sexes)s::text[], %(languages)s::text[],
    %(phones)s::text[]
) AS g (id, given_name, family_name, birth_on, sex, language, phone)"""

_INSERT = f"""
INSERT INTO person (id, given_name, family_name, birth_on, sex, language, phone, time_zone, created_at)
SELECT g.*, %(zone)s, %(now)s::timestamptz FROM {_GIVEN}
ON CONFLICT (id) DO NOTHING RETURNING id
"""  # noqa: S608  (put together from the constant above)

_UPDATE = f"""
UPDATE person p SET given_name = g.given_name, family_name = g.family_name, birth_on = g.birth_on, sex = g.sex,
    language = g.language, phone = g.phone
FROM {_GIVEN}
WHERE p.id = g.id AND (p.given_name, p.family_name, p.birth_on, p.sex, p.language, p.phone)
    IS DISTINCT FROM (g.given_name, g.family_name, g.birth_on, g.sex, g.language, g.phone)
"""  # noqa: S608  (put together from the constant above)


def keep_arrivals(
    new: Mapping[UUID, PatientFacts], changed: Mapping[UUID, PatientFacts], *, now: datetime
) -> Steps[None]:
    """Keep people who come from elsewhere: register those whose Patient is new, change those whose Patient changed.

    Raises: PersonKnown, KeepsOwnFacts; before anything is written, but for two that come at once under one id.
    Locks: the rows of those who are known, in the order of their ids.
    """
    known = yield Ask(_KNOWN, (sorted({*new, *changed}),), prepare=True)
    for known_id, keeps_own in known:
        if known_id in new:
            raise PersonKnown(known_id)
        if keeps_own:
            raise KeepsOwnFacts(known_id)
    there = {known_id for known_id, _ in known}
    arriving = {**new, **{key: facts for key, facts in changed.items() if key not in there}}
    if arriving:
        values = {**_columns(arriving), "zone": DEFAULT_ZONE, "now": now}
        stored = {key for (key,) in (yield Ask(_INSERT, values, prepare=True))}
        for key in arriving:
            if key not in stored:
                raise PersonKnown(key)
    if there:
        yield Ask(_UPDATE, _columns({key: changed[key] for key in there}), prepare=True)


def _columns(people: Mapping[UUID, PatientFacts]) -> dict[str, Any]:
    facts = list(people.values())
    return {
        "ids": list(people),
        "given": [one.given_name for one in facts],
        "family": [one.family_name for one in facts],
        "born": [one.birth_on for one in facts],
        "sexes": [one.sex for one in facts],
        "languages": [one.language for one in facts],
        "phones": [one.phone for one in facts],
    }
