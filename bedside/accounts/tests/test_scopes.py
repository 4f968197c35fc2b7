"""What a token's scopes mean: a table."""

from __future__ import annotations

import pytest

from bedside.accounts.scopes import Scope, ScopeRefused, parse_scopes

UNDERSTOOD = [
    ("user/Observation.rs", ["user/Observation.rs"]),
    ("patient/*.rs", ["patient/*.rs"]),
    ("user/*.cruds", ["user/*.cruds"]),
    ("user/*.*", ["user/*.cruds"]),
    ("user/Condition.read", ["user/Condition.rs"]),
    ("user/Condition.write", ["user/Condition.cud"]),
    ("system/Patient.s", ["system/Patient.s"]),
    ("  user/Patient.r   user/Patient.r user/Patient.s ", ["user/Patient.r", "user/Patient.s"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "scopes"), UNDERSTOOD)
def test_scopes_are_understood(text: str, scopes: list[str]) -> None:
    assert str(parse_scopes(text)) == " ".join(scopes)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("user/Observation.sr", "shape"),
        ("user/Observation.rr", "shape"),
        ("user/Observation.", "shape"),
        ("user/Observation", "shape"),
        ("user/observation.rs", "shape"),
        ("users/Observation.rs", "shape"),
        ("user/Obs ervation.rs", "shape"),
        ("user/Observation.rs\x00", "shape"),
        ("user/Observatión.rs", "shape"),
        ("openid", "shape"),
        ("user/Observation.rs?category=laboratory", "granular"),
        ("user/A.r " * 500, "long"),
        (" ".join(f"user/A{chr(97 + n // 26)}{chr(97 + n % 26)}.r" for n in range(201)), "many"),
    ],
)
def test_what_is_not_a_scope_is_refused_and_named(text: str, why: str) -> None:
    with pytest.raises(ScopeRefused) as refused:
        parse_scopes(text)
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("scope", "kind", "letters", "allowed"),
    [
        ("user/*.rs", "Observation", "r", True),
        ("user/*.rs", "Observation", "c", False),
        ("user/Observation.rs", "Condition", "r", False),
        ("user/Observation.cud", "Observation", "rs", False),
        ("user/Observation.s", "Observation", "rs", True),
    ],
)
def test_a_scope_allows_what_it_names_and_nothing_else(scope: str, kind: str, letters: str, allowed: bool) -> None:
    assert parse_scopes(scope).allow(kind, letters) is allowed


def test_the_types_of_one_holder_are_told_apart() -> None:
    scopes = parse_scopes("patient/Observation.rs user/Condition.cud user/Patient.r")
    assert scopes.kinds("rs") == {"Observation", "Patient"}
    assert scopes.kinds("rs", holders=["user"]) == {"Patient"}
    assert scopes.holders == {"patient", "user"}
    assert Scope("user", "*", "rs").allows("Anything", "s")
