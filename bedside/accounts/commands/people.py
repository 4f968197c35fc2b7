"""Every write to people, roles, sessions and settings, but tokens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import Q

from bedside.accounts import rules
from bedside.accounts.limits import forget_old_buckets
from bedside.accounts.models import DemoClinic, Person, RoleGrant, SpentCode, User
from bedside.accounts.queries import actor_for, find_user_of, is_demo
from bedside.accounts.terms import LANGUAGES, ROLES
from bedside.kernel.errors import Conflict, Invalid, NotFound
from bedside.kernel.time import is_zone
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.write import record_change


class NotAName(Invalid):
    """That name has signs in it that no name has, or it is too long. Please type it again, in any script."""


class NotABirthday(Invalid):
    """That date cannot be a birthday. Please check the day, the month and the year."""


class NotAZone(Invalid):
    """We do not know that time zone. Please pick one from the list."""


class NotARole(Invalid):
    """There is no such role here. Please pick one from the list."""


class RoleHeld(Conflict):
    """This person has that role already. Nothing was changed."""


@transaction.atomic
def register_person(
    *,
    actor: Actor,
    now: datetime,
    given_name: str,
    family_name: str,
    birth_on: date | None = None,
    sex: str = "",
    language: str = "en",
    time_zone: str = "America/Chicago",
    phone: str = "",
) -> Person:
    """Register a person, without a login. Raises: NotAName, NotABirthday, NotAZone."""
    authorise(actor, "accounts.sign_up")
    person = Person(
        given_name=_name(given_name),
        family_name=_name(family_name),
        birth_on=birth_on,
        sex=sex,
        language=_language(language),
        time_zone=_zone(time_zone),
        phone=phone,
    )
    if birth_on and rules.birth_fault(birth_on, now.date() + timedelta(days=1)):
        raise NotABirthday()
    person.save(force_insert=True)
    record_change(
        actor=actor if actor.is_signed_in or actor.job else actor_for(person, now=now),
        action="accounts.sign_up",
        now=now,
        patient_id=person.id,
        resource=("Person", person.id),
        reason="self" if not actor.job else actor.job,
    )
    return person


def _name(raw: str) -> str:
    name = rules.tidy_name(raw)
    if rules.name_fault(name):
        raise NotAName()
    return name


def _zone(name: str) -> str:
    if not is_zone(name):
        raise NotAZone()
    return name


def _language(code: str) -> str:
    return code if code in dict(LANGUAGES) else "en"


@transaction.atomic
def change_settings(
    *,
    actor: Actor,
    now: datetime,
    given_name: str,
    family_name: str,
    phone: str,
    language: str,
    time_zone: str,
) -> Person:
    """Change one's own name, phone, language and time zone. Raises: NotAName, NotAZone."""
    person = Person.objects.select_for_update().filter(pk=actor.person_id).first() if actor.person_id else None
    if person is None:
        raise NotFound()
    authorise(actor, "accounts.edit_settings", person.id)
    wanted = {
        "given_name": _name(given_name),
        "family_name": _name(family_name),
        "phone": phone,
        "language": _language(language),
        "time_zone": _zone(time_zone),
    }
    changed = [field for field, value in wanted.items() if getattr(person, field) != value]
    for field in changed:
        setattr(person, field, wanted[field])
    if changed:
        person.save(update_fields=changed)
        record_change(
            actor=actor,
            action="accounts.edit_settings",
            now=now,
            patient_id=person.id,
            resource=("Person", person.id),
            reason="self",
            detail={"fields": changed},
        )
    return person


@transaction.atomic
def set_language(*, actor: Actor, now: datetime, language: str) -> str:
    """Remember the language a signed-in person chose. Returns it, or English when we do not speak it."""
    authorise(actor, "accounts.set_language")
    language = _language(language)
    if actor.person_id is not None:
        Person.objects.filter(pk=actor.person_id).exclude(language=language).update(language=language)
    return language


def _authorise_role(actor: Actor, person_id: UUID) -> str:
    verb = "accounts.set_up_role" if actor.job else "accounts.grant_role"
    authorise(actor, verb, None if actor.job else person_id)
    return verb


@transaction.atomic
def grant_role(
    *, actor: Actor, now: datetime, person_id: UUID, role: str, ends_at: datetime | None = None
) -> RoleGrant:
    """Give a person a role, from now. Nobody gives one to themselves. Raises: NotARole, RoleHeld, NotFound."""
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise NotFound()
    verb = _authorise_role(actor, person_id)
    if role not in dict(ROLES):
        raise NotARole()
    held = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    if RoleGrant.objects.filter(held, person=person, role=role).exists():
        raise RoleHeld()
    grant = RoleGrant.objects.create(person=person, role=role, starts_at=now, ends_at=ends_at)
    _note_role(actor, now, verb, person_id, {"role": role, "given": True})
    return grant


@transaction.atomic
def end_role(*, actor: Actor, now: datetime, person_id: UUID, role: str) -> int:
    """Take a role from a person, and end all their sessions. Returns how many grants ended."""
    verb = _authorise_role(actor, person_id)
    held = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    grants = RoleGrant.objects.select_for_update().filter(held, person_id=person_id, role=role, starts_at__lt=now)
    ended = grants.update(ends_at=now)
    if ended:
        _note_role(actor, now, verb, person_id, {"role": role, "given": False})
        _end_sessions(UserSession.objects.filter(user__person_id=person_id))
    return ended


def _note_role(actor: Actor, now: datetime, verb: str, person_id: UUID, detail: dict[str, object]) -> None:
    record_change(actor=actor, action=verb, now=now, resource=("Person", person_id), reason="role", detail=detail)


def _end_sessions(sessions: Iterable[UserSession]) -> int:
    ended = 0
    for session in sessions:
        session.end()
        ended += 1
    return ended


@transaction.atomic
def end_session(*, actor: Actor, now: datetime, session_id: int) -> None:
    """End one of one's own sessions on another device. Raises: NotFound when it is not one's own."""
    session = UserSession.objects.select_related("user").filter(pk=session_id).first()
    if session is None:
        raise NotFound()
    authorise(actor, "accounts.end_session", session.user.person_id)
    _end_sessions([session])
    _note_sign_in(actor, now, "accounts.end_session", {"ended": 1})


@transaction.atomic
def end_other_sessions(*, actor: Actor, now: datetime, keep_key: str, why: str = "asked") -> int:
    """End all of one's sessions but the one with this key. Returns how many."""
    authorise(actor, "accounts.end_session", actor.person_id or "nobody")
    others = UserSession.objects.filter(user__person_id=actor.person_id).exclude(session_key=keep_key)
    ended = _end_sessions(others)
    if ended:
        _note_sign_in(actor, now, "accounts.end_session", {"ended": ended, "why": why})
    return ended


def note_session_end(*, actor: Actor, now: datetime, why: str) -> None:
    """Record that a session timed out."""
    _note_sign_in(actor, now, "accounts.sign_out", {"why": why})


def note_sign_in(*, actor: Actor, now: datetime, action: str, detail: dict[str, object] | None = None) -> None:
    """Record a sign-in, a sign-out or a changed factor."""
    _note_sign_in(actor, now, action, detail or {})


def _note_sign_in(actor: Actor, now: datetime, action: str, detail: dict[str, object]) -> None:
    record_change(
        actor=actor,
        action=action,
        now=now,
        patient_id=actor.person_id,
        resource=("Login", actor.person_id or ""),
        reason="self",
        detail=detail,
    )


@transaction.atomic
def open_demo_clinic(*, actor: Actor, now: datetime, guides: Sequence[UUID] = ()) -> None:
    """Say in the database that everyone in it is invented, and whom a newcomer should begin as."""
    authorise(actor, "accounts.open_demo")
    DemoClinic.objects.get_or_create(pk=1, defaults={"opened_at": now, "guides": list(guides)})


@transaction.atomic
def step_in(*, actor: Actor, now: datetime, person_id: UUID) -> User:
    """Return the login of an invented person to step in as. One without a login gets one nobody can sign in to.

    Raises: NotFound outside the demo clinic, or for nobody.
    """
    authorise(actor, "accounts.step_in", is_demo())
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise NotFound()
    user = find_user_of(person_id)
    if user is None:
        user = User.objects.create_user(f"{person.id.hex}@persona.invalid", person=person)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    record_change(
        actor=actor,
        action="accounts.step_in",
        now=now,
        patient_id=person.id,
        resource=("Person", person.id),
        reason="demo",
    )
    return user


#: A code from an authenticator app is right for a minute and a half at most. Source: MFA_TOTP_TOLERANCE of 1.
_CODE_LIFE = timedelta(minutes=2)


def spend_code(*, actor: Actor, now: datetime, user_id: UUID, code: str) -> bool:
    """Use up a code of an authenticator app. Returns False when it was used before.

    Source: RFC 6238, section 5.2: a code is accepted once.
    """
    authorise(actor, "accounts.sign_in")
    SpentCode.objects.filter(user_id=user_id, spent_at__lt=now - _CODE_LIFE).delete()
    try:
        with transaction.atomic():
            SpentCode.objects.create(user_id=user_id, code=code, spent_at=now)
    except IntegrityError:
        return False
    return True


def sweep_sign_in(*, actor: Actor, now: datetime) -> int:
    """Forget sessions that are over, tries of yesterday and codes that were spent. Returns how many rows went."""
    authorise(actor, "accounts.sweep")
    gone = Session.objects.filter(expire_date__lt=now).delete()[0]
    gone += SpentCode.objects.filter(spent_at__lt=now - _CODE_LIFE).delete()[0]
    return gone + forget_old_buckets(now=now)
