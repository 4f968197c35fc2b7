"""Who people are, for other rooms and for the door."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.http import HttpRequest

from bedside.kernel.errors import NotFound
from bedside.kernel.time import UTC, utc_now
from bedside.platform.access import ANONYMOUS, Actor, authorise
from bedside.platform.statements import first_row

from . import rules
from .models import AccessToken, DemoClinic, Person, ProgramToken, RoleGrant, User
from .terms import SECOND_FACTORS

#: Given the time, the organisations a person (`OuterRef("person_ref")`) works for. Set by a room above.
OrganizationsOf = Callable[[datetime, OuterRef], Any]
_organizations_of: list[OrganizationsOf] = []

STEPPED_IN = "stepped_in"


def know_organizations(of: OrganizationsOf) -> None:
    """Let the room that keeps affiliations say, as a subquery, which organisations a person works for.

    Why: it makes the actor complete in one query, without this room knowing the one above.
    """
    _organizations_of[:] = [of]
    _who_asks.cache_clear()


def get_actor(request: HttpRequest) -> Actor:
    """Return the actor behind a request: the signed-in person with the roles held now, or nobody."""
    if not request.user.is_authenticated:
        return ANONYMOUS
    user: User | None = request.user
    if not hasattr(user, "actor_roles"):
        user = find_user(request.user.pk, utc_now())
    if user is None:
        return ANONYMOUS
    return _actor(user.person, user, is_stepped_in=request.session.get(STEPPED_IN) is True)


def actor_for(person: Person, *, now: datetime | None = None) -> Actor:
    """Return the person as an actor, with the roles they hold now. One query."""
    known = Person.objects.annotate(**actor_facts(now or utc_now(), OuterRef("pk"))).get(pk=person.pk)
    return _actor(known, known)


def find_user(user_id: Any, now: datetime) -> User | None:
    """Return an active login with its person and all an actor needs, in one query.

    Why: every request asks this, and working the statement out took longer than asking it. Django works it out
    once; after that only the values change.
    """
    known = _who_asks()
    wanted = {_SOME_TIME: now, _SOMEONE: User._meta.pk.to_python(user_id)}
    row = first_row(known.sql, [wanted.get(value, value) for value in known.values])
    if row is None:
        return None
    logins, persons = len(_LOGIN_FIELDS), len(_LOGIN_FIELDS) + len(_PERSON_FIELDS)
    user = User.from_db(connection.alias, _LOGIN_FIELDS, row[:logins])
    user.person = Person.from_db(connection.alias, _PERSON_FIELDS, row[logins:persons])
    for name, value in zip(known.facts, row[persons:], strict=True):
        setattr(user, name, value)
    return user


#: Stand in for the time and the login in the statement that is worked out once.
_SOME_TIME, _SOMEONE = datetime(1001, 1, 1, tzinfo=UTC), UUID(int=1001)
_LOGIN_FIELDS = [field.attname for field in User._meta.concrete_fields]
_PERSON_FIELDS = [field.attname for field in Person._meta.concrete_fields]


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    values: tuple[Any, ...]
    facts: tuple[str, ...]


@cache
def _who_asks() -> _Statement:
    facts = actor_facts(_SOME_TIME, OuterRef("person_id"))
    users = User.objects.annotate(**facts).filter(pk=_SOMEONE, is_active=True)
    rows = users.values_list(*_LOGIN_FIELDS, *(f"person__{name}" for name in _PERSON_FIELDS), *facts)
    sql, values = rows.query.sql_with_params()
    return _Statement(sql, tuple(values), tuple(facts))


def actor_facts(now: datetime, person: OuterRef) -> dict[str, Any]:
    """Return what an actor needs beside the person's own row, as annotations: roles, second factor, organisations."""
    held = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    grants = RoleGrant.objects.filter(held, starts_at__lte=now, person_id=person)
    factors = Authenticator.objects.filter(user__person_id=person, type__in=SECOND_FACTORS)
    facts: dict[str, Any] = {
        "actor_roles": ArraySubquery(grants.values("role")),
        "actor_has_factor": Exists(factors),
    }
    for of in _organizations_of:
        facts["actor_organizations"] = ArraySubquery(of(now, person))
    return facts


def _actor(person: Person, facts: Any, *, is_stepped_in: bool = False) -> Actor:
    return Actor(
        person_id=person.id,
        name=person.full_name,
        roles=frozenset(facts.actor_roles),
        organization_ids=frozenset(getattr(facts, "actor_organizations", ())),
        language=person.language,
        time_zone=person.time_zone,
        has_second_factor=facts.actor_has_factor or is_stepped_in,
        is_stepped_in=is_stepped_in,
    )


def get_person(*, actor: Actor, now: datetime) -> Person:
    """Return the person who asks. Raises: NotFound for nobody."""
    if actor.person_id is None:
        raise NotFound()
    authorise(actor, "accounts.edit_settings", actor.person_id)
    return Person.objects.select_related("user").get(pk=actor.person_id)


def is_demo() -> bool:
    """Say whether this is the demo clinic: the setting and the database must both say so."""
    return bool(settings.IS_DEMO) and DemoClinic.objects.exists()


def find_personas(*, actor: Actor, now: datetime, text: str = "", role: str = "", most: int = 60) -> QuerySet[Person]:
    """Return invented people one may step in as: the guides first, then staff; filtered by role and part of a name.

    Each says in `is_guide` whether they are one.

    Raises: NotFound outside the demo clinic.
    """
    authorise(actor, "accounts.step_in", is_demo())
    held = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    grants = RoleGrant.objects.filter(held, starts_at__lte=now, person_id=OuterRef("pk"))
    people = Person.objects.annotate(
        actor_roles=ArraySubquery(grants.values("role")),
        works_here=Exists(grants),
        whole_name=Concat("given_name", Value(" "), "family_name"),
        guide=Subquery(_place_among_guides()),
    ).annotate(is_guide=Q(guide__isnull=False))
    if role == "patient":
        people = people.filter(works_here=False)
    elif role:
        people = people.filter(Exists(grants.filter(role=role)))
    if text:
        people = people.filter(whole_name__icontains=text.replace("\x00", "")[:100])
    return people.order_by(F("guide").asc(nulls_last=True), "-works_here", "given_name", "family_name", "id")[:most]


def _place_among_guides() -> QuerySet[Any, Any]:
    place = Func(F("guides"), OuterRef("pk"), function="array_position", output_field=IntegerField())
    return DemoClinic.objects.annotate(place=place).values("place")


def find_person_by_email(email: str) -> Person | None:
    """Return the person who signs in with that e-mail, if anyone does. For the operator's console only."""
    return Person.objects.filter(user__email=email.strip().lower()).first()


def holders_of(role: str, *, now: datetime) -> QuerySet[User]:
    """Return the active logins, with their persons, of everyone who holds a role now."""
    held = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    grants = RoleGrant.objects.filter(held, starts_at__lte=now, role=role, person_id=OuterRef("person_id"))
    return User.objects.select_related("person").filter(Exists(grants), is_active=True)


def find_user_of(person_id: UUID) -> User | None:
    """Return a person's login, if there is one."""
    return User.objects.select_related("person").filter(person_id=person_id).first()


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of a person's sessions, as they see it."""

    id: int
    browser: str
    system: str
    address: str
    started_at: datetime
    seen_at: datetime
    is_current: bool


def list_sessions(*, actor: Actor, now: datetime, current_key: str) -> list[OpenSession]:
    """Return one's own open sessions, the present one first, then the latest. Two queries."""
    authorise(actor, "accounts.end_session", actor.person_id or "nobody")
    rows = list(UserSession.objects.filter(user__person_id=actor.person_id))
    stored = Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=now)
    alive = {session.session_key: session.get_decoded() for session in stored}
    found = [
        OpenSession(
            row.pk,
            *rules.device_of(row.user_agent),
            row.ip,
            row.created_at,
            datetime.fromisoformat(alive[row.session_key].get("seen_at") or row.last_seen_at.isoformat()),
            row.session_key == current_key,
        )
        for row in rows
        if row.session_key in alive
    ]
    return sorted(found, key=lambda one: (not one.is_current, -one.seen_at.timestamp()))


def token_names(token_ids: Collection[str]) -> dict[str, str]:
    """Return what people called their tokens, for the log; those that ended or were revoked too. One query, or none."""
    rows = AccessToken.objects.filter(id__in=token_ids) if token_ids else AccessToken.objects.none()
    return {str(token_id): name for token_id, name in rows.values_list("id", "name")}


def list_access_tokens(*, actor: Actor, now: datetime) -> QuerySet[AccessToken]:
    """Return one's own tokens that still work, the newest first."""
    authorise(actor, "accounts.make_token", actor.person_id or "nobody")
    return AccessToken.objects.filter(person_id=actor.person_key, revoked_at__isnull=True, expires_at__gt=now).order_by(
        "-made_at", "-id"
    )


def list_program_tokens(*, actor: Actor, now: datetime) -> QuerySet[ProgramToken]:
    """Return the tokens of programs that still work, by program, the newest first. For the operator's console."""
    authorise(actor, "accounts.list_program_tokens")
    rows = ProgramToken.objects.filter(revoked_at__isnull=True, expires_at__gt=now).select_related("program")
    return rows.order_by("program__name", "-made_at", "-id")
