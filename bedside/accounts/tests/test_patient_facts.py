"""What the house reads of a person in a Patient, however it is written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.accounts.patient_facts import PatientFacts, facts_of_patient
from bedside.accounts.rules import NAME_LENGTH_MOST, name_fault

ANA = {"family": "Ruiz", "given": ["Ana", "Luz"]}


@pytest.mark.parametrize(
    ("patient", "wanted"),
    [
        ({}, PatientFacts()),
        ({"name": [ANA]}, PatientFacts("Ana Luz", "Ruiz")),
        ({"name": [{"use": "maiden", "family": "Soto"}, ANA]}, PatientFacts("Ana Luz", "Ruiz")),
        ({"name": [{"family": "Soto"}, {"use": "usual", **ANA}]}, PatientFacts("Ana Luz", "Ruiz")),
        ({"name": [{"use": "usual", "family": "Soto"}, {"use": "official", **ANA}]}, PatientFacts("Ana Luz", "Ruiz")),
        ({"name": [{"text": "Ana Luz Ruiz"}]}, PatientFacts("Ana Luz Ruiz")),
        ({"name": [{"family": "Ruiz\u202e  de\u200b la Peña"}]}, PatientFacts("", "Ruiz de la Peña")),
        ({"name": [{"family": "محمد\u200cرضا"}]}, PatientFacts("", "محمد\u200cرضا")),
        ({"name": [{"family": "x" * 300}]}, PatientFacts("", "x" * 100)),
        ({"name": [{"given": [None, "Ana"], "_given": [{"extension": []}, None]}]}, PatientFacts("Ana")),
        ({"birthDate": "1985-03-09"}, PatientFacts(birth_on=date(1985, 3, 9))),
        ({"birthDate": "1985-03"}, PatientFacts()),
        ({"birthDate": "1985"}, PatientFacts()),
        ({"gender": "other"}, PatientFacts(sex="other")),
        ({"communication": [{"language": {"coding": [{"code": "es-MX"}]}}]}, PatientFacts(language="es")),
        ({"communication": [{"language": {"coding": [{"code": "fr"}]}}]}, PatientFacts()),
        (
            {
                "communication": [
                    {"language": {"coding": [{"code": "en"}]}},
                    {"language": {"coding": [{"code": "es"}]}, "preferred": True},
                ]
            },
            PatientFacts(language="es"),
        ),
        (
            {
                "telecom": [
                    {"system": "email", "value": "a@example.org"},
                    {"system": "phone", "value": "1", "use": "old"},
                    {"system": "phone", "value": " 555-123  4567 "},
                    {"system": "phone", "value": "2"},
                ]
            },
            PatientFacts(phone="555-123 4567"),
        ),
        ({"telecom": [{"system": "phone", "value": "5" * 40}]}, PatientFacts()),
    ],
)
def test_a_patient_is_read_as_the_house_would_keep_them(patient: dict[str, Any], wanted: PatientFacts) -> None:
    assert facts_of_patient(patient) == wanted


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
NAMES = st.lists(st.fixed_dictionaries({}, optional={"use": st.text(), "family": JSON, "given": JSON, "text": JSON}))


@pytest.mark.slow
@given(
    st.fixed_dictionaries({}, optional={"name": NAMES | JSON, "telecom": JSON, "communication": JSON, "gender": JSON})
)
def test_whatever_is_sent_is_read_without_an_accident_and_fits(patient: dict[str, Any]) -> None:
    facts = facts_of_patient(patient)
    for name in (facts.given_name, facts.family_name):
        assert len(name) <= NAME_LENGTH_MOST
        assert name_fault(name) in ("", "empty", "wordless")
