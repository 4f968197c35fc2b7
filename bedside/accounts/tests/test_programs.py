"""Programs that are let in under their own name: their keys are made by the operator, kept as digests, and end."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError

from bedside.accounts import commands, queries
from bedside.accounts.grants import Grant, digest_of, find_grant, programs_among
from bedside.accounts.models import Program, ProgramToken
from bedside.config import cli
from bedside.config.trouble import Trouble
from bedside.fhir.asking import answer
from bedside.kernel.errors import NotFound, Refusal
from bedside.platform.access import Actor, actions, system_actor
from bedside.platform.audit.models import AuditEvent
from tests.cast import Cast

pytestmark = pytest.mark.django_db
OPERATOR = system_actor("token")
YEAR = timedelta(days=365)
LAB = "Lab of X, nightly export"


def make(now: datetime, *, name: str = LAB, scopes: str = "system/*.cruds", life: timedelta = YEAR) -> tuple:
    return commands.make_program_token(actor=OPERATOR, now=now, name=name, scopes=scopes, expires_at=now + life)


def grant_of(secret: str, now: datetime) -> Grant | None:
    return answer(find_grant(secret, now))


def test_a_program_comes_in_under_its_own_name_and_as_nobody(now: datetime) -> None:
    token, secret = make(now, scopes="system/Observation.rs system/Patient.c")
    grant = grant_of(secret, now)
    assert grant is not None
    assert (grant.actor.name, grant.actor.program_id, grant.actor.person_id) == (LAB, token.program_id, None)
    assert grant.actor.author_id == token.program_id
    assert (grant.actor.is_signed_in, grant.actor.roles, grant.patient_id) == (False, frozenset(), None)
    assert (str(grant.scopes), grant.token_id) == ("system/Observation.rs system/Patient.c", token.id)


def test_only_a_digest_is_kept(now: datetime) -> None:
    token, secret = make(now)
    assert re.fullmatch(r"bedside_sys_[A-Za-z0-9_-]{43}", secret)
    row = ProgramToken.objects.values().get(pk=token.pk)
    assert bytes(row["digest"]) == digest_of(secret)
    assert secret not in str(row)
    assert row["ending"] == secret[-4:]


def test_a_key_ends_when_its_time_is_over_or_when_it_is_revoked(now: datetime) -> None:
    token, secret = make(now, life=timedelta(days=7))
    _, other = make(now)
    assert grant_of(secret, now + timedelta(days=6, hours=23)) is not None
    assert grant_of(secret, now + timedelta(days=7)) is None
    commands.revoke_program_token(actor=OPERATOR, now=now, token_id=token.id)
    assert grant_of(secret, now) is None
    assert grant_of(other, now) is not None, "the program's other key still works"
    with pytest.raises(NotFound):
        commands.revoke_program_token(actor=OPERATOR, now=now, token_id=token.id)


def test_a_key_of_one_kind_is_none_of_the_other(cast: Cast, now: datetime) -> None:
    _, of_program = make(now)
    _, of_person = commands.make_access_token(
        actor=cast.actor("ada"), now=now, name="x", scopes="user/*.rs", expires_at=now + YEAR
    )
    assert grant_of(of_program.replace("_sys_", "_pat_"), now) is None
    assert grant_of(of_person.replace("_pat_", "_sys_"), now) is None


def test_two_keys_of_one_name_are_of_one_program(now: datetime) -> None:
    first, _ = make(now)
    second, _ = make(now + YEAR, name=f"  {LAB} ")
    assert first.program_id == second.program_id
    assert answer(programs_among([first.program_id, first.id])) == {first.program_id}
    assert answer(programs_among([])) == frozenset()


def test_the_day_of_its_last_use_is_kept(now: datetime) -> None:
    token, secret = make(now)
    for at in (now, now + timedelta(days=2), now + timedelta(days=1)):
        grant_of(secret, at)
    assert ProgramToken.objects.get(pk=token.pk).last_used_on == (now + timedelta(days=2)).date()


@pytest.mark.parametrize("scopes", ["", "user/*.rs", "system/*.rs user/*.rs", "patient/*.r", "launch", "system/A.x"])
def test_a_program_has_scopes_of_a_system_and_no_others(now: datetime, scopes: str) -> None:
    with pytest.raises(commands.NotASystemScope):
        make(now, scopes=scopes)


@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "a\x00b", "\u202egro.live", "12"])
def test_a_program_has_a_name_that_people_can_read(now: datetime, name: str) -> None:
    with pytest.raises(commands.NotAProgramName):
        make(now, name=name)


@pytest.mark.parametrize("life", [timedelta(0), -YEAR, timedelta(days=367)])
def test_a_key_lives_a_year_at_most(now: datetime, life: timedelta) -> None:
    with pytest.raises(commands.TokenTooLong):
        make(now, life=life)
    token, _ = make(now)
    with pytest.raises(IntegrityError):
        ProgramToken.objects.filter(pk=token.pk).update(expires_at=now + timedelta(days=400))


def test_nobody_who_signs_in_makes_lists_or_revokes_one(cast: Cast, now: datetime) -> None:
    token, _ = make(now)
    for name in ("hal", "femi", "ada"):
        actor = cast.actor(name)
        for ask in (
            lambda actor=actor: commands.make_program_token(
                actor=actor, now=now, name="x", scopes="system/*.rs", expires_at=now + YEAR
            ),
            lambda actor=actor: commands.revoke_program_token(actor=actor, now=now, token_id=token.id),
            lambda actor=actor: queries.list_program_tokens(actor=actor, now=now),
        ):
            with pytest.raises(Refusal):
                ask()


def test_a_program_has_no_verb_but_to_exchange(now: datetime) -> None:
    """A program is let in at the gateway, which asks one verb in its name. It runs no job of the house."""
    _, secret = make(now)
    grant = grant_of(secret, now)
    assert isinstance(grant.actor, Actor)
    with pytest.raises(Refusal):
        commands.change_settings(
            actor=grant.actor, now=now, given_name="x", family_name="x", phone="", language="en", time_zone="UTC"
        )
    assert "gateway.exchange_resources" in actions()


def test_making_and_revoking_leave_a_row(now: datetime) -> None:
    token, _ = make(now, scopes="system/Observation.rs")
    commands.revoke_program_token(actor=OPERATOR, now=now, token_id=token.id)
    rows = AuditEvent.objects.filter(resource_type="ProgramToken").order_by("id")
    assert [(row.action, row.resource_id, row.detail["scopes"], row.detail["program"]) for row in rows] == [
        (f"accounts.{verb}_program_token", str(token.id), ["system/Observation.rs"], str(token.program_id))
        for verb in ("make", "revoke")
    ]


def test_the_operator_does_it_on_the_command_line(monkeypatch, capsys) -> None:
    monkeypatch.setattr(cli, "_with_house", lambda words, do: do())
    cli.main(["token", "list"])
    assert "No program may come in" in capsys.readouterr().out
    cli.main(["token", "make", LAB, "--scopes", "system/*.rs", "--days", "30"])
    made = capsys.readouterr().out
    secret = re.search(r"bedside_sys_[\w-]{43}", made)[0]
    assert LAB in made
    token = ProgramToken.objects.get()
    assert token.expires_at - token.made_at == timedelta(days=30)
    cli.main(["token", "list"])
    listed = capsys.readouterr().out
    assert (str(token.id) in listed, secret[-4:] in listed, secret in listed) == (True, True, False)
    cli.main(["token", "revoke", str(token.id)])
    assert ProgramToken.objects.get().revoked_at is not None
    for wrong in (["token", "revoke", str(token.id)], ["token", "revoke"], ["token", "make", "x"], ["token", "make"]):
        with pytest.raises(Trouble):
            cli.main(wrong)
    assert Program.objects.get().name == LAB
