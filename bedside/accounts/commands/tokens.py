"""Every write to access tokens: those people make for programs of theirs, and those of programs the house lets in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bedside.accounts import rules
from bedside.accounts.grants import PREFIX, PROGRAM_PREFIX, digest_of, new_secret
from bedside.accounts.models import AccessToken, Person, Program, ProgramToken
from bedside.accounts.scopes import ScopeRefused, Scopes, parse_scopes
from bedside.accounts.terms import PROGRAM_NAME_MOST, TOKEN_LIFE_MOST, TOKEN_NAME_MOST, TOKENS_MOST
from bedside.kernel.errors import Conflict, Invalid, NotFound
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.write import record_change


class NotAScope(Invalid):
    """One of those scopes means nothing here. Write them like user/Observation.rs, with spaces between them."""


class NotASystemScope(Invalid):
    """One of those scopes means nothing here. Write them like system/Observation.cruds, with spaces between them."""


class NotATokenName(Invalid):
    """Give the token a name of 1 to 60 letters, so that you know later what it is for."""


class NotAProgramName(Invalid):
    """Give the program a name of 1 to 120 letters that patients understand: they read it in their log."""


class TokenTooLong(Invalid):
    """A token may work for one year at most, and at least for a moment. Pick a day within the year."""


class TooManyTokens(Conflict):
    """You have 50 tokens already. Revoke one you do not use, then make a new one."""


@transaction.atomic
def make_access_token(
    *, actor: Actor, now: datetime, name: str, scopes: str, expires_at: datetime
) -> tuple[AccessToken, str]:
    """Make a token for the FHIR API. Return it with its secret, which nobody can be shown again.

    Why: a person's token never speaks for a system; `system/` scopes are for programs with keys of their own.
    Raises: NotATokenName, NotAScope, TokenTooLong, TooManyTokens. Locks: the person's row, to count their tokens.
    """
    person = Person.objects.select_for_update(no_key=True).filter(pk=actor.person_key).first()
    if person is None:
        raise NotFound()
    authorise(actor, "accounts.make_token", person.id)
    name = rules.tidy_name(name)
    if not name or len(name) > TOKEN_NAME_MOST or not name.isprintable():
        raise NotATokenName()
    asked = _scopes(scopes)
    if asked is None or "system" in asked.holders:
        raise NotAScope()
    if AccessToken.objects.filter(person=person, revoked_at__isnull=True, expires_at__gt=now).count() >= TOKENS_MOST:
        raise TooManyTokens()
    secret = new_secret(PREFIX)
    token = AccessToken.objects.create(
        person=person,
        name=name,
        digest=digest_of(secret),
        ending=secret[-4:],
        scopes=str(asked),
        is_stepped_in=actor.is_stepped_in,
        made_at=now,
        expires_at=_within_a_year(expires_at, now),
    )
    _note_token(actor, now, "accounts.make_token", token)
    return token, secret


def _scopes(text: str) -> Scopes | None:
    """Return the scopes in a text, None where one means nothing or there is none."""
    try:
        asked = parse_scopes(text)
    except ScopeRefused:
        return None
    return asked if asked.all else None


def _within_a_year(expires_at: datetime, now: datetime) -> datetime:
    if not now < expires_at <= now + TOKEN_LIFE_MOST:
        raise TokenTooLong()
    return expires_at


@transaction.atomic
def revoke_access_token(*, actor: Actor, now: datetime, token_id: UUID) -> None:
    """Make one of one's own tokens worth nothing, from now on. Raises: NotFound when it is not one's own."""
    token = AccessToken.objects.select_for_update().filter(pk=token_id, revoked_at__isnull=True).first()
    if token is None:
        raise NotFound()
    authorise(actor, "accounts.revoke_token", token.person_id)
    AccessToken.objects.filter(pk=token.pk).update(revoked_at=now)
    _note_token(actor, now, "accounts.revoke_token", token)


def _note_token(actor: Actor, now: datetime, action: str, token: AccessToken) -> None:
    record_change(
        actor=actor,
        action=action,
        now=now,
        patient_id=token.person_id,
        resource=("AccessToken", token.id),
        reason="self",
        detail={"scopes": token.scopes.split(), "expires_on": token.expires_at.date()},
    )


@transaction.atomic
def make_program_token(
    *, actor: Actor, now: datetime, name: str, scopes: str, expires_at: datetime
) -> tuple[ProgramToken, str]:
    """Make a token for another program, known or new. Return it with its secret, which nobody can be shown again.

    Why: a program stands for nobody; it has a name of its own, which patients read in their log.
    Raises: NotAProgramName, NotASystemScope, TokenTooLong.
    """
    authorise(actor, "accounts.make_program_token")
    name = rules.tidy_name(name)
    if len(name) > PROGRAM_NAME_MOST or rules.name_fault(name) not in ("", "long"):
        raise NotAProgramName()
    asked = _scopes(scopes)
    if asked is None or asked.holders != {"system"}:
        raise NotASystemScope()
    ends = _within_a_year(expires_at, now)
    program, _ = Program.objects.get_or_create(name=name, defaults={"made_at": now})
    secret = new_secret(PROGRAM_PREFIX)
    token = ProgramToken.objects.create(
        program=program,
        digest=digest_of(secret),
        ending=secret[-4:],
        scopes=str(asked),
        made_at=now,
        expires_at=ends,
    )
    _note_program_token(actor, now, "accounts.make_program_token", token)
    return token, secret


@transaction.atomic
def revoke_program_token(*, actor: Actor, now: datetime, token_id: UUID) -> ProgramToken:
    """Make a program's token worth nothing, from now on. Return it. Raises: NotFound for one that is not in force."""
    authorise(actor, "accounts.revoke_program_token")
    waiting = ProgramToken.objects.select_for_update(of=("self",)).select_related("program")
    token = waiting.filter(pk=token_id, revoked_at__isnull=True).first()
    if token is None:
        raise NotFound()
    ProgramToken.objects.filter(pk=token.pk).update(revoked_at=now)
    _note_program_token(actor, now, "accounts.revoke_program_token", token)
    return token


def _note_program_token(actor: Actor, now: datetime, action: str, token: ProgramToken) -> None:
    record_change(
        actor=actor,
        action=action,
        now=now,
        resource=("ProgramToken", token.id),
        reason="operator",
        detail={
            "program": str(token.program_id),
            "scopes": token.scopes.split(),
            "expires_on": token.expires_at.date(),
        },
    )
