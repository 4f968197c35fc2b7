"""A person drawn over the Patient that stands: what is known otherwise here is put in its place, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bedside.accounts.models import Person
from bedside.accounts.patient_facts import facts_of_patient
from bedside.accounts.terms import SEXES
from bedside.gateway.faces.people import draw_over, draw_patient

ID = UUID("0192f8a4-6c3e-7b1a-9c56-2f6d8f0e4b7a")
NAMES = st.sampled_from(["", "Ada", "Ana Luz", "Ruiz", "de la Peña"])


def people() -> st.SearchStrategy[Person]:
    return st.builds(
        Person,
        id=st.just(ID),
        given_name=NAMES,
        family_name=NAMES,
        birth_on=st.none() | st.dates(date(1900, 1, 1), date(2026, 1, 1)),
        sex=st.sampled_from(["", *dict(SEXES)]),
        language=st.sampled_from(["en", "es"]),
        phone=st.sampled_from(["", "+15125550100", "555-1234"]),
    )


USES = st.sampled_from(["official", "usual", "old", "maiden", None])


def patients() -> st.SearchStrategy[dict[str, Any]]:
    name = st.fixed_dictionaries(
        {}, optional={"family": NAMES.filter(bool), "given": st.lists(NAMES.filter(bool), min_size=1)}
    )
    names = st.lists(
        st.builds(lambda one, use: {**one, "use": use} if use else one, name, USES).filter(bool), min_size=1
    )
    contact = st.fixed_dictionaries(
        {"system": st.sampled_from(["phone", "email"])}, optional={"value": st.sampled_from(["1", "2"])}
    )
    language = st.sampled_from(["en", "es", "fr", "es-MX"]).map(lambda code: {"language": {"coding": [{"code": code}]}})
    return st.fixed_dictionaries(
        {"resourceType": st.just("Patient"), "id": st.just(str(ID))},
        optional={
            "meta": st.just({"profile": ["x"]}),
            "extension": st.just([{"url": "race"}]),
            "name": names,
            "telecom": st.lists(contact, min_size=1),
            "gender": st.sampled_from(["female", "male", "unknown"]),
            "birthDate": st.sampled_from(["1985", "1985-03", "1985-03-09"]),
            "_birthDate": st.just({"extension": [{"url": "time"}]}),
            "address": st.just([{"city": "Austin"}]),
            "communication": st.lists(language, min_size=1),
        },
    )


OURS = {"name", "telecom", "gender", "birthDate", "_birthDate", "communication"}


@given(people(), people())
def test_over_a_face_of_the_house_it_gives_what_drawing_anew_gives(before: Person, after: Person) -> None:
    assert draw_over(draw_patient(before), after) == draw_patient(after)


@given(patients(), people())
def test_what_the_house_does_not_know_stays_as_it_came(stored: dict[str, Any], person: Person) -> None:
    drawn = draw_over(stored, person)
    assert {k: v for k, v in drawn.items() if k not in OURS} == {k: v for k, v in stored.items() if k not in OURS}
    others = [one for one in stored.get("telecom", []) if one["system"] == "email"]
    assert [one for one in drawn.get("telecom", []) if one["system"] == "email"] == others
    assert draw_over(drawn, person) == drawn, "a second drawing finds nothing to change"


@given(patients())
def test_where_both_say_the_same_nothing_is_put_differently(stored: dict[str, Any]) -> None:
    said = facts_of_patient(stored)
    person = Person(
        id=ID,
        given_name=said.given_name,
        family_name=said.family_name,
        birth_on=said.birth_on,
        sex=said.sex,
        language=said.language,
        phone=said.phone,
    )
    assert draw_over(stored, person) == stored
