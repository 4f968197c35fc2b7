"""Who may come in: tokens in force, within their scopes, with a second factor for staff."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator

from bedside.accounts import commands
from bedside.accounts.models import AccessToken
from bedside.consent.models import CareRelationship
from bedside.gateway.terms import BELIEF_SECONDS

from .conftest import Api, pressure

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer"}, {"authorization": "Basic YTpi"}, {"authorization": "Bearer bedside_pat_nope"}],
)
def test_nobody_comes_in_without_a_token(api: Api, headers: dict[str, str]) -> None:
    for path in ("Observation/1", "Observation?code=x", "_history", "Patient/1/$everything", ""):
        answer = api.nobody.get(path, **headers)
        assert (answer.status, answer.json["resourceType"]) == (401, "OperationOutcome")
        assert answer.headers["www-authenticate"].startswith('Bearer realm="Bedside FHIR"')
    assert api.nobody.post("Observation", pressure(api.cast.id("ada")), **headers).status == 401


def test_a_revoked_token_is_refused_within_a_second(api: Api) -> None:
    caller = api.chen
    assert caller.get("Observation").status == 200
    commands.revoke_access_token(actor=api.cast.actor("chen"), now=api.now, token_id=AccessToken.objects.get().id)
    api.seconds[0] += BELIEF_SECONDS
    answer = caller.get("Observation")
    assert answer.status == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert BELIEF_SECONDS <= 1


def test_care_that_ends_ends_at_once(api: Api) -> None:
    made = api.house.post("Observation", pressure(api.cast.id("ada"))).json["id"]
    assert api.chen.get(f"Observation/{made}").status == 200
    CareRelationship.objects.filter(person=api.cast.chen).update(ends_at=api.now - timedelta(seconds=1))
    assert api.chen.get(f"Observation/{made}").status == 404


def test_staff_without_a_second_factor_do_not_come_in(api: Api) -> None:
    caller = api.chen
    Authenticator.objects.filter(user=api.cast.chen.user).delete()
    answer = caller.get("Observation")
    assert answer.status == 403
    assert "second step" in answer.words


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        ("user/Observation.rs", "GET", "Observation", 200),
        ("user/Observation.rs", "GET", "Condition", 403),
        ("user/Observation.r", "GET", "Observation", 403),
        ("user/Observation.s", "GET", "Observation/1", 403),
        ("user/Observation.s", "GET", "Observation/_history", 200),
        ("user/Observation.rs", "GET", "_history", 200),
        ("user/Observation.rs", "DELETE", "Observation/1", 403),
        ("user/Observation.cud", "GET", "Observation/1", 403),
        ("patient/*.rs", "GET", "Observation", 200),
        ("user/Observation.rs", "GET", "Patient/1/$everything", 403),
    ],
)
def test_scopes_narrow_what_a_token_does(api: Api, scopes: str, method: str, path: str, status: int) -> None:
    answer = api.caller("chen", scopes)(method, path)
    assert answer.status == status
    if status == 403:
        assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


def test_a_scope_of_one_type_shows_that_type_only(api: Api) -> None:
    for body in (pressure(api.cast.id("ada")), {**_condition(api)}):
        assert api.house.post(body["resourceType"], body).status == 201
    kinds = {entry["resource"]["resourceType"] for entry in api.chen.get("_history").json["entry"]}
    assert kinds > {"Observation", "Condition"}
    narrow = api.caller("chen", "user/Condition.rs").get("_history").json["entry"]
    assert {entry["resource"]["resourceType"] for entry in narrow} == {"Condition"}


def test_a_patient_scope_is_about_the_person_themselves(api: Api) -> None:
    """A doctor is a patient too: such a token shows her own record and none of her patients'."""
    hers = api.house.post("Observation", pressure(api.cast.id("chen"))).json["id"]
    adas = api.house.post("Observation", pressure(api.cast.id("ada"))).json["id"]
    caller = api.caller("chen", "patient/*.rs")
    assert caller.get(f"Observation/{hers}").status == 200
    assert caller.get(f"Observation/{adas}").status == 404
    assert api.chen.get(f"Observation/{adas}").status == 200


def _condition(api: Api) -> dict[str, object]:
    return {
        "resourceType": "Condition",
        "clinicalStatus": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]
        },
        "code": {"text": "asthma"},
        "subject": {"reference": f"Patient/{api.cast.id('ada')}"},
    }


def test_another_host_and_another_path_are_not_answered(api: Api) -> None:
    assert api.chen.get("Observation", host="evil.example").status == 400
    assert api.chen.get("Observation", host="").status == 400
    for path in ("Nonsense", "Observation/1/2/3", "Observation/a_b", "Practitioner/1/Observation", "$nonsense"):
        assert api.chen.get(path).status == 404, path


def test_pages_of_other_sites_may_ask_with_a_token_and_never_with_a_cookie(api: Api) -> None:
    answer = api.nobody("OPTIONS", "Observation", origin="https://app.example", cookie="sessionid=x")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert api.nobody.get("Observation", cookie="sessionid=x").status == 401
